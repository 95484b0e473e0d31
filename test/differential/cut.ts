/** Bytes in chunks of the given lengths in turn; none: in one. */
export function cut(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  if (lengths.length === 0) return [bytes];
  const chunks: Buffer[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const end = at + (lengths[turn % lengths.length] ?? bytes.length);
    chunks.push(bytes.subarray(at, end));
    at = end;
  }
  return chunks;
}
