/** Ids of requests. */
import { randomUUID } from 'node:crypto';
import { finalText } from '../errors/final-text';

/**
 * A random UUID that no client takes for a word about the error it stands in: one in twenty has three digits that some
 * read as the status of an error that passes.
 */
export function newRequestId(): string {
  for (;;) {
    const id = randomUUID();
    if (finalText(id) === id) return id;
  }
}
