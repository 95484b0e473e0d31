/**
 * Answers a request of whose body something is still to come, which nobody will read.
 *
 * Many clients look at an answer only when they have sent everything, and lose it when the connection is closed before;
 * so some of the rest is heard and thrown away. But only some: what was refused must not be sent at our cost.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Bytes: the longest conversation that a model takes. */
const MOST_DISCARDED = 4 * 1024 * 1024;
/** Milliseconds for the rest of a body after which the connection goes on. */
const SHORT_REST_MS = 10_000;
/** Milliseconds for the client to read the answer where the connection is closed. */
const LINGER_MS = 2_000;

/** Bytes that may still come of the body, at most. */
export function restOf({ complete, headers }: IncomingMessage): number {
  if (complete) return 0;
  if (headers['transfer-encoding'] !== undefined) return Infinity;
  return Number(headers['content-length'] ?? 0);
}

/** Whether the connection has to be closed for it. */
export const isLongRest = (bytes: number): boolean => bytes > MOST_DISCARDED;

/** @param isClosing whether the answer's head, which is written, says so */
export function endBeforeRest(
  request: IncomingMessage,
  response: ServerResponse,
  body: string,
  isClosing: boolean,
): void {
  if (response.destroyed) return;
  let left = MOST_DISCARDED;
  const over = (): void => {
    clearTimeout(timer);
    // Ended any sooner, the connection would be closed with bytes unread, and the answer be lost with them.
    if (isClosing) response.end();
    else if (!request.complete) response.destroy();
  };
  const timer = setTimeout(over, isClosing ? LINGER_MS : SHORT_REST_MS);
  response.once('close', () => clearTimeout(timer));
  if (isClosing) response.write(body);
  else response.end(body);
  request
    .on('data', (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) request.pause();
    })
    .once('end', over);
}
