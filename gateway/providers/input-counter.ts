/**
 * Asks providers how many input tokens a call has, for those calls that its bytes would leave without money.
 *
 * An answer is remembered by a hash of what was counted, under a key that this process makes up and tells nobody: nothing
 * that was said is kept. Nobody waits long for one, or asks again soon after one that failed.
 */
import { createHmac, randomBytes } from 'node:crypto';
import type { DeploymentDocument } from '../config/document';
import { createSlots } from '../concurrency/slots';
import { askCount } from './ask-count';
import type { Provider, SharedBody, UpstreamRequest } from './provider';
import type { Transport } from './transport';

export interface InputCounter {
  /**
   * Input tokens of the body's first members (`JsonMembers.lead`). `busy`: as many questions are open as may be, so ask
   * later. Undefined: the provider does not say, or not now.
   *
   * @param caller whose question it is
   */
  count(
    caller: string,
    provider: Provider,
    deployment: DeploymentDocument,
    body: SharedBody,
  ): Promise<number | 'busy' | undefined>;
  /** A call came to more than was counted for it: that deployment is not asked again. */
  distrust(deployment: DeploymentDocument): void;
}

/** Questions that a caller, and all of them together, may have open at once. */
const MOST_OF_CALLER = 4;
const MOST_AT_ONCE = 32;
/** Milliseconds a count may take; it takes a few hundred. */
const LONGEST_MS = 5_000;
/** Milliseconds a caller's questions are not asked after one of them failed. */
const PAUSE_MS = 5_000;
const MOST_REMEMBERED = 5_000;
const MOST_PAUSES = 10_000;
/** Bytes; hashing more would keep others waiting. */
const LONGEST_REMEMBERED = 4 * 1024 * 1024;

/** @param longestMs milliseconds a count may take */
export function createInputCounter(transport: Transport, longestMs = LONGEST_MS): InputCounter {
  const hashKey = randomBytes(32);
  const slots = createSlots();
  /** The oldest first; also of questions that are open, for others with the same. */
  const known = new Map<string, number | Promise<number | undefined>>();
  /** Callers, and until when nothing is asked for them. */
  const paused = new Map<string, number>();
  const distrusted = new Set<string>();

  function remember(name: string, value: number | Promise<number | undefined>): void {
    known.delete(name);
    known.set(name, value);
    if (known.size <= MOST_REMEMBERED) return;
    for (const oldest of known.keys()) {
      known.delete(oldest);
      break;
    }
  }

  function isPaused(caller: string): boolean {
    const until = paused.get(caller);
    if (until === undefined) return false;
    if (until > performance.now()) return true;
    paused.delete(caller);
    return false;
  }

  async function ask(
    caller: string,
    provider: Provider,
    upstream: UpstreamRequest,
  ): Promise<number | undefined> {
    const question = askCount(transport, provider, upstream);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), longestMs);
    });
    const tokens = await Promise.race([question.tokens, late]).catch(() => undefined);
    clearTimeout(timer);
    if (tokens !== undefined && tokens > 0) return tokens;
    question.giveUp();
    if (paused.size >= MOST_PAUSES) paused.clear();
    paused.set(caller, performance.now() + PAUSE_MS);
    return undefined;
  }

  return {
    async count(caller, provider, deployment, body) {
      const write = provider.writeLeadCount?.bind(provider);
      if (write === undefined || distrusted.has(deployment.id)) return undefined;
      const name =
        body.members.leadLength <= LONGEST_REMEMBERED ? nameOf(hashKey, deployment, body) : undefined;
      const found = name === undefined ? undefined : known.get(name);
      if (found !== undefined) return found;
      if (isPaused(caller)) return undefined;
      const leaveAll = slots.enter('', MOST_AT_ONCE);
      if (leaveAll === undefined) return 'busy';
      const leave = slots.enter(caller, MOST_OF_CALLER);
      if (leave === undefined) {
        leaveAll();
        return 'busy';
      }
      const asked = ask(caller, provider, write(deployment, body));
      if (name !== undefined) remember(name, asked);
      try {
        const tokens = await asked;
        if (name !== undefined)
          if (tokens === undefined) known.delete(name);
          else remember(name, tokens);
        return tokens;
      } finally {
        leave();
        leaveAll();
      }
    },
    distrust: ({ id }) => void distrusted.add(id),
  };
}

const nameOf = (hashKey: Buffer, { id }: DeploymentDocument, { members, betas }: SharedBody): string =>
  createHmac('sha256', hashKey)
    .update(JSON.stringify([id, ...betas]))
    .update(members.lead)
    .digest('base64');
