import { lastSent, startTestGateway, type TestGateway } from './support/gateway';
import { AUTOMATIC_TURNS } from './support/automatic-turns';
import { askMessages, tool } from './support/messages';
import { policyFile, type PolicyFile } from './support/policy-file';

const NAMES = ['read_file', 'write_to_file', 'execute_command', 'ask_followup_question'];
const LEFT = ['read_file', 'ask_followup_question'];

/** As Roo Code sends them by itself, with nobody at the keyboard. */
const [, NO_TOOL_USED] = AUTOMATIC_TURNS[0] ?? [];

describe('after a proposal without a tool, at the level design-first', () => {
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
  beforeEach(() => gateway.standin.reset());

  const parts = (texts: readonly string[] = []) => texts.map((text) => ({ type: 'text', text }));
  const turns = (...last: object[][]) => [
    { role: 'user', content: parts(['Add a cache.', '<environment_details>a</environment_details>']) },
    { role: 'assistant', content: 'I propose a cache in memory.' },
    ...last.map((content) => ({ role: 'user', content })),
  ];
  const sent = () => lastSent(gateway.standin).tools?.map((each) => (each as { name: string }).name);
  const functions = NAMES.map((name) => ({
    type: 'function',
    function: { name, parameters: { type: 'object' } },
  }));

  test('OpenAI’s path keeps the tools back from Roo Code’s own turn, and hands them out after a word', async () => {
    const automatic = await gateway.chat(key, { messages: turns(parts(NO_TOOL_USED)), tools: functions });
    expect(automatic.status).toBe(200);
    expect(sent()).toEqual(LEFT);
    expect(automatic.headers.get('x-gateway-withheld-tools')).toBe('write_to_file, execute_command');
    const said = await gateway.chat(key, { messages: turns(parts(['Yes.'])), tools: functions });
    expect(said.status).toBe(200);
    expect(sent()).toEqual(NAMES);
  });

  test('Anthropic’s path does so, too', async () => {
    const tools = NAMES.map((name) => tool(name));
    await askMessages(gateway, key, { messages: turns(parts(NO_TOOL_USED)), tools });
    expect(sent()).toEqual(LEFT);
    await askMessages(gateway, key, { messages: turns(parts([...(NO_TOOL_USED ?? []), 'Yes.'])), tools });
    expect(sent()).toEqual(NAMES);
  });
});
