import { readWhole } from '../../gateway/http/whole-body';

const chunksOf = (text: string, length: number): Buffer[] =>
  Array.from({ length: Math.ceil(text.length / length) }, (_, index) =>
    Buffer.from(text.slice(index * length, (index + 1) * length)),
  );
const TEXT = 'what was said '.repeat(1_000);

describe('a body in chunks', () => {
  it.each([
    ['one', [Buffer.from(TEXT)], TEXT],
    ['none', [], ''],
    ['many', chunksOf(TEXT, 100), TEXT],
    ['more than the place holds', chunksOf(TEXT.repeat(100), 65_536), TEXT.repeat(100)],
  ])('is read whole: %s', (_, chunks, text) => {
    expect(readWhole(chunks, (body) => body.toString())).toBe(text);
  });

  it('leaves nothing of what was said, whether or not it could be read', () => {
    let kept: Buffer = Buffer.alloc(0);
    const keep = (body: Buffer): never => {
      kept = body;
      throw new Error('not to be read');
    };
    expect(() => readWhole(chunksOf(TEXT, 100), keep)).toThrow('not to be read');
    expect(kept.length).toBe(TEXT.length);
    expect(kept.every((byte) => byte === 0)).toBe(true);
    expect(readWhole(chunksOf(TEXT, 100), (body) => body.toString())).toBe(TEXT);
  });

  it("is in no other body's place while it is read", () => {
    const [outer, inner] = [chunksOf('a'.repeat(999), 10), chunksOf('b'.repeat(999), 10)];
    const read = readWhole(outer, (body) => {
      const other = readWhole(inner, (second) => second.toString());
      return [other, body.toString()];
    });
    expect(read).toEqual(['b'.repeat(999), 'a'.repeat(999)]);
  });
});
