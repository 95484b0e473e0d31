import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const FOLDER = resolve(__dirname, '../../constructs');
const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter(
  (path) => path.endsWith('.ts') && !['coder.ts', 'docker.ts'].includes(path),
);

test.each(files)('every optional prop of %s says its default', (path) => {
  const lines = readFileSync(join(FOLDER, path), 'utf8').split('\n');
  const undocumented = lines.filter((line, index) => {
    if (!/^ {2}readonly \w+\?:/.test(line)) return false;
    const doc =
      lines
        .slice(0, index)
        .join('\n')
        .match(/\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*$/)?.[0] ?? '';
    return !doc.includes('@default');
  });
  expect(undocumented).toEqual([]);
});

test.each(files.filter((path) => path.startsWith('workspace/')))(
  'the construct of %s checks its props',
  (path) => {
    const source = readFileSync(join(FOLDER, path), 'utf8');
    const shapes = [...source.matchAll(/constructor\(scope: Construct, id: string, props: (\w+)/g)];
    for (const [, shape] of shapes)
      expect(source).toMatch(new RegExp(`(validateProps|checkTypes)\\(\\w+, '${shape}', `));
    expect(source).not.toMatch(/constructor\(scope: Construct, id: string, [^p)]/);
  },
);
