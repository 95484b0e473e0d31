import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { readFolder } from '../template/programs';

const ROOT = resolve(__dirname, '..', '..');
const REVIEWED = join(__dirname, 'reviewed');
const outdirs: string[] = [];
afterAll(() => outdirs.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** Runs the program as its reader would. @returns text by path in the stack's folder */
function synthesized(): Map<string, string> {
  const outdir = mkdtempSync(join(tmpdir(), 'platform-'));
  outdirs.push(outdir);
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--require', './scripts/register-typescript.cjs', 'src/platform.ts'],
    { cwd: ROOT, encoding: 'utf8', env: { ...process.env, CDKTF_OUTDIR: outdir } },
  );
  if (status !== 0) throw new Error(stderr);
  return readFolder(join(outdir, 'stacks', 'ai-platform'));
}

const files = synthesized();

test('the platform as Terraform gets it is the one reviewed', () => {
  // `npm run snapshot:platform` takes a new one.
  if (process.env.UPDATE_SNAPSHOT) {
    rmSync(REVIEWED, { recursive: true, force: true });
    for (const [path, text] of files) {
      mkdirSync(dirname(join(REVIEWED, path)), { recursive: true });
      writeFileSync(join(REVIEWED, path), text);
    }
  }
  const reviewed = readFolder(REVIEWED);
  expect([...files.keys()]).toEqual([...reviewed.keys()]);
  for (const [path, text] of files) expect(`${path}\n${text}`).toBe(`${path}\n${reviewed.get(path)}`);
});

test('two synths in two folders are the same to the byte, and nothing of this machine is in them', () => {
  expect(synthesized()).toEqual(files);
  for (const [path, text] of files)
    expect({ path, found: [ROOT, ...outdirs].filter((one) => text.includes(one)) }).toEqual({
      path,
      found: [],
    });
});

test('its gateway gets the document that synth writes for every gateway', () => {
  const document = readFileSync(join(outdirs[0] ?? '', 'gateway', 'config.json'), 'utf8');
  expect(files.get('gateway/config.json')).toBe(document);
});

/** Names are for ever: Terraform makes a resource of another name anew, and asks for a variable of another name. */
test.each([
  ['resources', /^resource "(\w+)" "(\w+)"/gm],
  ['variables', /^(variable) "(\w+)"/gm],
  ['outputs', /^(output) "(\w+)"/gm],
])('names of %s are those that are pinned', (what, pattern) => {
  const found = [...files]
    .filter(([path]) => path.endsWith('.tf'))
    .flatMap(([, text]) => [...text.matchAll(pattern)].map(([, type, name]) => `${type}.${name}`))
    .sort();
  const file = join(__dirname, 'pinned', `${what}.txt`);
  if (process.env.UPDATE_PINNED) writeFileSync(file, `${found.join('\n')}\n`);
  expect(found).toEqual(readFileSync(file, 'utf8').trim().split('\n'));
});

test('names that the engine keeps data under are those that are pinned', () => {
  const named = [...files].flatMap(([path, text]) =>
    path.endsWith('.tf') ? [...text.matchAll(/volume_name +=\s"([\w-]+)"/g)].map(([, name]) => name) : [],
  );
  expect([...new Set(named)].sort()).toEqual(['ai-platform-coder-home', 'ai-platform-postgres-data']);
  expect([...files.values()].join('\n')).not.toMatch(/resource "docker_volume" "\w*(data|home)"/);
});
