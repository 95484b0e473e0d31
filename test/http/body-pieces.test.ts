import { assert, integer, property, array } from 'fast-check';
import { BodyPieces } from '../../gateway/http/body-pieces';

/** Chunks of these lengths, each with memory of its own, of bytes that tell where they belong. */
const chunksOf = (lengths: readonly number[]): Buffer[] => {
  let at = 0;
  return lengths.map((length) => {
    const chunk = Buffer.allocUnsafeSlow(length);
    for (let index = 0; index < length; index += 1) chunk[index] = (at + index) % 251;
    at += length;
    return chunk;
  });
};

/** The pieces they make, and the bytes that were allocated for them. */
function collect(chunks: readonly Buffer[]): { pieces: Buffer[]; allocated: number } {
  let allocated = 0;
  const body = new BodyPieces((bytes) => (allocated += bytes));
  for (const chunk of chunks) body.add(chunk);
  return { pieces: body.take(), allocated };
}

describe('the pieces of a body', () => {
  test('are what came, however it was cut, in at most twice its memory and a block', () => {
    assert(
      property(array(integer({ min: 1, max: 70_000 }), { maxLength: 30 }), (large) => {
        const lengths = large.flatMap((length, index) => [length, ...Array<number>(index).fill(index + 1)]);
        const chunks = chunksOf(lengths);
        const { pieces, allocated } = collect(chunks);
        const whole = Buffer.concat(chunks);
        expect(Buffer.concat(pieces).equals(whole)).toBe(true);
        const memory = new Set(pieces.map(({ buffer }) => buffer));
        const held = [...memory].reduce((sum, { byteLength }) => sum + byteLength, 0);
        expect(held).toBeLessThanOrEqual(allocated);
        expect(allocated).toBeLessThanOrEqual(2 * whole.length + 64 * 1024 + 8 * 1024);
      }),
      { numRuns: 200 },
    );
  });

  test('are few, of a body in single bytes', () => {
    const { pieces, allocated } = collect(chunksOf(Array<number>(1_000_000).fill(1)));
    expect(pieces.length).toBeLessThan(25);
    expect(allocated).toBeLessThan(1_100_000);
  });

  test('do not keep the memory that a small chunk is a part of', () => {
    const slabs = Array.from({ length: 100 }, () => Buffer.allocUnsafeSlow(64 * 1024).subarray(0, 5_000));
    const { pieces } = collect(slabs);
    expect(slabs.some(({ buffer }) => pieces.some((piece) => piece.buffer === buffer))).toBe(false);
  });

  test('are the chunk itself where there is one alone, and none where there is none', () => {
    const [chunk] = chunksOf([10]) as [Buffer];
    expect(collect([chunk]).pieces).toEqual([chunk]);
    expect(collect([]).pieces).toEqual([]);
  });

  test('are not allocated when they must not be', () => {
    const body = new BodyPieces((bytes) => {
      if (bytes > 10) throw new Error('no room');
    });
    body.add(Buffer.allocUnsafeSlow(10));
    expect(() => body.add(Buffer.allocUnsafeSlow(1))).toThrow('no room');
  });
});
