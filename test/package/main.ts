/** The npm package as those who install it have it. */
import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../../terminal/program';
import { tryGateway } from '../production/gateway';
import { checkCdktn } from './cdktn';
import { checkContents } from './contents';
import { checkCreated } from './created';
import { check, ended, install, pack, ROOT, run } from './packed';
import { differences } from './tree';

const HELP = `npm run test:package

Packs the project, looks at what is in the archive, installs it in an empty folder, and does there what people do with it:
types, templates, a repository of one's own with its tests, the gateway on its embedded store, the gateway's image.

  PACKAGE_ARCHIVE   an archive that is there already
`;

const PROGRAM = 'node_modules/.bin/contractor-workspace';

/** By the two ways in which the compiler looks for packages. */
const RESOLUTIONS = { node16: 'node16', bundler: 'esnext' };

function checkTypes(folder: string): void {
  for (const [moduleResolution, module] of Object.entries(RESOLUTIONS)) {
    const options = {
      module,
      moduleResolution,
      target: 'es2022',
      strict: true,
      noEmit: true,
      types: ['node'],
    };
    const compilerOptions = { ...options, exactOptionalPropertyTypes: true, skipLibCheck: false };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }));
    const { status, stdout } = ended(folder, 'node_modules/.bin/tsc', ['-p', '.']);
    check(`its types hold with moduleResolution ${moduleResolution}`, status === 0, stdout);
  }
}

function checkTemplates(folder: string): void {
  const ours = join(ROOT, 'bin/contractor-workspace');
  for (const args of [
    ['synth'],
    ['example', 'minimal'],
    ['example', 'contractor'],
    ['example', 'air-gapped'],
  ]) {
    const name = args.join('-');
    run(folder, PROGRAM, [...args, '--output', join('installed', name)]);
    run(folder, ours, [...args, '--output', join('clone', name)]);
  }
  run(folder, PROGRAM, ['synth', 'program.ts']);
  const different = differences(join(folder, 'installed'), join(folder, 'clone'));
  check('templates have the bytes that a clone writes', different.length === 0, different.join('\n'));
}

function checkModules(folder: string): void {
  const names =
    "import('contractor-workspace').then((all) => console.log(typeof all.runTemplateProgram, typeof all.policy))";
  check('ES modules import it', run(folder, process.execPath, ['-e', names]) === 'function object\n');
  const { stderr } = ended(folder, process.execPath, [
    '-e',
    "require('contractor-workspace/dist/src/policy.js')",
  ]);
  check('nothing is reached but what it exports', stderr.includes('ERR_PACKAGE_PATH_NOT_EXPORTED'), stderr);
}

function checkCommands(folder: string): void {
  const { status, stderr } = ended(folder, PROGRAM, ['snapshot']);
  check(
    'commands about templates of a clone say where to stand',
    status === 1 && stderr.includes('create'),
    stderr,
  );
  const { stdout } = ended(folder, PROGRAM, ['--help']);
  check('commands that only a clone can do are not offered', !/^ +(demo|bench)\b/m.test(stdout), stdout);
}

runProgram(async () => {
  if (process.argv.includes('--help')) return void process.stdout.write(HELP);
  const folder = mkdtempSync(join(tmpdir(), 'package-'));
  // The store's own account must be able to pass.
  chmodSync(folder, 0o711);
  try {
    const archive = pack(folder);
    checkContents(archive, join(folder, 'contents'));
    const home = join(folder, 'home');
    install(home, archive, { typescript: '5.9.3', '@types/node': '20.19.43' });
    copyFileSync(join(__dirname, 'consumer/program.ts'), join(home, 'program.ts'));
    checkTypes(home);
    checkTemplates(home);
    checkModules(home);
    checkCommands(home);
    checkCreated(home, archive);
    checkCdktn(home, join(folder, 'with-cdktn'), archive);
    await tryGateway(home, [PROGRAM, 'gateway']);
    run(home, PROGRAM, ['gateway-image', '--context-only']);
    await tryGateway(home, [process.execPath, 'cdktf.out/gateway-image/app/lib/program/main.js', 'gateway']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
