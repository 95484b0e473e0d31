/** What the demo needs of this machine, looked for before anything is started. */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { CliError } from '../terminal/fault';
import { messageOf } from '../terminal/message';
import { terraformVersion } from '../terminal/terraform';

interface Program {
  readonly name: string;
  /** Package of Debian and its like; of Homebrew, null where macOS brings it. */
  readonly debian: string;
  readonly macos: string | null;
}

/** Called by the start-up script and the tools of the workspace, which run here as they would there. */
const PROGRAMS: readonly Program[] = [
  { name: 'bash', debian: 'bash', macos: null },
  { name: 'curl', debian: 'curl', macos: null },
  { name: 'flock', debian: 'util-linux', macos: 'flock' },
  { name: 'git', debian: 'git', macos: 'git' },
  { name: 'gunzip', debian: 'gzip', macos: null },
  { name: 'jq', debian: 'jq', macos: 'jq' },
  { name: 'sha256sum', debian: 'coreutils', macos: 'coreutils' },
];

const isProgram = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
};

const isOnPath = (name: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => folder !== '' && isProgram(join(folder, name)));

/** The script is written for GNU's, as every workspace image has them. */
function hasGnuTools(): boolean {
  if (process.platform === 'linux') return true;
  try {
    return execFileSync('mv', ['--version'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).includes('GNU');
  } catch {
    return false;
  }
}

/**
 * @param root folder of the project
 * @returns what was found, in a few words
 * @throws CliError that lists everything that is missing, with how to install it
 */
export async function findNeeds(root: string): Promise<string> {
  const missing = PROGRAMS.filter(({ name }) => !isOnPath(name));
  const faults = missing.map(({ name }) => `${name} is not on the PATH`);
  if (!hasGnuTools())
    faults.push(
      'mv, head and realpath are not those of GNU: brew install coreutils, then PATH="$(brew --prefix coreutils)/libexec/gnubin:$PATH"',
    );
  if (!existsSync(join(root, 'node_modules', '.bin', 'opencode')))
    faults.push(`OpenCode is not installed: run "npm ci" in ${root}, without --omit=dev`);
  const terraform = await terraformVersion().catch((fault: unknown) => {
    faults.push(messageOf(fault));
    return '';
  });
  if (faults.length === 0) return `Terraform ${terraform}, ${PROGRAMS.map(({ name }) => name).join(', ')}`;
  throw new CliError(
    [
      `The demo needs what this machine lacks:`,
      ...faults.map((fault) => `  - ${fault}`),
      ...hints(missing),
    ].join('\n'),
  );
}

function hints(missing: readonly Program[]): string[] {
  if (missing.length === 0) return [];
  const unique = (names: readonly (string | null)[]): string =>
    [...new Set(names.filter((name) => name !== null))].join(' ');
  const brew = unique(missing.map(({ macos }) => macos));
  return [
    `On Debian and Ubuntu: sudo apt-get install -y ${unique(missing.map(({ debian }) => debian))}`,
    ...(brew === '' ? [] : [`On macOS: brew install ${brew}`]),
  ];
}
