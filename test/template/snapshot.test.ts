import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ARCHIVE_LIMIT, archiveSize } from '../../synth/template-files';
import { PROGRAMS, readFolder, removeSynthesized, synthesizeByProgram } from './programs';

afterAll(removeSynthesized);

describe.each(Object.keys(PROGRAMS))('%s', (name) => {
  const reviewedFolder = join(__dirname, '..', 'snapshots', name);
  const { all, files } = synthesizeByProgram(name);

  // Real files, so that a reviewer reads HCL, bash and prices; `npm run snapshot` takes new ones.
  test('the template as Coder gets it is the one reviewed', () => {
    const reviewed = readFolder(reviewedFolder);
    expect([...files.keys()]).toEqual([...reviewed.keys()]);
    for (const [path, text] of files) {
      expect(`${path}\n${text}`).toBe(`${path}\n${reviewed.get(path)}`);
    }
  });

  test('the policy and the prices that the gateway gets are those reviewed', () => {
    expect(all.get('gateway/config.json')).toBe(readFileSync(`${reviewedFolder}.gateway.json`, 'utf8'));
  });

  test('two synths in two folders are the same to the byte', () => {
    expect(synthesizeByProgram(name).all).toEqual(all);
  });

  test('nothing of this machine or this day is in it', () => {
    const ours = [process.cwd(), join(tmpdir(), 'snapshot-'), new Date().toISOString().slice(0, 10)];
    // The catalog says on which day its prices were taken.
    const texts = [...all].filter(([path]) => path !== 'gateway/config.json');
    for (const [path, text] of texts) {
      expect({ path, found: ours.filter((one) => text.includes(one)) }).toEqual({ path, found: [] });
    }
    expect(
      [...files.keys()].filter((path) => /\.json$|^\./.test(path) && !path.startsWith('settings/')),
    ).toEqual([]);
  });

  test('as an archive it is far below what Coder takes', () => {
    expect(archiveSize(files)).toBeLessThan(ARCHIVE_LIMIT / 4);
  });
});
