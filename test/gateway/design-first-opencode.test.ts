import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { IN_PLACE_OF_CALLS } from '../../gateway/enforcement/withheld-calls';
import { say, toolCall } from '../standins/anthropic';
import { startTestGateway, type TestGateway } from './support/gateway';
import { policyFile, type PolicyFile } from './support/policy-file';

const OPENCODE = resolve(__dirname, '../../node_modules/opencode-ai/bin/opencode.exe');
/** Milliseconds that one run may take on a busy machine. */
const LONGEST_RUN = 240_000;

describe('OpenCode at the level design-first', () => {
  let home: string;
  let project: string;
  let policy: PolicyFile;
  let gateway: TestGateway;
  let key: string;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'design-first-'));
    project = join(home, 'project');
    await mkdir(join(home, '.config/opencode'), { recursive: true });
    await mkdir(project);
    policy = await policyFile();
    gateway = await startTestGateway({ env: policy.env });
    key = await gateway.workspaceKey({ level: 'design-first' });
    await configure({ context: 200_000, output: 64_000 });
  });
  const configure = async (limit: { context: number; output: number }) => {
    const model = { name: 'Sonnet', tool_call: true, limit };
    const configuration = {
      model: 'litellm/claude-sonnet-4-5',
      small_model: 'litellm/claude-haiku-4-5',
      share: 'disabled',
      autoupdate: false,
      enabled_providers: ['litellm'],
      permission: { edit: 'allow', bash: 'allow' },
      provider: {
        litellm: {
          npm: '@ai-sdk/openai-compatible',
          options: { baseURL: `${gateway.dataUrl}/v1`, apiKey: key },
          models: { 'claude-sonnet-4-5': model, 'claude-haiku-4-5': model },
        },
      },
    };
    await writeFile(join(home, '.config/opencode/opencode.json'), JSON.stringify(configuration));
  };
  afterAll(async () => {
    await gateway.close();
    await policy.remove();
    await rm(home, { recursive: true, force: true });
  });

  const run = (...args: string[]) =>
    new Promise<{ code: number | null; output: string }>((done, fail) => {
      const child = spawn(OPENCODE, ['run', ...args], {
        cwd: project,
        env: {
          PATH: process.env.PATH,
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
      child.stdout.on('data', (chunk) => (output += String(chunk)));
      child.stderr.on('data', (chunk) => (output += String(chunk)));
      child.on('error', fail).on('close', (code) => done({ code, output }));
    });

  /** The tools of each call that has some, in the order the provider got them. */
  const offered = () =>
    gateway.standin.requests.flatMap(({ body }) => {
      const { tools } = body as { tools?: { name: string }[] };
      return tools ? [tools.map(({ name }) => name)] : [];
    });

  test(
    'a model that would write at once proposes first, and writes when told to go ahead',
    async () => {
      const file = join(project, 'cache.txt');
      // Whatever it has got, it uses.
      gateway.standin.setDefault(({ body }) => {
        const { tools = [], messages } = body as {
          tools?: { name: string }[];
          messages: { content: string | { type: string }[] }[];
        };
        if (tools.length === 0) return say('A title');
        const last = messages.at(-1)?.content ?? [];
        if (typeof last !== 'string' && last.some(({ type }) => type === 'tool_result'))
          return say('It is done.');
        return tools.some(({ name }) => name === 'write')
          ? { content: [toolCall('write', { filePath: file, content: 'cached' })] }
          : say('I propose a cache. Shall I go ahead with this design?');
      });

      const first = await run('Add a cache.');
      expect(first).toMatchObject({
        code: 0,
        output: expect.stringContaining('Shall I go ahead') as unknown,
      });
      expect(existsSync(file)).toBe(false);
      const proposing = offered();
      expect(proposing.length).toBeGreaterThan(0);
      for (const names of proposing) {
        expect(names).toEqual(expect.arrayContaining(['read', 'grep', 'glob']));
        for (const name of ['write', 'edit', 'bash', 'task']) expect(names).not.toContain(name);
      }

      const second = await run('--continue', 'Yes, go ahead.');
      expect(second).toMatchObject({ code: 0, output: expect.stringContaining('It is done.') as unknown });
      expect(existsSync(file)).toBe(true);
      const writing = offered().slice(proposing.length);
      expect(writing.length).toBeGreaterThan(0);
      for (const names of writing)
        expect(names).toEqual(expect.arrayContaining(['write', 'edit', 'bash', 'task']));
    },
    3 * LONGEST_RUN,
  );

  test(
    'what OpenCode says by itself after a compaction is no go-ahead, whatever the model calls; a word is',
    async () => {
      const file = join(project, 'compacted.txt');
      const texts: string[] = [];
      let answers = 0;
      gateway.standin.setDefault(({ body }) => {
        const { tools = [], messages } = body as { tools?: { name: string }[]; messages: unknown[] };
        const last = JSON.stringify(messages.at(-1));
        if (tools.length === 0) return say('A title, or a summary');
        texts.push(last);
        if (last.includes('tool_result')) return say('It is done.');
        if (tools.some(({ name }) => name === 'write'))
          return { content: [toolCall('write', { filePath: file, content: 'cached' })] };
        answers += 1;
        // As if it had got what it asked for.
        if (answers > 1) return { content: [toolCall('write', { filePath: file, content: 'unasked' })] };
        // More than OpenCode has room for, so that it compacts and goes on by itself.
        const usage = { input_tokens: 45_000 };
        return { ...say('I propose a cache. Shall I go ahead with this design?'), usage };
      });
      await configure({ context: 40_000, output: 8_000 });
      const first = await run('Add a cache once more.');
      expect(first).toMatchObject({
        code: 0,
        output: expect.stringContaining(IN_PLACE_OF_CALLS) as unknown,
      });
      expect(texts.some((text) => text.includes('Continue if you have next steps'))).toBe(true);
      expect(existsSync(file)).toBe(false);
      await run('--continue', 'Yes, go ahead.');
      expect(existsSync(file)).toBe(true);
    },
    3 * LONGEST_RUN,
  );
});
