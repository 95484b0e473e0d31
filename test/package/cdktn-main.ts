/** The package with cdktf and with its successor cdktn, under cdktf's name: both write the same bytes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../../terminal/program';
import { check, install, pack, run } from './packed';
import { differences } from './tree';

const HELP = `npm run test:cdktn

Packs the project, installs it in two empty folders, with cdktf and with cdktn, and compares what every program that comes
with it writes.

  PACKAGE_ARCHIVE   an archive that is there already
`;

const LIBRARIES = { cdktf: '0.21.0', cdktn: 'npm:cdktn@0.24.0' };
const PROGRAM = 'node_modules/.bin/contractor-workspace';
const COMMANDS = [['synth'], ['example', 'minimal'], ['example', 'contractor'], ['example', 'air-gapped']];
/** cdktf's own, for its command line: it names the library's version. */
const OF_THE_LIBRARY = /(^|\/)(manifest\.json|cdktf\/[^/]+)$/;

runProgram(() => {
  if (process.argv.includes('--help')) return void process.stdout.write(HELP);
  const folder = mkdtempSync(join(tmpdir(), 'cdktn-'));
  try {
    const archive = pack(folder);
    for (const [name, cdktf] of Object.entries(LIBRARIES)) {
      const home = join(folder, name);
      install(home, archive, { cdktf });
      const installed = run(home, process.execPath, ['-p', "require('cdktf/package.json').name"]).trim();
      check(`${name} is what is installed`, installed === name, installed);
      for (const args of COMMANDS) run(home, PROGRAM, [...args, '--output', join('out', args.join('-'))]);
      run(home, process.execPath, ['-e', PLATFORM]);
    }
    const different = differences(join(folder, 'cdktf/out'), join(folder, 'cdktn/out')).filter(
      (path) => !OF_THE_LIBRARY.test(path),
    );
    check('templates and platform have the same bytes', different.length === 0, different.join('\n'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

const PLATFORM = "require('contractor-workspace/platform').runPlatformProgram({ outdir: 'out/platform' })";
