/** What Coder shows beside a workspace: it paints red what ends with another status than 0. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceStatus } from '../../constructs/workspace/workspace-status';
import type { CommandResult } from '../harness/throw-away-workspace';
import { Platform } from './support';

let platform: Platform;
beforeAll(async () => {
  platform = await Platform.start();
});
afterAll(() => platform.stop());

/** As Terraform hands it to the agent: its escapes are gone. */
const commandOf = (key: string): string =>
  (workspaceStatus('/home/coder').find((one) => one.key === key)?.command ?? '').replaceAll('$${', '${');

function shown(key: string, status?: string, assistant = 'roo-code'): CommandResult {
  const home = platform.newHome();
  if (status !== undefined) {
    mkdirSync(join(home, '.config/ai-gateway'), { recursive: true });
    writeFileSync(join(home, '.config/ai-gateway/status'), `${status}\n`);
  }
  try {
    const output = execFileSync('sh', ['-c', commandOf(key)], {
      env: { PATH: process.env.PATH, HOME: home, ...(assistant && { AI_ASSISTANT: assistant }) },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return { status: 0, output };
  } catch (fault) {
    const { status, stdout } = fault as { status: number; stdout: string };
    return { status, output: stdout };
  }
}

test.each([
  ['ready: claude-sonnet-5-5, standard', 0],
  ['waiting for an owner', 0],
  ['waiting for the gateway', 1],
  ['gateway not reachable', 1],
  ['refused by the gateway (401)', 1],
])('AI that says "%s" ends with %i', (state, status) => {
  expect(shown('ai', state)).toEqual({ status, output: state });
});

test('no AI is no fault; AI that was asked for and is not there is one', () => {
  expect(shown('ai', undefined, '')).toEqual({ status: 0, output: 'off' });
  expect(shown('ai')).toEqual({ status: 1, output: 'not set up' });
});

test('each line of a workspace that has come up is well, and that of one without a gateway is not', async () => {
  const workspace = await platform.workspace();
  expect(await workspace.runScript('ai_setup')).toMatchObject({ status: 0 });
  for (const key of ['ai', 'ai_assistant', 'ai_spend'])
    expect(await workspace.runInShell(commandOf(key))).toMatchObject({ status: 0 });
  writeFileSync(join(workspace.home, '.config/ai-gateway/gateway'), 'http://127.0.0.1:1\n');
  expect(await workspace.runInShell(commandOf('ai_spend'))).toEqual({
    status: 1,
    output: 'gateway not reachable\n',
  });
  rmSync(join(workspace.home, '.config/ai-gateway/key'));
  expect(await workspace.runInShell(commandOf('ai_spend'))).toMatchObject({ status: 1 });
});
