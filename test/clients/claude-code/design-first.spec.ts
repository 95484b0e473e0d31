import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClaudeCode } from '../../../constructs/workspace/assistants/claude-code';
import { IN_PLACE_OF_CALLS } from '../../../gateway/enforcement/withheld-calls';
import { catalog } from '../../../src/catalog';
import { say, toolCall, type ScriptedAnswer } from '../../standins/anthropic';
import type { Call } from '../../standins/anthropic/call';
import { startClientGateway, type ClientGateway } from '../support';

const MODEL = catalog.choices.find(({ value }) => value === catalog.defaultChoice)?.model ?? '';
const PROGRAM = process.env['CLAUDE_CODE'] ?? '';
/** Milliseconds that one run may take on a busy machine. */
const LONGEST_RUN = 150_000;
const HOOK_SAYS = 'the checks were not run yet';

let gateway: ClientGateway;
let home: string;
let project: string;
let key: string;
beforeAll(async () => {
  if (!existsSync(PROGRAM)) throw new Error('run these by "npm run test:claude-code"');
  gateway = await startClientGateway();
  key = await gateway.workspaceKey({ workspace: { id: 'design', name: 'dev' }, level: 'design-first' });
  home = mkdtempSync(join(tmpdir(), 'claude-code-design-first-'));
  project = join(home, 'project');
  mkdirSync(project);
  mkdirSync(join(home, '.claude'));
  // Sends the model on once, by itself: it blocks the first stop only.
  const mark = join(home, 'blocked-once');
  const command = `test -e ${mark} || { touch ${mark}; echo "${HOOK_SAYS}" >&2; exit 2; }`;
  const hooks = { Stop: [{ hooks: [{ type: 'command', command }] }] };
  writeFileSync(join(home, '.claude/settings.json'), JSON.stringify({ hooks }));
});
afterAll(async () => {
  await gateway.close();
  rmSync(home, { recursive: true, force: true });
});

function run(...args: string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((done, fail) => {
    const child = spawn(PROGRAM, [...args, '--model', MODEL, '--allowedTools', 'Write'], {
      cwd: project,
      env: {
        PATH: process.env['PATH'],
        HOME: home,
        ANTHROPIC_BASE_URL: gateway.dataUrl,
        ANTHROPIC_AUTH_TOKEN: key,
        ANTHROPIC_DEFAULT_HAIKU_MODEL: catalog.smallModel,
        ANTHROPIC_DEFAULT_SONNET_MODEL: MODEL,
        ...new ClaudeCode().locks,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LONGEST_RUN,
      killSignal: 'SIGKILL',
    });
    let output = '';
    child.stdout.on('data', (part) => (output += String(part)));
    child.stderr.on('data', (part) => (output += String(part)));
    child.on('error', fail).on('close', (code) => done({ code, output }));
  });
}

interface Body {
  readonly tools?: readonly { readonly name: string }[];
  readonly messages: readonly { readonly content: unknown }[];
}
const bodies = (): Body[] =>
  gateway.standin.requests
    .filter(({ path }) => !path.endsWith('/count_tokens'))
    .map(({ body }) => body as Body);

test('what its hook says by itself is no go-ahead; a call that it makes all the same is not done; a word of the person’s is', async () => {
  const file = join(project, 'cache.txt');
  const answers: ScriptedAnswer[] = [
    say('I propose a cache. Shall I?'),
    // As if the hook had said yes, and a tool were there that is not.
    { content: [toolCall('Write', { file_path: file, content: 'cached' })] },
  ];
  gateway.standin.setDefault(() => answers.shift() ?? say('Nothing.'));
  const first = await run('-p', 'Add a cache.');
  expect(first.output).toContain(IN_PLACE_OF_CALLS);
  expect(existsSync(file)).toBe(false);
  const [, afterHook] = bodies();
  expect(JSON.stringify(afterHook?.messages.at(-1))).toContain(HOOK_SAYS);
  for (const { tools = [] } of bodies()) {
    expect(tools.map(({ name }) => name)).toContain('Read');
    expect(tools.map(({ name }) => name)).not.toContain('Write');
  }

  gateway.standin.reset();
  gateway.standin.setDefault(({ body }: Call) =>
    JSON.stringify((body as unknown as Body).messages.at(-1)).includes('tool_result')
      ? say('It is done.')
      : { content: [toolCall('Write', { file_path: file, content: 'cached' })] },
  );
  const second = await run('--continue', '-p', 'Yes, go ahead.');
  expect(second).toEqual({ code: 0, output: expect.stringContaining('It is done.') as string });
  expect(existsSync(file)).toBe(true);
});
