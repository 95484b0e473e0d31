/** The package with cdktf and with cdktn: both write the same bytes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../../terminal/program';
import { checkCdktn } from './cdktn';
import { install, pack } from './packed';

const HELP = `npm run test:cdktn

Packs the project, installs it in two empty folders, with cdktf and with cdktn, and compares what every program that comes
with it writes. A part of "npm run test:package".

  PACKAGE_ARCHIVE   an archive that is there already
`;

runProgram(() => {
  if (process.argv.includes('--help')) return void process.stdout.write(HELP);
  const folder = mkdtempSync(join(tmpdir(), 'cdktn-'));
  try {
    const archive = pack(folder);
    const home = join(folder, 'cdktf');
    install(home, archive);
    checkCdktn(home, join(folder, 'cdktn'), archive);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
