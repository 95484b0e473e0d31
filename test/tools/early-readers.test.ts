/**
 * A reader that leaves before its producer is done makes a pipeline of `set -o pipefail` fail now and then: the producer
 * is ended by a signal. No script has one, and the tools answer the same two hundred times.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { TOOLS } from './support';

const ROOT = resolve(__dirname, '../..');

/** What may end before its input does. */
const EARLY = [
  /\|\s*(?:\w+=\S*\s+)*grep\s+(?:-\w+\s+|--\w[\w-]*\s+)*(?:-\w*[qm]|--quiet|--silent|--max-count)/,
  /\|\s*head\b/,
  /\|\s*jq\s+(?:\S+\s+)*?(?:-\w*[en]|--exit-status|--null-input)\b/,
  /\|\s*sed\s[^|]*[\d;/'"\s$}]q(?:['";\s]|$)/,
  /\|\s*awk\s.*\bexit\b/,
  /\|\s*(?:\{\s*)?read\b/,
  /\|\s*tail\s.*\|\s*cmp\b/,
];
/** Of an endless answer only so much is read, and what ends its sender is told apart. */
const BOUND = /\|\s*head --bytes "\$most_bytes"/;

const hasEarlyReader = (line: string): boolean =>
  !/^\s*#/.test(line) && !BOUND.test(line) && EARLY.some((pattern) => pattern.test(line));

/** Every script of ours, by what it is: by suffix, or by its first line. */
function scripts(): string[] {
  const list = (...args: string[]): string[] =>
    execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).split('\0').filter(Boolean);
  return [
    ...list('ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', '*.sh', ':!test/snapshots'),
    ...list(
      'grep',
      '-lzE',
      '^#!/(usr/bin/env )?(/bin/)?(ba)?sh',
      '--',
      '.ci',
      'bin',
      'workspace-image/tools',
    ),
  ];
}

test.each([
  ['producer | grep -q word', true],
  ['producer | grep -qE "$pattern"', true],
  ['producer | LC_ALL=C grep -F -m 1 word', true],
  ['producer | head -n 1', true],
  ['x=$(producer | head -1)', true],
  ['producer | jq -e .ok', true],
  ['producer | jq -r --exit-status .ok', true],
  ["producer | sed -n '1p;1q'", true],
  ["producer | awk '{ print; exit }'", true],
  ['producer | { read -r line && echo "$line"; }', true],
  ['producer | grep -c word', false],
  ['producer | sed -n 1p', false],
  ['producer | jq -r .ok', false],
  ['grep -q word file', false],
  ['grep -q word <<<"$text"', false],
  ['a || head -n 1 file', false],
  ['# producer | grep -q word', false],
])('%s', (line, early) => {
  // `||` is no pipe.
  expect(hasEarlyReader(line.replaceAll('||', '&&'))).toBe(early);
});

test('no script reads a pipe by halves', () => {
  const found = scripts().flatMap((path) =>
    readFileSync(join(ROOT, path), 'utf8')
      .replace(/\|\s*\\?\n\s*/g, '| ')
      .split('\n')
      .filter((line) => hasEarlyReader(line.replaceAll('||', '&&')))
      .map((line) => `${path}: ${line.trim()}`),
  );
  expect(scripts().length).toBeGreaterThan(20);
  expect(found).toEqual([]);
});

describe('two hundred times', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tools-'));
    const write = (path: string, text: string, mode = 0o600): void => {
      mkdirSync(join(folder, path, '..'), { recursive: true, mode: 0o700 });
      writeFileSync(join(folder, path), text, { mode });
    };
    write('home/.config/ai-gateway/key', 'sk-0123456789abcdef\n');
    write('home/.config/ai-gateway/gateway', 'http://127.0.0.1:1\n');
    write('home/.config/ai-gateway/status', 'ready: model, standard\n');
    write('home/.config/opencode/opencode.json', '{"enabled_providers":["litellm"]}\n');
    for (const program of ['opencode', 'claude'])
      write(`programs/${program}`, '#!/bin/sh\necho 1.2.3\n', 0o755);
    // More than a pipe holds, with what is looked for in the first line of it.
    write(
      'image.json',
      JSON.stringify({ extensions: join(folder, 'extensions'), absent_extensions: ['github.copilot'] }),
    );
    for (let at = 0; at < 700; at += 1)
      mkdirSync(
        join(
          folder,
          'extensions',
          `${at === 0 ? 'rooveterinaryinc.roo-cline-3' : `z${'x'.repeat(60)}-${at}`}`,
        ),
        {
          recursive: true,
        },
      );
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** The outcomes of a command, of which there should be one. */
  function outcomesOf(command: string): string[] {
    const script = `
once() { { ${command}; } 2>&1; printf ' ended with %s\\n' "$?"; }
export -f once
seq 200 | xargs -P 4 -I{} bash -c once`;
    const { stdout, stderr } = spawnSync('bash', ['-c', script], {
      cwd: folder,
      env: {
        PATH: `${TOOLS}:${join(folder, 'programs')}:${process.env.PATH}`,
        HOME: join(folder, 'home'),
        AI_ASSISTANT: 'roo-code',
        ANTHROPIC_BASE_URL: 'http://127.0.0.1:1',
        CONTRACTOR_WORKSPACE_IMAGE: join(folder, 'image.json'),
      },
      encoding: 'utf8',
      timeout: 240_000,
      maxBuffer: 1 << 26,
    });
    expect(stderr).toBe('');
    const ends = stdout.split('\n').filter((line) => / ended with \d+$/.test(line));
    expect(ends).toHaveLength(200);
    return [...new Set(ends)];
  }

  test.each([
    ['ai-key', / ended with 0$/],
    ['opencode --version', / ended with 0$/],
    ['claude --version', / ended with 0$/],
    ['ai-doctor --help >/dev/null', / ended with 0$/],
    ['ai-setup 2>/dev/null', / ended with 1$/],
    ['AI_ASSISTANT=none ai-usage --badge', / ended with 0$/],
  ])('%s ends alike', (command, end) => {
    const outcomes = outcomesOf(command);
    expect(outcomes).toEqual([expect.stringMatching(end)]);
  });

  test('the checks of the editor and of the home say the same', () => {
    const script = `
set -uo pipefail
lib=${TOOLS}/lib
. "$lib/gateway.sh"
for part in report workspace key gateway assistants editor; do . "$lib/doctor/$part.sh"; done
read_image
for _ in $(seq 200); do check_roo_extension; check_disk; check_modes; done`;
    const { stdout } = spawnSync('bash', ['-c', script], {
      env: {
        PATH: process.env.PATH,
        HOME: join(folder, 'home'),
        AI_ASSISTANT: 'roo-code',
        CONTRACTOR_WORKSPACE_IMAGE: join(folder, 'image.json'),
      },
      encoding: 'utf8',
      timeout: 240_000,
    });
    const states = stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => line.trim().split(' ')[0]);
    expect(states).toHaveLength(600);
    expect([...new Set(states)]).toEqual(['ok']);
  });
});
