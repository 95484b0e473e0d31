import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { IMAGE_PINS } from '../../../workspace-image/image/pins';
import { run, runOrThrow } from './commands';
import { ensureCommands } from './engine';

const NAME = 'workspace-test-base';

/**
 * A Debian 12 made from packages, with those the workspace needs in it: no image registry is asked, and the build of
 * the workspace image finds nothing to install but its compilers.
 *
 * @returns its reference; an image from an earlier run is taken again
 */
export async function baseImage(folder: string): Promise<string> {
  const packages = [...IMAGE_PINS.packages].sort().join(',');
  const reference = `${NAME}:${createHash('sha256').update(packages).digest('hex').slice(0, 12)}`;
  if ((await run('docker', ['image', 'inspect', reference])).status === 0) return reference;
  await ensureCommands({ mmdebstrap: 'mmdebstrap' });
  mkdirSync(folder, { recursive: true });
  const archive = join(folder, 'base.tar');
  // It asks the mirrors that this machine asks.
  const args = ['--variant=minbase', `--include=${packages}`, '--quiet', 'bookworm', archive];
  await runOrThrow('mmdebstrap', args, { timeout: 900 });
  await runOrThrow('docker', ['import', archive, reference], { timeout: 300 });
  await runOrThrow('rm', ['-f', archive]);
  return reference;
}
