import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

/** @returns what the rules say of a house that is made of these files */
function said(files: Readonly<Record<string, string>>): string {
  const house = mkdtempSync(join(tmpdir(), 'layering-'));
  try {
    for (const [path, text] of Object.entries({ 'tsconfig.json': '{}', ...files })) {
      mkdirSync(dirname(join(house, path)), { recursive: true });
      writeFileSync(join(house, path), text);
    }
    const { stdout, stderr } = spawnSync(
      join(ROOT, 'node_modules/.bin/depcruise'),
      ['--config', join(ROOT, '.dependency-cruiser.cjs'), '.'],
      { cwd: house, encoding: 'utf8' },
    );
    return stdout + stderr;
  } finally {
    rmSync(house, { recursive: true, force: true });
  }
}

const THING = 'export const thing = 1;\n';
const uses = (path: string): string => `import { thing } from '${path}';\nexport const other = thing;\n`;

test.each([
  ['synth-reaches', { 'synth/a.ts': uses('../src/b'), 'src/b.ts': THING }],
  ['gateway-reaches', { 'gateway/a.ts': uses('../constructs/b'), 'constructs/b.ts': THING }],
  ['gateway-model-reaches', { 'gateway/model/a.ts': uses('../stages/b'), 'gateway/stages/b.ts': THING }],
  ['administration-reaches', { 'administration/a.ts': uses('../gateway/b'), 'gateway/b.ts': THING }],
  [
    'constructs-common-reaches',
    { 'constructs/common/a.ts': uses('../workspace/b'), 'constructs/workspace/b.ts': THING },
  ],
  ['nobody-imports-commands', { 'release/a.ts': uses('../cli/b'), 'cli/b.ts': THING }],
  [
    'no-circle',
    {
      'synth/a.ts': "import type { Other } from './b';\nexport type Thing = Other | 1;\n",
      'synth/b.ts': "import type { Thing } from './a';\nexport type Other = Thing[];\n",
    },
  ],
])('%s is refused', (rule, files) => {
  expect(said(files)).toContain(`error ${rule}: `);
});

test('what goes down is let be', () => {
  expect(said({ 'constructs/workspace/a.ts': uses('../../synth/b'), 'synth/b.ts': THING })).toContain(
    'no dependency violations found (2 modules',
  );
});
