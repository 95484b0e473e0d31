import { lastSent, startTestGateway, type TestGateway } from './support/gateway';
import { askMessages, tool } from './support/messages';
import { policyFile, type PolicyFile } from './support/policy-file';

/** As Roo Code offers its tools. */
const ROO = ['read_file', 'write_to_file', 'execute_command', 'ask_followup_question', 'attempt_completion'];
const ROO_LEFT = ['read_file', 'ask_followup_question', 'attempt_completion'];

describe('at the level design-first', () => {
  let policy: PolicyFile;
  let gateway: TestGateway;
  let key: string;
  let number = 0;

  beforeAll(async () => {
    policy = await policyFile();
    gateway = await startTestGateway({ env: policy.env });
  });
  afterAll(async () => {
    await gateway.close();
    await policy.remove();
  });
  const keyOf = (level: string) =>
    gateway.workspaceKey({ workspace: { id: `w-${(number += 1)}`, name: 'dev' }, level });
  beforeEach(async () => {
    gateway.standin.reset();
    key = await keyOf('design-first');
  });

  const functions = (names: string[]) => ({
    tools: names.map((name) => ({ type: 'function', function: { name, parameters: { type: 'object' } } })),
  });
  const toolsSent = () => lastSent(gateway.standin).tools?.map((each) => (each as { name: string }).name);
  const user = (content: unknown) => ({ role: 'user', content });

  test.each([false, true])(
    'OpenAI’s first request loses the tools that change things (stream: %s)',
    async (stream) => {
      const answer = await gateway.chat(key, { messages: [user('Add a cache.')], stream, ...functions(ROO) });
      expect(answer.status).toBe(200);
      expect(toolsSent()).toEqual(ROO_LEFT);
      expect(answer.headers.get('x-gateway-withheld-tools')).toBe('write_to_file, execute_command');
      expect(answer.headers.get('x-gateway-level')).toBe('design-first');
      expect(lastSent(gateway.standin).system?.[0]?.text).toContain('Design before code');
    },
  );

  test('Roo Code proposes by its own tool, and has all of them once the person has reacted', async () => {
    const proposal = {
      role: 'assistant',
      content: '',
      tool_calls: [
        {
          id: 'c1',
          type: 'function',
          function: { name: 'ask_followup_question', arguments: '{"question":"?"}' },
        },
      ],
    };
    const messages = [
      user('Add a cache.'),
      proposal,
      { role: 'tool', tool_call_id: 'c1', content: 'Go ahead.' },
    ];
    const answer = await gateway.chat(key, { messages, tool_choice: 'auto', ...functions(ROO) });
    expect(answer.status).toBe(200);
    expect(toolsSent()).toEqual(ROO);
    expect(answer.headers.get('x-gateway-withheld-tools')).toBeNull();
  });

  test('looking around is no proposal', async () => {
    const look = {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c1', type: 'function', function: { name: 'read_file', arguments: '{}' } }],
    };
    const messages = [user('Add a cache.'), look, { role: 'tool', tool_call_id: 'c1', content: 'a file' }];
    const answer = await gateway.chat(key, { messages, ...functions(ROO) });
    expect(answer.status).toBe(200);
    expect(toolsSent()).toEqual(ROO_LEFT);
  });

  test('Anthropic’s first request loses them too, and gets them back', async () => {
    const tools = ['Read', 'Bash', 'ExitPlanMode'].map((name) => tool(name));
    const first = await askMessages(gateway, key, { tools, tool_choice: { type: 'tool', name: 'Bash' } });
    expect(first.status).toBe(200);
    expect(toolsSent()).toEqual(['Read', 'ExitPlanMode']);
    expect(lastSent(gateway.standin).tool_choice).toEqual({ type: 'auto' });
    expect(first.headers.get('x-gateway-withheld-tools')).toBe('Bash');
    const messages = [user('Add a cache.'), { role: 'assistant', content: 'I propose …' }, user('Yes.')];
    const next = await askMessages(gateway, key, { tools, messages });
    expect(next.status).toBe(200);
    expect(toolsSent()).toEqual(['Read', 'Bash', 'ExitPlanMode']);
    expect(next.headers.get('x-gateway-withheld-tools')).toBeNull();
  });

  test('a count is of what would be sent', async () => {
    const path = '/v1/messages/count_tokens';
    const answer = await askMessages(gateway, key, { tools: [tool('Bash'), tool('Read')] }, { path });
    expect(answer.status).toBe(200);
    expect(toolsSent()).toEqual(['Read']);
  });

  test('where no tool is left, neither tools nor a choice go out', async () => {
    const answer = await gateway.chat(key, {
      messages: [user('hi')],
      tool_choice: 'required',
      ...functions(['execute_command']),
    });
    expect(answer.status).toBe(200);
    expect(lastSent(gateway.standin)).not.toHaveProperty('tools');
    expect(lastSent(gateway.standin)).not.toHaveProperty('tool_choice');
  });

  test('tools that the history shows at work stay defined, and may not be called', async () => {
    const messages = [
      user('Add a cache.'),
      { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'Bash', input: {} }] },
      user([{ type: 'tool_result', tool_use_id: 't1', content: 'done' }]),
    ];
    const answer = await askMessages(gateway, key, { messages, tools: [tool('Bash')] });
    expect(answer.status).toBe(200);
    expect(toolsSent()).toEqual(['Bash']);
    expect(lastSent(gateway.standin).tool_choice).toEqual({ type: 'none' });
    expect(answer.headers.get('x-gateway-withheld-tools')).toBe('Bash');
  });

  test('a name that no header can hold is made to fit one', async () => {
    const answer = await askMessages(gateway, key, { tools: [tool('evil\r\nset-cookie: x')] });
    expect(answer.headers.get('x-gateway-withheld-tools')).toBe('evil__set-cookie__x');
    expect(answer.headers.get('set-cookie')).toBeNull();
  });

  test('the log says how many were withheld, and not which', async () => {
    await gateway.chat(key, { messages: [user('hi')], ...functions(['execute_command', 'a_secret_name']) });
    await gateway.ledger(1);
    const line = gateway.logs.find((each) => each.includes('"withheld_tools":2'));
    expect(line).toContain('"msg":"call"');
    expect(gateway.logs.join()).not.toContain('a_secret_name');
  });

  test.each(['unrestricted', 'standard'])('at the level %s nothing is withheld', async (level) => {
    const answer = await gateway.chat(await keyOf(level), { messages: [user('hi')], ...functions(ROO) });
    expect(answer.headers.get('x-gateway-level')).toBe(level);
    expect(toolsSent()).toEqual(ROO);
    expect(answer.headers.get('x-gateway-withheld-tools')).toBeNull();
  });

  test('the policy can leave it at words, from the next request on', async () => {
    const withheld = async () => {
      gateway.gateway.services.documents.poll();
      const answer = await gateway.chat(key, { messages: [user('hi')], ...functions(ROO) });
      return answer.headers.get('x-gateway-withheld-tools');
    };
    await policy.write({ designFirst: { withholdTools: false } });
    expect(await withheld()).toBeNull();
    expect(toolsSent()).toEqual(ROO);
    await policy.write({});
    expect(await withheld()).toContain('execute_command');
  });
});
