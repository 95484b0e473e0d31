/** Installs and starts a clean clone of the project with versions of Node.js that are too old, and with newer ones. */
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../../terminal/program';
import { OLDEST_NODE } from '../../terminal/set-up.cjs';
import { gatewaySmoke } from './gateway-smoke';
import {
  expected,
  inClone,
  installVersions,
  isLinux,
  NEW,
  OLD,
  run,
  type Ended,
  type Versions,
} from './versions';

const HELP = `npm run test:node-versions

Clones what is committed and installs it with several versions of Node.js, which come from npm: the old ones are
refused in one clear line, with the newer ones the program starts, synthesizes, and a gateway gives a key out.
"npm run test:nodes" runs all tests with the newer ones.

  NODE_VERSIONS_FOLDER   keeps the programs from run to run (${join(tmpdir(), 'node-versions')}); remove it at will
`;

async function check(clone: string, { npm, environment }: Versions): Promise<void> {
  const npmCi = (name: string, ...more: string[]): Promise<Ended> =>
    npm(name, clone, 'ci', '--prefer-offline', ...more);
  const start = (name: string, ...args: string[]): Promise<Ended> =>
    run(join(clone, 'bin/contractor-workspace'), args, clone, environment(name));
  const escaped = OLDEST_NODE.replaceAll('.', '\\.');
  const refused = new RegExp(`EBADENGINE[^]*Required: \\{"node":">=${escaped}"\\}`);

  for (const [name, version] of Object.entries(OLD))
    expected(`npm ci with Node.js ${version} is refused`, await npmCi(name), 1, refused);
  const [first, ...others] = Object.keys(NEW) as (keyof typeof NEW)[];
  if (first === undefined) return;
  expected(`npm ci with Node.js ${NEW[first]}`, await npmCi(first), 0, /added \d+ packages/);
  if (!existsSync(join(clone, 'providers/coder/src/.inputs')))
    throw new Error('npm ci did not make the bindings of the coder provider');
  for (const name of others)
    expected(`npm ci with Node.js ${NEW[name]} would do`, await npmCi(name, '--dry-run'), 0, /./);
  for (const name of [first, ...others]) {
    expected(`--version with Node.js ${NEW[name]}`, await start(name, '--version'), 0, /^\d+\.\d+\.\d+\n$/);
    expected(
      `synth with Node.js ${NEW[name]}`,
      await start(name, 'synth'),
      0,
      /^wrote .*contractor-workspace\n/,
    );
    expected(
      `a key of a gateway with Node.js ${NEW[name]}`,
      await gatewaySmoke(clone, environment(name)),
      0,
      /^sk-\S+\n$/,
    );
  }
  // Installed with a newer one, then started with an older one, as when a shell has another on its PATH.
  for (const [name, version] of Object.entries(OLD)) {
    const line = new RegExp(
      `^Node\\.js ${version.replaceAll('.', '\\.')} is too old: install ${escaped} or newer\\.\n$`,
    );
    expected(`synth with Node.js ${version} is refused`, await start(name, 'synth'), 1, line);
  }
}

runProgram(async () => {
  if (process.argv.includes('--help')) return void process.stdout.write(HELP);
  if (!isLinux('test:node-versions')) return;
  const versions = await installVersions();
  await inClone((clone) => check(clone, versions));
});
