/** Changes of bytes that know nothing of what they mean. */
import fc from 'fast-check';
import { TOKENS } from './dictionary';

export interface ByteMutation {
  readonly change: number;
  readonly place: number;
  readonly other: number;
}

const LARGE = 0xffffff;
const LONGEST_RUN = 400;

type Cut = (bytes: Buffer, at: number, other: number) => Buffer[];

const CHANGES: readonly Cut[] = [
  (bytes, at, other) => [
    bytes.subarray(0, at),
    Buffer.from([(bytes[at] ?? 0) ^ (1 << (other % 8))]),
    bytes.subarray(at + 1),
  ],
  (bytes, at, other) => [bytes.subarray(0, at), Buffer.from([other % 256]), bytes.subarray(at)],
  (bytes, at, other) => [bytes.subarray(0, at), bytes.subarray(at + 1 + (other % LONGEST_RUN))],
  (bytes, at, other) => [
    bytes.subarray(0, at),
    bytes.subarray(at, at + (other % LONGEST_RUN)),
    bytes.subarray(at),
  ],
  (bytes, at, other) => [
    bytes.subarray(0, at),
    TOKENS[other % TOKENS.length] ?? Buffer.alloc(0),
    bytes.subarray(at),
  ],
  (bytes, at) => [bytes.subarray(0, at)],
  (bytes, at) => [bytes.subarray(at)],
];

export const byteMutation: fc.Arbitrary<ByteMutation> = fc.record(
  { change: fc.nat(CHANGES.length - 1), place: fc.nat(LARGE), other: fc.nat(LARGE) },
  { noNullPrototype: true },
);

export function mutateBytes(bytes: Buffer, mutations: readonly ByteMutation[]): Buffer {
  let result = bytes;
  for (const { change, place, other } of mutations) {
    const parts = CHANGES[change % CHANGES.length]?.(result, place % (result.length + 1), other);
    result = Buffer.concat(parts ?? [result]);
  }
  return result;
}
