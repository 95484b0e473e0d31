import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { neededImages, provideImages } from '../../../platform/images';
import { PlatformFolder } from '../../../platform/folder';
import { FakeEngine, WELL } from './fake-engine';
import { OUTLINE } from './outline';

const path = process.env.PATH;
const folder = mkdtempSync(join(tmpdir(), 'images-'));
afterAll(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true, force: true });
});

test('what is built here and what is pulled, each once', () => {
  expect(neededImages(OUTLINE, { image: 'contractor-workspace:2026.11' })).toEqual([
    { reference: 'postgres:17' },
    { reference: 'contractor-workspace-gateway:1', build: 'gateway' },
    { reference: 'contractor-workspace:2026.11', build: 'workspace' },
  ]);
  expect(neededImages(OUTLINE, {})).toHaveLength(2);
});

test('an image that cannot be pulled: why, and what to mirror or load', async () => {
  const docker = join(folder, 'docker');
  writeFileSync(docker, '#!/bin/sh\necho "Error response from daemon: no such host" >&2\nexit 1\n');
  chmodSync(docker, 0o755);
  process.env.PATH = `${folder}:${path}`;
  const fake = await FakeEngine.start(WELL);
  const context = { engine: fake.engine, folder: new PlatformFolder(folder), authority: undefined };
  const go = new AbortController().signal;
  await expect(
    provideImages([{ reference: 'postgres:17' }], context, { rebuild: false }, go),
  ).rejects.toThrow(
    /^The image postgres:17 cannot be pulled: Error response from daemon: no such host\n.*"docker save" and "docker load".*ServiceImage\.of\('registry\.example\.com\/postgres:17'\)\.$/,
  );
  process.env.PATH = folder;
  rmSync(docker);
  await expect(
    provideImages([{ reference: 'postgres:17' }], context, { rebuild: false }, go),
  ).rejects.toThrow('There is no "docker" on the PATH');
  fake.close();
});
