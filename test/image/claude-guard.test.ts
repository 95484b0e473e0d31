import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';

const TOOLS = resolve(__dirname, '..', '..', 'workspace-image', 'tools');
const GATEWAY = 'http://gateway.example.com:4000';
const PINNED = ['--settings', `{"env":{"ANTHROPIC_BASE_URL":"${GATEWAY}"}}`];

let folder: string;
let home: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guard-'));
  home = join(folder, 'home');
  write('home/.config/ai-gateway/gateway', `${GATEWAY}\n`);
  write('home/.config/ai-gateway/key', 'sk-0123456789abcdef\n');
  // Stands in for Claude Code: says what it was given.
  write('programs/claude', '#!/bin/sh\nfor argument; do echo "$argument"; done\nenv\n');
  chmodSync(join(folder, 'programs', 'claude'), 0o755);
  mkdirSync(join(folder, 'commands'));
  for (const name of ['claude', 'ai-key']) symlinkSync(join(TOOLS, name), join(folder, 'commands', name));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

interface Result {
  readonly status: number | null;
  readonly lines: readonly string[];
  readonly error: string;
}

function run(command: readonly string[], at = 'home', environment: NodeJS.ProcessEnv = {}): Result {
  const [program = '', ...args] = command;
  const path = [join(folder, 'commands'), join(folder, 'programs'), '/usr/bin', '/bin'].join(delimiter);
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: join(folder, at),
    env: { PATH: path, HOME: home, ...environment },
    encoding: 'utf8',
    timeout: 120_000,
    killSignal: 'SIGKILL',
  });
  return { status, lines: stdout.split('\n'), error: stderr };
}

test.each([
  ['.claude/settings.json', '{}'],
  ['.claude/settings.local.json', '{}'],
  ['.mcp.json', '{}'],
])('without a terminal, %s of a repository does not count, from a folder below it either', (path, text) => {
  write(`repository/${path}`, text);
  mkdirSync(join(folder, 'repository/src/deep'), { recursive: true });
  for (const at of ['repository', 'repository/src/deep']) {
    const { lines, error } = run(['claude', '-p', 'hi'], at);
    expect(lines.slice(0, 6)).toEqual([...PINNED, '--setting-sources', 'user', '-p', 'hi']);
    expect(error).toContain('CLAUDE_TRUST_REPOSITORY=1');
  }
});

test('a repository that brings nothing, and the settings of the user, are left alone', () => {
  write('home/.claude/settings.json', '{}');
  mkdirSync(join(home, 'repository'));
  for (const at of ['home', 'home/repository']) {
    const { lines, error } = run(['claude', '-p', 'hi'], at);
    expect(lines.slice(0, 4)).toEqual([...PINNED, '-p', 'hi']);
    expect(error).toBe('');
  }
});

test('who trusts a repository, or names the sources, decides; the trust is not passed on', () => {
  write('repository/.mcp.json', '{}');
  const trusted = run(['claude', '-p', 'hi'], 'repository', { CLAUDE_TRUST_REPOSITORY: '1' });
  expect(trusted.lines.slice(0, 4)).toEqual([...PINNED, '-p', 'hi']);
  expect(trusted.lines.filter((line) => line.startsWith('CLAUDE_TRUST_REPOSITORY'))).toEqual([]);
  const named = run(['claude', '--setting-sources=project', '-p', 'hi'], 'repository');
  expect(named.lines.slice(0, 3)).toEqual([...PINNED, '--setting-sources=project']);
});

// Only Linux's "script" takes a command this way, and the workspace is Linux: elsewhere there is nothing to ask.
const onLinux = process.platform === 'linux' ? test : test.skip;
onLinux('in a terminal Claude Code asks by itself', () => {
  write('repository/.mcp.json', '{}');
  // "script" gives the program a terminal.
  const output = execFileSync('script', ['-qec', 'claude', '/dev/null'], {
    cwd: join(folder, 'repository'),
    env: { PATH: `${join(folder, 'commands')}:${join(folder, 'programs')}:/usr/bin:/bin`, HOME: home },
    encoding: 'utf8',
  });
  expect(output).not.toContain('--setting-sources');
});

test('Claude Code gets no key from the environment', () => {
  const { lines } = run(['claude', '-p', 'hi'], 'home', { OPENAI_API_KEY: 'sk-x', LITELLM_API_KEY: 'sk-x' });
  expect(lines.filter((line) => line.includes('sk-x'))).toEqual([]);
});

test('a gateway file that holds anything but an address pins nothing', () => {
  write('home/.config/ai-gateway/gateway', 'http://x","apiKeyHelper":"id\n');
  expect(run(['claude', '-p', 'hi']).lines.slice(0, 2)).toEqual(['-p', 'hi']);
  rmSync(join(home, '.config/ai-gateway/gateway'));
  expect(run(['claude', '-p', 'hi'])).toMatchObject({ status: 0, error: '' });
});

test.each([
  ['no address, where Claude Code asks its maker', {}, 1],
  ['an empty address', { ANTHROPIC_BASE_URL: '' }, 1],
  ['the gateway', { ANTHROPIC_BASE_URL: GATEWAY }, 0],
  ['the gateway, with a closing slash', { ANTHROPIC_BASE_URL: `${GATEWAY}/` }, 0],
  ['another place', { ANTHROPIC_BASE_URL: 'http://evil.example.com' }, 1],
  ['a name that begins like the gateway', { ANTHROPIC_BASE_URL: `${GATEWAY}.evil.example.com` }, 1],
  ['the gateway as a user name', { ANTHROPIC_BASE_URL: `${GATEWAY}@evil.example.com` }, 1],
])('ai-key for %s', (_, environment, status) => {
  const result = run(['ai-key'], 'home', environment);
  expect(result.status).toBe(status);
  expect(result.lines.join('')).toBe(status === 0 ? 'sk-0123456789abcdef' : '');
  if (status === 1) expect(result.error).toMatch(/ANTHROPIC_BASE_URL.*set/);
});

test('a pipe in the place of a file keeps nobody waiting', () => {
  for (const name of ['gateway', 'key']) {
    const path = join(home, '.config/ai-gateway', name);
    rmSync(path);
    execFileSync('mkfifo', [path]);
    expect(run(['claude', '-p', 'hi'])).toMatchObject({ status: 0 });
    expect(run(['ai-key'], 'home', { ANTHROPIC_BASE_URL: GATEWAY })).toMatchObject({
      status: 1,
      lines: [''],
    });
    rmSync(path);
    writeFileSync(path, name === 'key' ? 'sk-0123456789abcdef\n' : `${GATEWAY}\n`);
  }
  const folder = mkdtempSync(join(tmpdir(), 'run-'));
  execFileSync('mkfifo', [join(folder, 'run')]);
  const again = run([join(TOOLS, 'ai-setup')], 'home', { AI_SETUP_RUN_DIR: folder });
  rmSync(folder, { recursive: true });
  expect(again).toMatchObject({ status: 1, error: expect.stringContaining('has not run') as string });
});

test('ai-key says what to do when there is no key, explains itself, and takes nothing else', () => {
  expect(run(['ai-key', '--help'])).toMatchObject({ status: 0, error: '' });
  expect(run(['ai-key', 'x'])).toMatchObject({ status: 2 });
  rmSync(join(home, '.config/ai-gateway/key'));
  expect(run(['ai-key'])).toMatchObject({
    status: 1,
    lines: [''],
    error: expect.stringContaining('ai-doctor') as string,
  });
});

test('models and betas of the gateway reach it where no terminal has read them, and nothing else of that file does', () => {
  write(
    'home/.config/ai-gateway/env.sh',
    [
      "export ANTHROPIC_DEFAULT_HAIKU_MODEL='claude-haiku-4-5'",
      "export ANTHROPIC_DEFAULT_OPUS_MODEL='claude-opus-4'",
      "export CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS='1'",
      "export PATH='/tmp'",
      "export ANTHROPIC_DEFAULT_SONNET_MODEL='$(touch owned)'",
      '',
    ].join('\n'),
  );
  const { lines } = run(['claude'], 'home', { ANTHROPIC_DEFAULT_OPUS_MODEL: 'mine' });
  expect(lines.filter((line) => /^(ANTHROPIC_DEFAULT|CLAUDE_CODE_DISABLE)/.test(line)).sort()).toEqual([
    'ANTHROPIC_DEFAULT_HAIKU_MODEL=claude-haiku-4-5',
    'ANTHROPIC_DEFAULT_OPUS_MODEL=mine',
    'CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS=1',
  ]);
  expect(lines).not.toContain('PATH=/tmp');
});
