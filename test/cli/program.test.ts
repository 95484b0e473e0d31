import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { commandsIn, PROGRAM, ROOT, runProgram } from './run';

let elsewhere: string;
beforeAll(() => (elsewhere = mkdtempSync(join(tmpdir(), 'cli-'))));
afterAll(() => rmSync(elsewhere, { recursive: true, force: true }));

/** Every command, by the words that lead to it, and its help. */
async function everyHelp(words: readonly string[] = []): Promise<[string, string][]> {
  const { code, out, err } = await runProgram([...words, '--help']);
  expect([words, code, err]).toEqual([words, 0, '']);
  const below: [string, string][] = [];
  for (const name of commandsIn(out)) below.push(...(await everyHelp([...words, name])));
  return [[words.join(' '), out], ...below];
}

test('every command explains itself, with an example that begins with its own words, and in no colour', async () => {
  const helps = await everyHelp();
  const names = helps.map(([name]) => name);
  for (const name of ['synth', 'demo', 'gateway', 'image', 'preflight', 'diff', 'bench', 'completion'])
    expect(names).toContain(name);
  for (const [name, help] of helps) {
    const example = /Examples:\n {2}\$ contractor-workspace(.*)/.exec(help)?.[1] ?? 'none';
    expect([name, example.startsWith(name === '' ? '' : ` ${name}`)]).toEqual([name, true]);
    expect(help).not.toMatch(/\u001b/);
  }
});

test('it says which version it is', async () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  expect(await runProgram(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
});

test('without a command it says which there are, and that this was no use of it', async () => {
  const { code, out, err } = await runProgram([]);
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain('Commands:');
});

test('it is found through links, and works from another folder', async () => {
  const link = join(elsewhere, 'cw');
  symlinkSync(PROGRAM, link);
  const again = join(elsewhere, 'cw-again');
  symlinkSync('cw', again);
  const { code, out } = await runProgram(['diff', '--help'], { cwd: elsewhere }, again);
  expect(code).toBe(0);
  expect(out).toContain('Usage: contractor-workspace diff');
});

test('whoever reads the output may end first: nothing is said about it', async () => {
  const { stdout } = await promisify(execFile)(
    'bash',
    [
      '-c',
      `"$0" completion bash 2>&1 >/dev/full | cat; set -o pipefail; { "$0" --help; echo "ended with $?" >&2; } 2>&1 | true; echo done`,
      PROGRAM,
    ],
    { cwd: ROOT },
  );
  expect(stdout).toBe('The output cannot be written: ENOSPC.\ndone\n');
});

const WRONG: [line: string, says: string][] = [
  [
    'syth',
    'Unknown command \'syth\'\n(Did you mean synth?)\n"contractor-workspace --help" says what is allowed.',
  ],
  ['--jsn', "Unknown option '--jsn'"],
  ['gatewya', '(Did you mean gateway?)'],
  ['gateway --port 4000', "Unknown option '--port'"],
  ['gateway now', 'Too many arguments'],
  ['demo --jso', "Unknown option '--jso'"],
  ['demo again', 'Too many arguments'],
  ['completion', "Missing required argument 'shell'"],
  ['completion tcsh', 'Allowed choices are bash, zsh, fish'],
  ['completion bash zsh', 'Too many arguments'],
  ['bench --case', "Option '--case <name...>' argument missing"],
  ['bench --case none', '--case: there is no case "none"; there are whole-1k, '],
  ['bench --seconds 0', 'It must be a number from 0.1 to 120.'],
  ['bench --seconds 121', 'It must be a number from 0.1 to 120.'],
  ['bench --seconds ten', 'It must be a number from 0.1 to 120.'],
  ['bench --rate -1', 'It must be a number from 0.1 to 100000.'],
  ['bench --rat 5', '(Did you mean --rate?)'],
  ['bench --json', "Option '--json <file>' argument missing"],
  ['bench fast', 'Too many arguments'],
  [
    'image --tag workspace',
    '--tag must be "name:tag" or "name@sha256:<64 hex digits>", got "workspace": pin a version',
  ],
  ['image --tag', "Option '--tag <name:tag>' argument missing"],
  ['image --base-image debian', '--base-image must be "name:tag"'],
  [
    'image --npm-registry npm.example.com',
    '--npm-registry must be an address that starts with https:// or http://',
  ],
  ['image --gallery ftp://gallery.example.com', '--gallery must be an address'],
  ['image --apt-mirror debian', '--apt-mirror must be an address'],
  ['image --apt-security-mirror debian', '--apt-security-mirror must be an address'],
  ['image --vsix nowhere', '--vsix must name a folder with .vsix files, got "nowhere"'],
  ['image --ca-certificate nowhere', '--ca-certificate must name a file with certificates in PEM form'],
  ['image --network -x', '--network must be the name of a Docker network'],
  ['image --contextonly', '(Did you mean --context-only?)'],
  ['image build', 'Too many arguments'],
];

test.each(WRONG)('%s', async (line, says) => {
  const { code, out, err } = await runProgram(line.split(' '), { env: { PATH: process.env['PATH'] } });
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(says);
  expect(err).not.toMatch(/^ +at |\[object/m);
});
