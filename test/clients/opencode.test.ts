import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openCodeConfig } from '../../constructs/workspace/assistants/opencode';
import { catalog } from '../../src/catalog';
import { say, text, toolCall, type ScriptedAnswer } from '../standins/anthropic';
import { list, type Call } from '../standins/anthropic/call';
import { call, say as sayLocally } from '../standins/openai-compatible';
import { LOCAL, refusedBy, sentBlocks, startClientGateway, type ClientGateway } from './support';

const OPENCODE = resolve(__dirname, '../../node_modules/opencode-ai/bin/opencode.exe');
/** Milliseconds that one run may take on a busy machine. */
const LONGEST_RUN = 280_000;

/** The default of the workspace form, with what a workspace's OpenCode is told about it. */
const MODEL = catalog.choices.find(({ value }) => value === catalog.defaultChoice)?.model ?? '';
const { models } = (openCodeConfig(catalog)['provider'] as Record<'litellm', { models: object }>).litellm;

let gateway: ClientGateway;
let home: string;
let project: string;
beforeAll(async () => {
  gateway = await startClientGateway();
  home = mkdtempSync(join(tmpdir(), 'client-opencode-'));
  project = join(home, 'project');
  mkdirSync(join(home, '.config/opencode'), { recursive: true });
  mkdirSync(project);
  for (const name of ['a', 'b']) writeFileSync(join(project, `${name}.txt`), `what ${name} holds\n`);
});
afterAll(async () => {
  await gateway.close();
  rmSync(home, { recursive: true, force: true });
});
beforeEach(() => gateway.standin.reset());

/** By names that no list of OpenCode's has: an alias, and a model of one's own. */
const OTHERS = { 'claude-sonnet': {}, [LOCAL.name]: { limit: { context: 200_000, output: 16_000 } } };

function configure(apiKey: string, model = MODEL): void {
  const configuration = {
    model: `litellm/${model}`,
    small_model: `litellm/${catalog.smallModel}`,
    share: 'disabled',
    autoupdate: false,
    enabled_providers: ['litellm'],
    provider: {
      litellm: {
        npm: '@ai-sdk/openai-compatible',
        options: { baseURL: `${gateway.dataUrl}/v1`, apiKey },
        models: { ...models, ...OTHERS },
      },
    },
  };
  writeFileSync(join(home, '.config/opencode/opencode.json'), JSON.stringify(configuration));
}

const run = (question: string): Promise<{ code: number | null; output: string }> =>
  new Promise((done, fail) => {
    const child = spawn(OPENCODE, ['run', question], {
      cwd: project,
      env: {
        PATH: process.env['PATH'],
        HOME: home,
        OPENCODE_DISABLE_MODELS_FETCH: '1',
        OPENCODE_DISABLE_AUTOUPDATE: '1',
        OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
        OPENCODE_DISABLE_DEFAULT_PLUGINS: '1',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LONGEST_RUN,
    });
    let output = '';
    child.stdout.on('data', (part) => (output += String(part)));
    child.stderr.on('data', (part) => (output += String(part)));
    child.on('error', fail).on('close', (code) => done({ code, output }));
  });

/** The calls of the conversation itself: the one for a title has no tools. */
const isConversation = (body: unknown): boolean =>
  list((body as { tools?: unknown } | undefined)?.tools).length > 0;
const conversation = () => gateway.standin.requests.filter(({ body }) => isConversation(body));

/** Answers the calls of the conversation in turn, and every other with a title. */
function converse(...answers: readonly ScriptedAnswer[]): void {
  const left = [...answers];
  gateway.standin.setDefault(({ body }: Call) =>
    isConversation(body) ? (left.shift() ?? say('That was all.')) : say('A title'),
  );
}

const read = (name: string) => toolCall('read', { filePath: join(project, `${name}.txt`) });

test(
  'OpenCode asks again when an answer is cut off, and runs tools in parallel over several turns',
  async () => {
    configure(gateway.key);
    converse(
      { ...say('Half ', 'an answer'), interruption: { after: 'content', how: 'cut' } },
      { content: [text('I read both.'), read('a'), read('b')] },
      { content: [read('a')] },
      say('Read ', 'them all.'),
    );
    const { code, output } = await run('What do the files hold?');
    expect(output).toContain('Read them all.');
    expect(code).toBe(0);
    expect(conversation().map(({ body }) => (body as { model?: string }).model)).toEqual(
      Array.from({ length: 4 }, () => MODEL),
    );
    const results = sentBlocks(gateway, 'tool_result').map((block) => JSON.stringify(block['content']));
    expect(results).toMatchObject(
      ['a', 'b', 'a'].map((name) => expect.stringContaining(`what ${name} holds`) as string),
    );
    expect(refusedBy(gateway)).toEqual([]);
  },
  LONGEST_RUN,
);

test(
  'OpenCode stops at a used-up budget, and shows what it is told',
  async () => {
    configure(await gateway.newKey());
    await gateway.policy({ workspace: { maxBudget: 0.001 } });
    try {
      const { code, output } = await run('hi');
      expect(output).toContain('Budget has been exceeded');
      expect(code).not.toBe(0);
      // A count costs nothing, and may be asked for before a call is refused for money.
      const called = gateway.standin.requests.filter(({ path }) => !path.endsWith('/count_tokens'));
      expect(called).toEqual([]);
    } finally {
      await gateway.policy({});
    }
  },
  LONGEST_RUN,
);

test(
  'OpenCode stops at once at a budget whose amounts look like the statuses it tries again at',
  async () => {
    const key = await gateway.newKey();
    configure(key);
    await gateway.policy({ workspace: { maxBudget: 1.504 } });
    try {
      // $1.5024 in all, of $1.504.
      for (const output_tokens of [60_000, 40_160]) {
        gateway.standin.answer({ ...say('So much.'), usage: { input_tokens: 0, output_tokens } });
        const spent = await gateway.chat(key, {
          max_tokens: 60_000,
          messages: [{ role: 'user', content: 'hi' }],
        });
        expect(spent.status).toBe(200);
        await gateway.settled();
      }
      gateway.standin.reset();
      const before = gateway.logs.length;
      const { code, output } = await run('hi');
      expect(output.replaceAll('\u202f', '')).toContain('Current cost: $1.5024, Max budget: $1.5040.');
      expect(code).not.toBe(0);
      const refusals = gateway.logs.slice(before).filter((line) => line.includes('"status":402'));
      // The conversation and its title, each asked once.
      expect(refusals.length).toBeGreaterThan(0);
      expect(refusals.length).toBeLessThanOrEqual(2);
    } finally {
      await gateway.policy({});
    }
  },
  LONGEST_RUN,
);

test(
  'OpenCode asks for an alias as for any model',
  async () => {
    configure(gateway.key, 'claude-sonnet');
    converse({ content: [text('I read both.'), read('a'), read('b')] }, say('Read ', 'them both.'));
    const { code, output } = await run('What do the files hold?');
    expect(output).toContain('Read them both.');
    expect(code).toBe(0);
    expect(sentBlocks(gateway, 'tool_result')).toHaveLength(2);
    expect(refusedBy(gateway)).toEqual([]);
  },
  LONGEST_RUN,
);

test(
  'OpenCode asks a model of one’s own, which thinks and calls tools in parallel',
  async () => {
    configure(gateway.key, LOCAL.name);
    converse();
    gateway.endpoint.reset();
    const paths = ['a', 'b'].map((name) => call('read', { filePath: join(project, `${name}.txt`) }));
    gateway.endpoint.answer(
      { thoughts: ['I look ', 'at both.'], text: ['I read both.'], calls: paths },
      sayLocally('Read ', 'them both.'),
    );
    const { code, output } = await run('What do the files hold?');
    expect(output).toContain('Read them both.');
    expect(code).toBe(0);
    expect(gateway.endpoint.requests.map(({ refusedBy: rule }) => rule)).toEqual([undefined, undefined]);
    const results = list(gateway.endpoint.requests[1]?.body['messages']).filter(
      (message) => (message as { role?: string }).role === 'tool',
    );
    expect(JSON.stringify(results)).toContain('what a holds');
    expect(JSON.stringify(results)).toContain('what b holds');
  },
  LONGEST_RUN,
);
