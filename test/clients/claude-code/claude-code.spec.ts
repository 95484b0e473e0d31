import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClaudeCode } from '../../../constructs/workspace/assistants/claude-code';
import { catalog } from '../../../src/catalog';
import { claudeCodeImage } from '../../../workspace-image/image/claude-code';
import { makeGate } from '../../gateway/support/gate';
import { say, text, thinking, toolCall, type ScriptedAnswer } from '../../standins/anthropic';
import { call, say as sayLocally } from '../../standins/openai-compatible';
import { LOCAL, refusedBy, sentBlocks, startClientGateway, type ClientGateway } from '../support';

/** The default of the workspace form. */
const MODEL = catalog.choices.find(({ value }) => value === catalog.defaultChoice)?.model ?? '';
const PROGRAM = process.env['CLAUDE_CODE'] ?? '';
/** Milliseconds that one run may take on a busy machine. */
const LONGEST_RUN = 150_000;
/** Milliseconds; far longer than the stand-in ever is silent by itself. */
const IDLE_MS = 3_000;
const MANAGED_SETTINGS = '/etc/claude-code';

let gateway: ClientGateway;
/** Takes whatever does not stay on this machine. */
let proxy: Server;
let contacts = 0;
let home: string;
let project: string;
const hadSettings = existsSync(MANAGED_SETTINGS);
beforeAll(async () => {
  if (!existsSync(PROGRAM)) throw new Error('run these by "npm run test:claude-code"');
  gateway = await startClientGateway({ idleMs: IDLE_MS });
  proxy = createServer((socket) => {
    contacts += 1;
    socket.destroy();
  });
  await new Promise<void>((ready) => proxy.listen(0, '127.0.0.1', ready));
  home = mkdtempSync(join(tmpdir(), 'client-claude-code-home-'));
  project = join(home, 'project');
  mkdirSync(project);
  for (const name of ['a', 'b']) writeFileSync(join(project, `${name}.txt`), `what ${name} holds\n`);
});
afterAll(async () => {
  proxy.close();
  await gateway.close();
  rmSync(home, { recursive: true, force: true });
});
beforeEach(() => gateway.standin.reset());

interface Run {
  readonly code: number | null;
  readonly output: string;
}

/** As in a workspace: what locks it there, locks it here. */
function run(
  question: string,
  { key = gateway.key, env = {}, model = MODEL }: { key?: string; env?: object; model?: string } = {},
): Promise<Run> {
  const proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  return new Promise((done, fail) => {
    const child = spawn(PROGRAM, ['-p', question, '--model', model], {
      cwd: project,
      env: {
        PATH: process.env['PATH'],
        HOME: home,
        ANTHROPIC_BASE_URL: gateway.dataUrl,
        ANTHROPIC_AUTH_TOKEN: key,
        ANTHROPIC_DEFAULT_HAIKU_MODEL: catalog.smallModel,
        ANTHROPIC_DEFAULT_SONNET_MODEL: MODEL,
        ...new ClaudeCode().locks,
        HTTP_PROXY: proxyUrl,
        HTTPS_PROXY: proxyUrl,
        NO_PROXY: '127.0.0.1',
        ...env,
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

/** Answers in turn, then with the last one again and again. */
function converse(...answers: readonly ScriptedAnswer[]): void {
  const left = [...answers];
  gateway.standin.setDefault(() => (left.length > 1 ? left.shift() : left[0]) ?? say('Nothing.'));
}

const CUT: ScriptedAnswer = {
  ...say('Half ', 'an answer'),
  interruption: { after: 'content', how: 'cut' },
};

test('asks, thinks, runs a tool and answers over two turns', async () => {
  const file = join(project, 'a.txt');
  converse(
    { content: [thinking('I look.'), text('I look.'), toolCall('Read', { file_path: file })] },
    { content: [thinking('Words.'), text('It holds ', 'words.')] },
  );
  const { code, output } = await run('What does a.txt hold?');
  expect(output).toContain('It holds words.');
  expect(code).toBe(0);
  expect(gateway.standin.requests.map(({ body }) => (body as { model?: string }).model)).toEqual([
    MODEL,
    MODEL,
  ]);
  const [result] = sentBlocks(gateway, 'tool_result');
  expect(JSON.stringify(result?.['content'])).toContain('what a holds');
  expect(refusedBy(gateway)).toEqual([]);
});

test.each(['sonnet', 'claude-sonnet', 'claude-sonnet-4-5'])(
  'asks for %s, as people and settings from before may have it',
  async (model) => {
    converse(say('Here I am.'));
    const { code, output } = await run('hi', { model });
    expect(output).toContain('Here I am.');
    expect(code).toBe(0);
    expect(refusedBy(gateway)).toEqual([]);
  },
);

/** Names that it does not know, so that it takes whoever answers for the newest. */
test.each(['claude-sonnet', 'claude-haiku', 'claude-opus'])(
  'thinks, runs tools in parallel and answers by the alias %s',
  async (model) => {
    const read = (name: string) => toolCall('Read', { file_path: join(project, name) });
    converse(
      { content: [thinking('I look at both.'), text('I look.'), read('a.txt'), read('b.txt')] },
      { content: [thinking('Words.'), text('They hold ', 'words.')] },
    );
    const { code, output } = await run('What do they hold?', { model });
    expect(output).toContain('They hold words.');
    expect(code).toBe(0);
    const results = JSON.stringify(sentBlocks(gateway, 'tool_result'));
    for (const held of ['what a holds', 'what b holds']) expect(results).toContain(held);
    const { thinking: asked } = gateway.standin.requests.at(-1)?.body as { thinking?: { type: string } };
    expect(asked?.type).toBe(model === 'claude-sonnet' ? 'adaptive' : 'enabled');
    expect(refusedBy(gateway)).toEqual([]);
  },
);

test.each([LOCAL.name, LOCAL.alias])('asks a model of one’s own by the name %s', async (model) => {
  gateway.endpoint.reset();
  const read = (name: string) => call('Read', { file_path: join(project, name) });
  gateway.endpoint.answer(
    { thoughts: ['I look ', 'at both.'], text: ['I look.'], calls: [read('a.txt'), read('b.txt')] },
    sayLocally('They hold ', 'words.'),
  );
  const { code, output } = await run('What do they hold?', { model });
  expect(output).toContain('They hold words.');
  expect(code).toBe(0);
  expect(gateway.endpoint.requests.map(({ refusedBy: rule }) => rule)).toEqual([undefined, undefined]);
  const [, second] = gateway.endpoint.requests;
  for (const held of ['what a holds', 'what b holds']) expect(second?.rawBody).toContain(held);
  expect(second?.body['reasoning_effort']).toBe('high');
});

test('learns from the gateway which models there are, for its picker', async () => {
  converse(say('Here I am.'));
  const { env } = JSON.parse(claudeCodeImage().files?.[0]?.content ?? '') as { env: object };
  expect((await run('hi', { env })).code).toBe(0);
  const file = join(home, '.claude/cache/gateway-models.json');
  const { baseUrl, models } = JSON.parse(readFileSync(file, 'utf8')) as {
    baseUrl: string;
    models: { id: string }[];
  };
  expect(baseUrl).toBe(gateway.dataUrl);
  const ids = models.map(({ id }) => id);
  for (const id of [MODEL, 'claude-sonnet', 'claude-haiku', LOCAL.alias]) expect(ids).toContain(id);
  // What nobody here serves is no choice.
  expect(ids).not.toContain('bedrock-claude-sonnet');
});

test('stops at a used-up budget, and shows what it is told', async () => {
  const key = await gateway.newKey();
  await gateway.policy({ workspace: { maxBudget: 0.001 } });
  try {
    const { code, output } = await run('hi', { key });
    expect(output).toContain('Budget has been exceeded');
    expect(code).not.toBe(0);
    // A count costs nothing, and may be asked for before a call is refused for money.
    const called = gateway.standin.requests.filter(({ path }) => !path.endsWith('/count_tokens'));
    expect(called).toEqual([]);
  } finally {
    await gateway.policy({});
  }
});

test('asks again when an answer is cut off', async () => {
  converse(CUT, say('The whole ', 'answer.'));
  const { code, output } = await run('hi');
  expect(output).toContain('The whole answer.');
  expect(output).not.toContain('Half');
  expect(code).toBe(0);
  expect(gateway.standin.requests).toHaveLength(2);
});

test('asks again when an answer stops coming', async () => {
  const gate = makeGate();
  converse({ ...say('never'), until: gate.opened }, say('The whole ', 'answer.'));
  const { code, output } = await run('hi');
  gate.open();
  expect(output).toContain('The whole answer.');
  expect(code).toBe(0);
});

test('ends, and says why, when every answer is cut off', async () => {
  converse(CUT);
  const { code, output } = await run('hi', { env: { CLAUDE_CODE_MAX_RETRIES: '1' } });
  expect(output).toMatch(/API Error/);
  expect(code).not.toBe(0);
  expect(gateway.standin.requests.length).toBeLessThanOrEqual(4);
});

test.each([MODEL, 'claude-haiku'])(
  'with its experimental features on it is answered by %s, without what only spares tokens',
  async (model) => {
    converse(say('Here I am.'));
    const env = { CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS: '' };
    const { code, output } = await run('hi', { env, model });
    expect(output).toContain('Here I am.');
    expect(code).toBe(0);
    expect(gateway.standin.requests.at(-1)?.body).not.toHaveProperty('context_management');
    expect(refusedBy(gateway)).toEqual([]);
  },
);

test('nothing of it left this machine, and no settings for it were left here', () => {
  expect(contacts).toBe(0);
  expect(existsSync(MANAGED_SETTINGS)).toBe(hadSettings);
});
