import { IN_PLACE_OF_CALLS } from '../../gateway/enforcement/withheld-calls';
import { text, toolCall, type ScriptedAnswer } from '../standins/anthropic';
import { startTestGateway, type Chunk, type TestGateway } from './support/gateway';
import { askMessages, tool } from './support/messages';
import { policyFile, type PolicyFile } from './support/policy-file';

const NAMES = ['read_file', 'write_to_file', 'ask_followup_question'];
const WRITE = toolCall('write_to_file', { path: 'a', content: 'b' });
const READ = toolCall('read_file', { path: 'a' });

describe('a model that calls a withheld tool all the same', () => {
  let policy: PolicyFile;
  let gateway: TestGateway;
  let key: string;

  beforeAll(async () => {
    policy = await policyFile();
    gateway = await startTestGateway({ env: policy.env });
    key = await gateway.workspaceKey({ level: 'design-first' });
  });
  afterAll(async () => {
    await gateway.close();
    await policy.remove();
  });
  beforeEach(async () => {
    gateway.standin.reset();
    await gateway.clearLedger();
  });

  const functions = NAMES.map((name) => ({
    type: 'function',
    function: { name, parameters: { type: 'object' } },
  }));

  interface Seen {
    readonly words: string;
    readonly calls: readonly string[];
    readonly reason: unknown;
  }

  async function askChat(stream: boolean): Promise<Seen> {
    const messages = [{ role: 'user', content: 'Add a cache.' }];
    const answer = await gateway.chat(key, { messages, tools: functions, stream });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-gateway-withheld-tools')).toBe('write_to_file');
    expect(answer.text).not.toContain('"write_to_file"');
    if (!stream) {
      const { choices } = answer.json as unknown as {
        choices: {
          message: { content: string | null; tool_calls?: { function: { name: string } }[] };
          finish_reason: string;
        }[];
      };
      const [choice] = choices;
      const { content, tool_calls = [] } = choice?.message ?? { content: '' };
      return {
        words: content ?? '',
        calls: tool_calls.map((call) => call.function.name),
        reason: choice?.finish_reason,
      };
    }
    const choices = answer.text
      .split('\n')
      .filter((line) => line.startsWith('data: {'))
      .flatMap((line) => (JSON.parse(line.slice(6)) as Chunk).choices ?? []);
    return {
      words: choices.map(({ delta }) => delta.content ?? '').join(''),
      calls: choices
        .flatMap(({ delta }) => delta.tool_calls ?? [])
        .flatMap((call) => call.function.name ?? []),
      reason: choices.at(-1)?.finish_reason,
    };
  }

  async function askAnthropic(stream: boolean): Promise<Seen> {
    const tools = NAMES.map((name) => tool(name));
    const answer = await askMessages(gateway, key, { tools, stream });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-gateway-withheld-tools')).toBe('write_to_file');
    expect(answer.text).not.toContain('"write_to_file"');
    const blocks = stream
      ? answer.events.flatMap(
          ({ data }) => [data['content_block'], data.delta] as (Record<string, unknown> | undefined)[],
        )
      : answer.json.content;
    const of = (member: string) => blocks.flatMap((block) => (block?.[member] as string | undefined) ?? []);
    return {
      words: of('text').join(''),
      calls: of('name'),
      reason: stream ? of('stop_reason').at(-1) : answer.json.stop_reason,
    };
  }

  const WAYS = [
    ['OpenAI’s path, whole', () => askChat(false), { none: 'stop', some: 'tool_calls' }],
    ['OpenAI’s path, streamed', () => askChat(true), { none: 'stop', some: 'tool_calls' }],
    ['Anthropic’s path, whole', () => askAnthropic(false), { none: 'end_turn', some: 'tool_use' }],
    ['Anthropic’s path, streamed', () => askAnthropic(true), { none: 'end_turn', some: 'tool_use' }],
  ] as const;

  test.each(WAYS)(
    'the client gets the model’s text, and what the call cost is booked: %s',
    async (_, ask, reason) => {
      const answer: ScriptedAnswer = {
        content: [text('I write it ', 'now.'), WRITE],
        usage: { output_tokens: 77 },
      };
      gateway.standin.setDefault(() => answer);
      expect(await ask()).toEqual({ words: 'I write it now.', calls: [], reason: reason.none });
      expect(await gateway.ledger(1)).toMatchObject([{ output_tokens: '77', estimated: false }]);
    },
  );

  test.each(WAYS)('a sentence stands in its place where there is no text: %s', async (_, ask, reason) => {
    gateway.standin.setDefault(() => ({ content: [WRITE] }));
    expect(await ask()).toEqual({ words: IN_PLACE_OF_CALLS, calls: [], reason: reason.none });
  });

  test.each(WAYS)('calls of other tools beside it stay: %s', async (_, ask, reason) => {
    gateway.standin.setDefault(() => ({ content: [READ, WRITE, READ] }));
    expect(await ask()).toEqual({ words: '', calls: ['read_file', 'read_file'], reason: reason.some });
  });
});
