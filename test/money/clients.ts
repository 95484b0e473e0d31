/** Many clients of one key, each asking again as soon as it has an answer. */
import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { MAX_TOKENS, MODEL } from './billing-provider';
import type { Fleet } from './fleet';

/** How many calls ended with which status; 0 stands for a connection that broke. */
export type Outcomes = Map<number, number>;

const BODY = JSON.stringify({
  model: MODEL,
  max_tokens: MAX_TOKENS,
  messages: [{ role: 'user', content: 'hi' }],
});

/** Milliseconds before a client that was refused asks again, so that not all calls are refusals. */
const PAUSE_MS = 50;

/**
 * @param done told how many calls have ended so far
 * @param tries how often a call that is refused is asked before that is its end: money that others have reserved comes
 * back, and a machine with too much to do has time again
 */
export async function callMany(
  fleet: Fleet,
  key: string,
  calls: number,
  clients: number,
  done: (ended: number) => void = () => {},
  tries = 1,
): Promise<Outcomes> {
  const agent = new Agent({ connections: clients });
  const outcomes: Outcomes = new Map();
  let begun = 0;
  let ended = 0;
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };

  async function client(): Promise<void> {
    while (begun < calls) {
      const turn = (begun += 1);
      const url = `${await fleet.url(turn)}/v1/chat/completions`;
      let status = 0;
      for (let tried = 0; tried < tries && status !== 200; tried += 1) {
        if (tried > 0) await delay(PAUSE_MS);
        try {
          const answer = await request(url, { method: 'POST', headers, body: BODY, dispatcher: agent });
          await answer.body.text();
          status = answer.statusCode;
        } catch {
          // Its gateway was killed.
          status = 0;
        }
      }
      outcomes.set(status, (outcomes.get(status) ?? 0) + 1);
      done((ended += 1));
      if (status !== 200) await delay(PAUSE_MS);
    }
  }
  await Promise.all(Array.from({ length: clients }, client));
  await agent.destroy();
  return outcomes;
}
