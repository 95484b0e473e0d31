/** The page of AI usage under the real start-up script: started once, back after its end, and what it says where it cannot be. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { USAGE_PAGE_PORT } from '../../workspace-image/image/pins';
import { lastingPort } from '../harness/lasting-port';
import type { CommandResult, ThrowAwayWorkspace } from '../harness/throw-away-workspace';
import { eventually } from '../gateway/support/gateway';
import { Platform } from './support';

let platform: Platform;
let workspace: ThrowAwayWorkspace;
let port: number;
const started: string[] = [];
beforeAll(async () => {
  platform = await Platform.start();
  workspace = await platform.workspace();
  port = await lastingPort();
  expect(await workspace.runScript('ai_setup')).toMatchObject({ status: 0 });
});
afterAll(async () => {
  for (const folder of started) end(folder);
  await platform?.stop();
});

const pidOf = (folder: string): number => Number(readFileSync(join(folder, 'pid'), 'utf8'));
function end(folder: string): void {
  try {
    process.kill(pidOf(folder), 'SIGTERM');
  } catch {
    // It never began, or is over.
  }
}

/** Runs the script as Coder's agent does, but on a port of the test's own. */
async function start(
  folder: string,
  { hosts = '', path = '' }: { hosts?: string; path?: string } = {},
): Promise<CommandResult> {
  if (!started.includes(folder)) started.push(folder);
  const script = workspace
    .scriptText('usage_page[0]')
    .replace(`port=${USAGE_PAGE_PORT}`, `port=${port}`)
    .replace("hosts=''", `hosts='${hosts}'`);
  expect(script).toContain(`port=${port}`);
  const others = { USAGE_PAGE_RUN_DIR: folder, AI_PAGE_LOOK: '0.2', ...(path && { PATH: path }) };
  const set = Object.entries(others).map(([name, value]) => `export ${name}='${value}'`);
  return workspace.runInShell(`${set.join('; ')}; exec bash -c ${quoted(script)}`);
}
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

const status = (host = 'localhost', path = '/'): Promise<number> =>
  fetch(`http://127.0.0.1:${port}${path}`, { headers: { host } }).then(
    (answer) => answer.status,
    () => 0,
  );
/** The server, which is a child of what the script leaves behind. */
function serverOf(pid: number): number | undefined {
  const child = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .find((name) => {
      try {
        const parent = / \S (\d+) /.exec(
          readFileSync(`/proc/${name}/stat`, 'utf8').replace(/\(.*\)/, ''),
        )?.[1];
        return Number(parent) === pid && readlinkSync(`/proc/${name}/exe`).endsWith('node');
      } catch {
        return false;
      }
    });
  return child === undefined ? undefined : Number(child);
}

test('it is started once, again with other settings, and is back when its server has ended', async () => {
  const folder = `${workspace.home}-page`;
  expect(await start(folder)).toEqual({ status: 0, output: 'the page of AI usage is ready\n' });
  expect(await status()).toBe(200);
  expect((await start(folder)).output).toBe('the page of AI usage is already running\n');

  const server = serverOf(pidOf(folder));
  expect(server).toBeDefined();
  // What everybody in the workspace can read of it.
  const key = readFileSync(join(workspace.home, '.config/ai-gateway/key'), 'utf8').trim();
  for (const pid of [pidOf(folder), server])
    for (const file of ['cmdline', 'environ'])
      expect(readFileSync(`/proc/${pid}/${file}`, 'utf8')).not.toMatch(
        new RegExp(`${key}|the-token-of-the-agent`),
      );
  process.kill(Number(server), 'SIGKILL');
  await eventually(async () => ((await status()) === 200 && serverOf(pidOf(folder)) !== server) || undefined);

  const again = await start(folder, { hosts: 'proxy.example.com' });
  expect(again).toMatchObject({ status: 0 });
  expect(again.output).toContain('starting it again');
  const log = readFileSync(join(folder, 'log'), 'utf8');
  expect(log).toContain(`the page is at http://127.0.0.1:${port}/`);
  expect(log).not.toContain(key);
  end(folder);
  await eventually(async () => (await status()) === 0 || undefined);
});

test('without its programs, or where its port is taken, it says so, and the workspace starts all the same', async () => {
  const lacking = join(workspace.home, 'few-programs');
  mkdirSync(lacking);
  for (const program of ['bash', 'sh', 'env', 'base64', 'cat', 'id', 'curl', 'setsid', 'sha256sum', 'node'])
    symlinkSync(execFileSync('which', [program], { encoding: 'utf8' }).trim(), join(lacking, program));
  const without = await start(`${workspace.home}-lacking`, { path: lacking });
  expect(without.status).toBe(0);
  expect(without.output).toBe(
    'AI usage: the program ai-page is not in this image, so there is no page behind the button "AI usage": build the workspace image, or choose an image that has it\n',
  );

  const other = createServer((_, answer) => answer.end('mine'));
  await new Promise<void>((done) => other.listen(port, '127.0.0.1', done));
  const taken = await start(`${workspace.home}-taken`);
  await new Promise((done) => other.close(done));
  expect(taken.status).toBe(1);
  expect(taken.output).toContain(`port ${port} is taken by another program of this workspace`);
});

test('a workspace without AI has neither script nor app', async () => {
  const none = await platform.workspace({ parameters: { ai_assistant: 'none' } });
  expect(() => none.scriptText('usage_page[0]')).toThrow('has no script');
});
