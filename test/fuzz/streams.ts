/** Mutated streams of every provider, cut anyhow, written for the clients of every protocol. */
import fc from 'fast-check';
import { GatewayError } from '../../gateway/errors';
import type { StreamEvent } from '../../gateway/model/answer';
import type { Usage } from '../../gateway/model/usage';
import { sanitize } from '../../gateway/providers/sanitize';
import { byteMutation, mutateBytes, type ByteMutation } from './byte-mutation';
import { jsonMutation, mutateJson, type JsonMutation } from './json-mutation';
import { PROTOCOLS } from './protocols';
import type { Target } from './target';
import { UPSTREAMS, type Upstream } from './upstreams';
import { checkWritten } from './written-stream';

export interface StreamCase {
  readonly upstream: number;
  readonly start: number;
  readonly protocol: number;
  readonly json: readonly JsonMutation[];
  readonly bytes: readonly ByteMutation[];
  /** Lengths of the chunks in turn; none: all at once. */
  readonly cuts: readonly number[];
}

const LARGE = 0xffff;
/** Characters written for a byte that came, beside what each event costs to say. */
const MOST_GROWTH = 8;
const OWN_TEXT = 20_000;

export const streamCase: fc.Arbitrary<StreamCase> = fc.record(
  {
    upstream: fc.nat(LARGE),
    start: fc.nat(LARGE),
    protocol: fc.nat(LARGE),
    json: fc.array(jsonMutation, { maxLength: 4 }),
    bytes: fc.oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(byteMutation, { minLength: 1, maxLength: 3 }) },
    ),
    cuts: fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 4 }),
  },
  { noNullPrototype: true },
);

export interface MadeStream {
  readonly upstream: Upstream;
  readonly bytes: Buffer;
  readonly chunks: readonly Buffer[];
}

export function makeStream({ upstream: number, start, json, bytes, cuts }: StreamCase): MadeStream {
  const upstream = UPSTREAMS[number % UPSTREAMS.length];
  const events = upstream?.streams[start % upstream.streams.length];
  if (upstream === undefined || events === undefined) throw new Error('no streams to start from');
  const holder = { root: JSON.parse(JSON.stringify(events)) as unknown };
  mutateJson(holder, json);
  const { root } = holder;
  const framed = (Array.isArray(root) ? root : [root]).map((event) => upstream.frame(event));
  const whole = mutateBytes(Buffer.concat(framed), bytes);
  return { upstream, bytes: whole, chunks: cut(whole, cuts) };
}

function cut(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  if (lengths.length === 0) return [bytes];
  const chunks: Buffer[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const length = lengths[turn % lengths.length] ?? bytes.length;
    chunks.push(bytes.subarray(at, at + length));
    at += length;
  }
  return chunks;
}

function check(one: StreamCase): boolean {
  const { upstream, bytes, chunks } = makeStream(one);
  const protocol = PROTOCOLS[one.protocol % PROTOCOLS.length];
  if (protocol === undefined) throw new Error('no protocol');
  const frame = { model: 'claude-sonnet', created: 1, requestId: 'request', includeUsage: true };
  const writer = protocol.streamWriter(frame);
  let text = '';
  let ending: StreamEvent['type'] | undefined;
  let hasStopped = false;
  let fault: unknown;
  const accept = (event: StreamEvent): void => {
    if (ending !== undefined) throw new Error(`${event.type} comes after ${ending}`);
    if (event.type === 'error' || event.type === 'end') ending = event.type;
    if (event.type === 'start' || event.type === 'usage' || event.type === 'stop') checkUsage(event.usage);
    hasStopped ||= event.type === 'stop';
    if (event.type === 'end' && !hasStopped) throw new Error('the end comes without a reason or a usage');
    text += writer.write(event);
    if (event.type === 'error')
      text += writer.fail(new GatewayError('provider_failed', { message: sanitize(event.message) }));
  };
  const reader = upstream.provider.eventReader((event) => {
    try {
      accept(event);
    } catch (thrown) {
      // A reader may take what its listener throws for the stream's own fault.
      fault ??= thrown;
    }
  });
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
  if (fault !== undefined) throw new Error('an event could not be written', { cause: fault });
  if (ending !== 'end' && ending !== 'error') throw new Error('the stream ended in silence');
  checkWritten(protocol, text, ending);
  if (text.length > MOST_GROWTH * bytes.length + OWN_TEXT)
    throw new Error(`${bytes.length} bytes have become ${text.length} characters`);
  return ending === 'end';
}

/** Money is counted by it. */
export function checkUsage(usage: Usage | undefined): void {
  for (const [name, tokens] of Object.entries(usage ?? {}) as [string, number][])
    if (!Number.isSafeInteger(tokens) || tokens < 0) throw new Error(`usage.${name} is ${tokens}`);
}

export const streams: Target<StreamCase> = {
  name: 'streams',
  cases: streamCase,
  check,
  show(one) {
    const { upstream, bytes, chunks } = makeStream(one);
    return {
      provider: upstream.provider.name,
      protocol: PROTOCOLS[one.protocol % PROTOCOLS.length]?.name,
      chunks: chunks.length,
      stream: bytes.toString('utf8'),
    };
  },
};
