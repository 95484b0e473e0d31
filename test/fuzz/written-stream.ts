/** Whether the text of a streamed answer is one that a client of the protocol can read. Throws where it is not. */
import type { Protocol } from '../../gateway/protocols/protocol';

/** How the stream should have ended. */
export type Ending = 'end' | 'error';

/** A comment, which clients pass over; pings of Anthropic's are events like any other. */
const KEEP_ALIVE = ': keep-alive';

export function checkWritten(protocol: Protocol, text: string, ending: Ending): void {
  if (text !== '' && !text.endsWith('\n\n')) throw new Error('the last event has no end');
  const frames = text
    .split('\n\n')
    .slice(0, -1)
    .filter((frame) => frame !== KEEP_ALIVE);
  if (protocol.dialect === 'openai') checkChunks(frames, ending);
  else checkMessageEvents(frames, ending);
}

interface Chunk {
  readonly choices?: readonly {
    readonly delta?: { readonly tool_calls?: readonly ToolDelta[] };
    readonly finish_reason?: string | null;
  }[];
  readonly usage?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message?: unknown };
}

interface ToolDelta {
  readonly index: number;
  readonly id?: string;
  readonly function?: { readonly name?: string };
}

function checkChunks(frames: readonly string[], ending: Ending): void {
  const chunks = frames.map((one) => {
    if (!one.startsWith('data: ') || /[\r\n]/.test(one)) throw new Error(`not one line of data: ${one}`);
    return one === 'data: [DONE]' ? undefined : (JSON.parse(one.slice('data: '.length)) as Chunk);
  });
  const last = chunks.length - 1;
  chunks.forEach((chunk, index) => {
    if (chunk === undefined && index !== last) throw new Error('something follows [DONE]');
    if (chunk?.error !== undefined && index !== last) throw new Error('something follows the error');
  });
  checkTools(chunks.flatMap((chunk) => chunk?.choices?.[0]?.delta?.tool_calls ?? []));
  for (const chunk of chunks) if (chunk?.usage) checkCounts(chunk.usage);
  if (ending === 'error') {
    if (typeof chunks[last]?.error?.message !== 'string') throw new Error('it ends without the error');
    return;
  }
  if (last < 0 || chunks[last] !== undefined) throw new Error('it ends without [DONE]');
  const reasons = chunks
    .map((chunk) => chunk?.choices?.[0]?.finish_reason)
    .filter((reason) => reason != null);
  if (reasons.length !== 1) throw new Error(`it ends with ${reasons.length} finish reasons`);
}

/** Clients gather a call by its index: the first piece of each says id and name, and no index is left out. */
function checkTools(deltas: readonly ToolDelta[]): void {
  let highest = -1;
  for (const { index, id, function: called } of deltas) {
    if (index > highest + 1 || index < highest) throw new Error(`tool index ${index} follows ${highest}`);
    const isNew = index > highest;
    const isNamed =
      typeof id === 'string' && id !== '' && typeof called?.name === 'string' && called.name !== '';
    if (isNew !== isNamed) throw new Error(`tool ${index} is ${isNew ? 'not ' : ''}named at piece`);
    highest = index;
  }
}

function checkCounts(usage: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(usage))
    if (typeof value === 'number' && !(Number.isSafeInteger(value) && value >= 0))
      throw new Error(`${name} is ${value}`);
}

function checkMessageEvents(frames: readonly string[], ending: Ending): void {
  const types = frames.map((one) => {
    const match = /^event: ([a-z_]{1,64})\ndata: (.*)$/s.exec(one);
    if (!match || /[\r\n]/.test(match[2] ?? '')) throw new Error(`not an event: ${one.slice(0, 500)}`);
    const event = JSON.parse(match[2] ?? '') as { type?: unknown };
    if (event.type !== match[1]) throw new Error(`event ${match[1]} says it is ${String(event.type)}`);
    return match[1];
  });
  const terminal = ending === 'end' ? 'message_stop' : 'error';
  if (types.at(-1) !== terminal) throw new Error(`it ends with ${types.at(-1)} and not with ${terminal}`);
  const early = types.slice(0, -1).find((type) => type === 'message_stop' || type === 'error');
  if (early !== undefined) throw new Error(`something follows ${early}`);
}
