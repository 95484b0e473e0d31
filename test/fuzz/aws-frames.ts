/** Frames of AWS's event stream as values that can be mutated: their sums are made afterwards, so that they get read. */
import { EventStreamCodec, type MessageHeaders } from '@smithy/core/event-streams';

export interface FrameValue {
  readonly headers: Readonly<Record<string, unknown>>;
  /** What the payload's base64 says, or the payload itself where there is none. */
  readonly event?: unknown;
  readonly payload?: unknown;
}

const LONGEST_NAME = 255;
const LONGEST_VALUE = 30_000;

const codec = new EventStreamCodec(
  (bytes: Uint8Array | string) => (typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('utf8')),
  (part) => Buffer.from(part, 'utf8'),
);

export const EVENT = { ':message-type': 'event', ':event-type': 'chunk' };

export const eventFrame = (event: unknown): FrameValue => ({ headers: EVENT, event });

export const exceptionFrame = (type: string, message: string): FrameValue => ({
  headers: { ':message-type': 'exception', ':exception-type': type },
  payload: { message },
});

export const errorFrame = (code: string, message: string): FrameValue => ({
  headers: { ':message-type': 'error', ':error-code': code, ':error-message': message },
});

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** Of any of the types a header may have. */
function headerValue(value: unknown): MessageHeaders[string] {
  if (typeof value === 'boolean') return { type: 'boolean', value };
  if (Number.isInteger(value)) return { type: 'integer', value: Number(value) | 0 };
  if (value === null) return { type: 'binary', value: Buffer.from('null') };
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return { type: 'string', value: Buffer.from(text).subarray(0, LONGEST_VALUE).toString('utf8') };
}

/** Whatever a frame has become, as bytes. */
export function encodeFrame(frame: unknown): Buffer {
  const { headers, event, payload } = isObject(frame)
    ? frame
    : ({ payload: frame } as Record<string, unknown>);
  const named = Object.entries(isObject(headers) ? headers : {})
    .filter(([name]) => name !== '' && Buffer.byteLength(name) <= LONGEST_NAME)
    .map(([name, value]) => [name, headerValue(value)]);
  const packed = event === undefined ? undefined : Buffer.from(JSON.stringify(event)).toString('base64');
  const text = packed === undefined ? JSON.stringify(payload) : JSON.stringify({ bytes: packed, p: 'abc' });
  return Buffer.from(
    codec.encode({ headers: Object.fromEntries(named) as MessageHeaders, body: Buffer.from(text ?? '') }),
  );
}
