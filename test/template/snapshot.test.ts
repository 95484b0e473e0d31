import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { catalog } from '../../src/catalog';
import { policy } from '../../src/policy';
import { ContractorWorkspaceStack } from '../../src/stacks/contractor-workspace';
import { ARCHIVE_LIMIT, archiveSize } from '../../src/synth/template-files';
import { synthesize } from '../../src/synthesize';

const SNAPSHOT = join(__dirname, '..', 'snapshots', 'contractor-workspace');
const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** Every file below a folder: text by relative path. */
function read(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path))
    .filter((path) => statSync(path).isFile())
    .sort();
  return new Map(files.map((path) => [relative(folder, path), readFileSync(path, 'utf8')]));
}

function synthesizeAnew(): { all: Map<string, string>; template: Map<string, string> } {
  const outdir = mkdtempSync(join(tmpdir(), 'snapshot-'));
  folders.push(outdir);
  synthesize({ catalog, policy, outdir }, (app) => {
    new ContractorWorkspaceStack(app, 'contractor-workspace');
  });
  return { all: read(outdir), template: read(join(outdir, 'stacks', 'contractor-workspace')) };
}

const { all, template } = synthesizeAnew();

test('the template as Coder gets it is the one reviewed', () => {
  // Real files, so that a reviewer reads HCL and bash; `npm run snapshot` takes a new one.
  if (process.env.UPDATE_SNAPSHOT) {
    rmSync(SNAPSHOT, { recursive: true, force: true });
    for (const [path, text] of template) {
      mkdirSync(dirname(join(SNAPSHOT, path)), { recursive: true });
      writeFileSync(join(SNAPSHOT, path), text);
    }
  }
  const reviewed = read(SNAPSHOT);
  expect([...template.keys()]).toEqual([...reviewed.keys()]);
  for (const [path, text] of template) {
    expect(`${path}\n${text}`).toBe(`${path}\n${reviewed.get(path)}`);
  }
});

test('two synths in two folders are the same to the byte', () => {
  expect(synthesizeAnew().all).toEqual(all);
});

test('nothing of this machine or this day is in it', () => {
  for (const [path, text] of all) {
    expect({
      path,
      found: text.includes(process.cwd()) || text.includes(join(tmpdir(), 'snapshot-')),
    }).toEqual({
      path,
      found: false,
    });
  }
  expect(
    [...template.keys()].filter((path) => /\.json$|^\./.test(path) && !path.startsWith('settings/')),
  ).toEqual([]);
});

test('as an archive it is far below what Coder takes', () => {
  expect(archiveSize(template)).toBeLessThan(ARCHIVE_LIMIT / 4);
});
