import { DiffParser } from '../../review/checkout/diff-parser';
import { prepare } from '../../review/prepare';
import { makeRepository } from './support/repository';

const MIB = 1024 * 1024;

test('a change of ten megabytes: files that are too long are named, the others reviewed', async () => {
  const repository = makeRepository({});
  repository.commit('large', {
    'large.txt': 'a line of the large file\n'.repeat(400_000),
    'one-line.js': `x = "${'y'.repeat(2 * MIB)}"\n`,
    'small.ts': 'const small = 1;\n',
  });
  const prepared = await prepare({
    folder: repository.folder,
    target: { kind: 'range', range: 'main...HEAD' },
    contextTokens: 4_000,
  });
  prepared.close();
  const { material, leftOut } = prepared;
  expect(leftOut).toEqual([
    { path: 'large.txt', reason: 'too-long' },
    { path: 'one-line.js', reason: 'too-long' },
  ]);
  expect(material.files.map(({ path }) => path)).toEqual(['small.ts']);
  repository.remove();
});

test('what is kept of a diff does not grow with it, however it is cut into pieces', () => {
  const head = 'diff --git a/a b/a\nnew file mode 100644\nindex 0000000..1111111\n--- /dev/null\n+++ b/a\n';
  const line = `+${'x'.repeat(99)}\n`;
  const diff = (files: number, lines: number): Buffer =>
    Buffer.from(`${head}@@ -0,0 +1,${lines} @@\n${line.repeat(lines)}`.repeat(files));
  const kept = (bytes: Buffer, piece: number): number => {
    const parser = new DiffParser();
    for (let at = 0; at < bytes.length; at += piece) parser.push(bytes.subarray(at, at + piece));
    const { files } = parser.end();
    return files.reduce((sum, { hunks }) => sum + JSON.stringify(hunks).length, 0);
  };
  const some = diff(3, 1_000);
  expect(kept(some, 7)).toBe(kept(some, 64 * 1024));
  expect(kept(diff(60, 2_000), 64 * 1024)).toBeLessThan(10 * MIB);
  expect(kept(diff(1, 100_000), 64 * 1024)).toBe(2);
});
