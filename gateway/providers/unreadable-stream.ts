/** A provider's stream that cannot be read, told apart from a fault of ours that comes up while it is read. */

/** The bytes are not in the framing that the provider's streams have. */
export class UnreadableStream extends Error {}

/** Also what nests so deep that no function gets to its end: it is what came that does that. */
export const isUnreadable = (fault: unknown): boolean =>
  fault instanceof UnreadableStream || (fault instanceof RangeError && fault.message.includes('call stack'));
