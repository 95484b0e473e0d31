/** What OpenCode said and what the gateway says of it: the answer counts only if the gateway was asked for it. */

/** What a key says of itself, as far as it is shown here. */
export interface KeyInfo {
  readonly scope: string;
  readonly level: string;
  readonly models: readonly string[];
  /** US dollars. */
  readonly spend: number;
  /** US dollars; null without a budget. */
  readonly max_budget: number | null;
  readonly usage: readonly { readonly model: string; readonly calls: number }[];
}

/** UTF-16 units of an answer that are shown; one sentence was asked for. */
const LONGEST = 4_000;

interface Event {
  readonly type?: unknown;
  readonly part?: { readonly text?: unknown };
  readonly error?: { readonly data?: { readonly message?: unknown } };
}

function eventIn(line: string): Event | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Event;
  } catch {
    return undefined;
  }
}

/**
 * The model's words, from what `opencode run --format json` prints: an event a line.
 *
 * @throws Error with OpenCode's own words, when it says that something failed or nothing at all
 */
export function answerIn(output: string): string {
  const events = output.split('\n').map(eventIn);
  for (const event of events)
    if (event?.type === 'error') {
      const said = event.error?.data?.message;
      throw new Error(`OpenCode says: ${typeof said === 'string' ? said : JSON.stringify(event.error)}`);
    }
  const texts = events.flatMap((event) =>
    event?.type === 'text' && typeof event.part?.text === 'string' ? [event.part.text] : [],
  );
  const answer = texts.join('\n');
  if (answer.trim() === '') throw new Error(`OpenCode gave no answer:\n${output.slice(-LONGEST)}`);
  return answer.slice(0, LONGEST);
}

/**
 * @returns the account as it is
 * @throws Error when no call of that model was paid for
 */
export function billed(info: KeyInfo, model: string): KeyInfo {
  const calls = info.usage.find((each) => each.model === model)?.calls ?? 0;
  if (calls > 0 && info.spend > 0) return info;
  throw new Error(
    `The gateway has not been asked for this answer: its account has ${calls} calls of ${model} and $${info.spend.toFixed(6)} spent. OpenCode has used another model than the workspace's.`,
  );
}
