/** What the package writes with cdktf and with its successor cdktn, under cdktf's name. */
import { join } from 'node:path';
import { check, install, run } from './packed';
import { differences } from './tree';

const CDKTN = 'npm:cdktn@0.24.0';
const PROGRAM = 'node_modules/.bin/contractor-workspace';
const COMMANDS = [['synth'], ['example', 'minimal'], ['example', 'contractor'], ['example', 'air-gapped']];
const PLATFORM = "require('contractor-workspace/platform').runPlatformProgram({ outdir: 'out/platform' })";
/** cdktf's own, for its command line: it names the library's version. */
const OF_THE_LIBRARY = /(^|\/)(manifest\.json|cdktf\/[^/]+)$/;

function write(home: string, library: string): void {
  const installed = run(home, process.execPath, ['-p', "require('cdktf/package.json').name"]).trim();
  check(`${library} is what is installed`, installed === library, installed);
  for (const args of COMMANDS) run(home, PROGRAM, [...args, '--output', join('out', args.join('-'))]);
  run(home, process.execPath, ['-e', PLATFORM]);
}

/**
 * @param home where the package is installed with cdktf
 * @param other folder that gets it with cdktn; npm refuses that where a peer range is too narrow
 */
export function checkCdktn(home: string, other: string, archive: string): void {
  install(other, archive, { cdktf: CDKTN });
  write(home, 'cdktf');
  write(other, 'cdktn');
  const different = differences(join(home, 'out'), join(other, 'out')).filter(
    (path) => !OF_THE_LIBRARY.test(path),
  );
  check(
    'templates and platform have the same bytes with cdktn',
    different.length === 0,
    different.join('\n'),
  );
}
