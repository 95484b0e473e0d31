import { mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { watchFiles } from '../../gateway/config/watched-file';
import { eventually } from './support/gateway';

describe('a file that is watched', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'watched-file-'));
    path = join(folder, 'file');
    await writeFile(path, 'one');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test('is seen to change when neither its length nor its time does', async () => {
    let seen = 'one';
    const { mtime } = await stat(path);
    const watch = watchFiles([path], 20, () => void readFile(path, 'utf8').then((text) => (seen = text)));
    for (const text of ['two', 'six', 'ten']) {
      await writeFile(path, text);
      await utimes(path, mtime, mtime);
      await eventually(() => seen === text || undefined);
    }
    watch.close();
  });

  test('that only got another time is read again, and one that stays as it is is not', async () => {
    let readings = 0;
    const watch = watchFiles([path], 3_600_000, () => (readings += 1));
    watch.poll();
    expect(readings).toBe(0);
    await utimes(path, new Date(0), new Date(0));
    watch.poll();
    watch.poll();
    expect(readings).toBe(1);
    watch.close();
  });

  test('is noticed when it goes and when it comes, and a long one by its time', async () => {
    let readings = 0;
    const watch = watchFiles([path], 3_600_000, () => (readings += 1));
    const looks: (() => Promise<unknown>)[] = [
      () => rm(path),
      () => writeFile(path, 'x'.repeat(2 * 1024 * 1024)),
      () => utimes(path, new Date(0), new Date(0)),
    ];
    for (const [at, change] of looks.entries()) {
      await change();
      watch.poll();
      expect(readings).toBe(at + 1);
    }
    watch.close();
  });
});
