import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { takeSnapshots } from '../../release/snapshot/take';
import { readText, removeFolders, ROOT, runRelease, temporaryFolder } from './support';

afterAll(removeFolders);

/** A copy of the snapshots under review, to be made anew. */
function project(): string {
  const folder = temporaryFolder();
  cpSync(join(ROOT, 'test', 'snapshots'), join(folder, 'test', 'snapshots'), { recursive: true });
  return folder;
}

async function take(folder: string, json = false): Promise<string> {
  const written: string[] = [];
  const spy = jest
    .spyOn(process.stdout, 'write')
    .mockImplementation((text) => written.push(String(text)) > 0);
  try {
    await takeSnapshots({ json }, folder);
  } finally {
    spy.mockRestore();
  }
  return written.join('');
}

test('says which files it wrote, and writes no others', async () => {
  const folder = project();
  const path = (...parts: string[]): string => join(folder, 'test', 'snapshots', ...parts);
  rmSync(path('minimal', 'versions.tf'));
  rmSync(path('contractor.gateway.json'));
  writeFileSync(path('contractor', 'ai.tf'), 'changed\n');
  writeFileSync(path('air-gapped', 'gone.tf'), 'gone\n');
  cpSync(path('minimal'), path('given-up'), { recursive: true });

  const report = JSON.parse(await take(folder, true)) as Record<string, unknown>;
  expect(report).toEqual({
    added: ['test/snapshots/contractor.gateway.json', 'test/snapshots/minimal/versions.tf'],
    changed: ['test/snapshots/contractor/ai.tf'],
    removed: ['test/snapshots/air-gapped/gone.tf'],
    unchanged: expect.any(Number) as number,
    orphans: ['test/snapshots/given-up/'],
  });
  for (const file of ['minimal/versions.tf', 'contractor.gateway.json', 'contractor/ai.tf'])
    expect(readText(path(file))).toBe(readText(ROOT, 'test', 'snapshots', file));

  rmSync(path('minimal', 'versions.tf'));
  const files = (report.unchanged as number) + 2;
  expect(await take(folder)).toBe(
    `added    test/snapshots/minimal/versions.tf\n${files} files unchanged.\n` +
      'No program writes the template of test/snapshots/given-up/ any more: remove the folder if it is given up.\n',
  );
  expect(readText(path('image', 'Dockerfile'))).toBe(readText(ROOT, 'test/snapshots/image/Dockerfile'));
});

test('a word too many is not understood', () => {
  const { status, stdout, stderr } = runRelease('snapshot', ['minimal']);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/Too many arguments/);
});
