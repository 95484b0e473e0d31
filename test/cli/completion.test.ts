import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PROGRAM } from './run';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'completion-'));
  for (const shell of ['bash', 'zsh', 'fish'])
    writeFileSync(join(folder, shell), execFileSync(PROGRAM, ['completion', shell]));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const isHere = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0;

const BASH = `source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _contractor_workspace; printf '%s\\n' "\${COMPREPLY[@]}"`;

/** What a Tab after the last of these words would offer. */
const inBash = (...words: string[]): string[] =>
  execFileSync(
    'bash',
    ['--norc', '-c', BASH, 'bash', join(folder, 'bash'), 'contractor-workspace', ...words],
    {
      encoding: 'utf8',
    },
  )
    .split('\n')
    .filter((word) => word !== '')
    .sort();

test('bash offers commands, options and choices', () => {
  expect(inBash('di')).toEqual(['diff']);
  expect(inBash('')).toEqual(expect.arrayContaining(['demo', 'gateway', 'synth']));
  expect(inBash('diff', '--f')).toEqual(['--fail-on', '--from-dir']);
  expect(inBash('diff', 'main', '--mark')).toEqual(['--markdown']);
  expect(inBash('completion', '')).toEqual(['bash', 'fish', 'zsh']);
});

test('bash leaves names of files to itself', () => {
  expect(inBash('diff', '--from-dir', '')).toEqual([]);
  expect(
    execFileSync(
      'bash',
      ['--norc', '-c', 'source "$1"; complete -p contractor-workspace', 'bash', join(folder, 'bash')],
      { encoding: 'utf8' },
    ),
  ).toBe('complete -o default -F _contractor_workspace contractor-workspace\n');
});

/** A real zsh at a terminal of its own, to which keys are sent. */
const ZSH = `zmodload zsh/zpty
zpty -b z "TERM=dumb zsh -f -i"
read_until() { local out='' chunk at; for at in {1..600}; do while zpty -r -t z chunk; do out+=$chunk; done
  [[ $out == *$1* ]] && { print -r -- "$out"; return; }; sleep 0.05; done; print -r -- "never: $1 in $out"; }
zpty -w z "autoload -Uz compinit; compinit -u -D; PS1='RE''ADY>'; setopt no_beep; source $1"
read_until 'READY>' >/dev/null
zpty -n -w z "$2"
read_until "$3"
zpty -d z`;

const inZsh = async (keys: string, wanted: string): Promise<string> =>
  (await promisify(execFile)('zsh', ['-f', '-c', ZSH, 'zsh', join(folder, 'zsh'), keys, wanted])).stdout;

// A machine of a user's need not have the shell; CI installs it.
(isHere('zsh') ? test : test.skip)('zsh completes commands and options', async () => {
  expect(await inZsh('contractor-workspace dif\t', 'diff ')).not.toContain('never: ');
  expect(await inZsh('contractor-workspace diff --fr\t', '--from-dir ')).not.toContain('never: ');
  expect(await inZsh('contractor-workspace completion fi\t', 'fish ')).not.toContain('never: ');
});

const inFish = (line: string): string[] =>
  execFileSync('fish', ['--no-config', '-c', `source ${join(folder, 'fish')}; complete -C '${line}'`], {
    encoding: 'utf8',
  })
    .split('\n')
    .filter((word) => word !== '');

// As above.
(isHere('fish') ? test : test.skip)('fish offers them with what they mean', () => {
  expect(inFish('contractor-workspace di')).toEqual([
    'diff\tSay in words what a change of the template means',
  ]);
  expect(inFish('contractor-workspace diff --fr')).toEqual(['--from-dir\tcompare two folders: the older']);
  expect(inFish('contractor-workspace completion ')).toEqual(['bash', 'fish', 'zsh']);
});
