/**
 * Puts the chunks of a body together for somebody who reads it at once and keeps nothing of it.
 *
 * Always in the same place: memory that is new for each body is cold, and V8 collects garbage by how much of it there
 * was.
 */

/** Bytes; what is longer gets memory of its own. */
const LARGEST = 1024 * 1024;

let place: Buffer | undefined;

/**
 * @param chunks are taken out of the list where the body is long, so that it is not held twice while it is read
 * @param read gets bytes that are its own until it returns
 */
export function readWhole<T>(chunks: Buffer[], read: (body: Buffer) => T): T {
  const [first] = chunks;
  if (chunks.length === 1 && first) return read(first);
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  if (length > LARGEST) {
    const body = Buffer.concat(chunks, length);
    chunks.length = 0;
    return read(body);
  }
  const taken = place ?? Buffer.alloc(LARGEST);
  // Nobody else gets it meanwhile.
  place = undefined;
  const body = taken.subarray(0, length);
  try {
    let end = 0;
    for (const chunk of chunks) end += chunk.copy(body, end);
    return read(body);
  } finally {
    // What was said does not stay behind.
    body.fill(0);
    place = taken;
  }
}
