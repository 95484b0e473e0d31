import { CLIENT_TOOLS, KNOWN_TOOLS, type ToolEffect } from '../../gateway/enforcement/known-tools';
import { effectOf } from '../../gateway/enforcement/tool-effect';
import { withholdTools } from '../../gateway/enforcement/withhold-tools';
import type {
  ContentBlock,
  ModelRequest,
  ToolChoice,
  ToolDefinition,
  Turn,
} from '../../gateway/model/request';

const tool = (name: string, ...parameters: string[]): ToolDefinition => ({
  name,
  input_schema: {
    type: 'object',
    properties: Object.fromEntries(parameters.map((each) => [each, { type: 'string' }])),
  },
});
const text = (words: string): ContentBlock => ({ type: 'text', text: words });
const use = (name: string): ContentBlock => ({ type: 'tool_use', id: `id_${name}`, name, input: {} });
const result = (name: string, content = 'Go ahead.'): ContentBlock => ({
  type: 'tool_result',
  tool_use_id: `id_${name}`,
  content,
});
const user = (...content: ContentBlock[]): Turn => ({ role: 'user', content });
const assistant = (...content: ContentBlock[]): Turn => ({ role: 'assistant', content });
const ASKED = user(text('Add a cache.'));

function request(turns: Turn[], tools: ToolDefinition[], toolChoice?: ToolChoice): ModelRequest {
  return { turns, tools, system: [], ...(toolChoice ? { toolChoice } : {}) } as unknown as ModelRequest;
}

/** What is left of `read`, `bash` and `question` after these turns. */
function left(...turns: Turn[]): string[] {
  const asked = request(
    turns,
    ['read', 'bash', 'question'].map((name) => tool(name)),
  );
  withholdTools(asked);
  return asked.tools.map(({ name }) => name);
}
const ALL = ['read', 'bash', 'question'];
const HARMLESS = ['read', 'question'];

test('no name of a client says one thing here and another there', () => {
  const entries = Object.values(CLIENT_TOOLS).flatMap((byEffect) =>
    (Object.keys(byEffect) as ToolEffect[]).flatMap((effect) =>
      byEffect[effect].map((name) => [name, effect]),
    ),
  );
  expect(entries.length).toBeGreaterThan(100);
  for (const [name, effect] of entries)
    expect([name, KNOWN_TOOLS.get(name as string)]).toEqual([name, effect]);
});

test.each<[string, string[], ToolEffect]>([
  // What each client sends to begin with.
  ['Roo Code', ['execute_command', 'write_to_file', 'apply_diff', 'new_task', 'use_mcp_tool'], 'changes'],
  ['Roo Code', ['read_file', 'list_files', 'search_files', 'update_todo_list', 'switch_mode'], 'reads'],
  ['Roo Code', ['ask_followup_question', 'attempt_completion'], 'asks'],
  ['OpenCode', ['bash', 'edit', 'write', 'task', 'apply_patch'], 'changes'],
  ['OpenCode', ['glob', 'grep', 'read', 'skill', 'todowrite', 'webfetch'], 'reads'],
  ['OpenCode', ['question', 'plan_exit'], 'asks'],
  ['Claude Code', ['Bash', 'Edit', 'Write', 'NotebookEdit', 'Agent', 'Task', 'Skill'], 'changes'],
  ['Claude Code', ['Read', 'Glob', 'Grep', 'TodoWrite', 'WebSearch', 'ToolSearch'], 'reads'],
  ['Claude Code', ['AskUserQuestion', 'ExitPlanMode'], 'asks'],
])('of %s, %j count as what they are', (_, names, effect) => {
  for (const name of names) expect([name, effectOf(tool(name))]).toEqual([name, effect]);
});

test.each<[string, string[], ToolEffect]>([
  ['frobnicate', [], 'changes'],
  ['deploy', [], 'changes'],
  ['mcp__github__search_code', ['query', 'page'], 'reads'],
  ['mcp--files--read_multiple', ['paths'], 'reads'],
  ['mcp__github__get_commit', ['sha'], 'reads'],
  ['mcp__github__create_issue', ['title'], 'changes'],
  ['mcp__read__delete_all', ['query'], 'changes'],
  ['mcp__get__frobnicate', ['x'], 'changes'],
  ['getOrCreateBranch', ['name'], 'changes'],
  ['find_and_replace', ['pattern', 'path'], 'changes'],
  ['listFiles', ['dirPath'], 'reads'],
  ['fetch', ['url'], 'reads'],
  ['fetch', ['url', 'method', 'body'], 'changes'],
  ['query', ['sql'], 'changes'],
  ['get_output', ['command'], 'changes'],
  ['documentation', ['query', 'language'], 'reads'],
  ['documentation', ['query', 'destination'], 'changes'],
  ['documentation', ['path'], 'changes'],
  ['commit', ['pattern'], 'changes'],
  ['ask_user', ['question', 'content'], 'asks'],
  ['present_plan', ['plan'], 'asks'],
  ['ask_shell', ['command'], 'changes'],
  // A verb beside one of looking or asking.
  ['search_and_destroy', [], 'changes'],
  ['search_and_frobnicate', [], 'changes'],
  ['find_then_close', ['query'], 'changes'],
  ['search_and_summarize', ['query'], 'reads'],
  ['find_or_read', [], 'reads'],
  ['get_rm', [], 'changes'],
  ['getRMFile', [], 'changes'],
  ['get_rm2', [], 'changes'],
  ['fetch_run', [], 'changes'],
  ['list_workflow_runs', [], 'reads'],
  ['ask_bash', [], 'changes'],
  ['ask_and_do', [], 'changes'],
  ['query_sql', [], 'changes'],
  ['view_sudo', [], 'changes'],
  ['list_deleted_files', [], 'reads'],
  ['mcp__shell__read_file', ['path'], 'reads'],
  ['mcp____read', [], 'changes'],
  // Letters that only look like those of the words, or are folded to them.
  ['as\u212A_user', [], 'changes'],
  ['\u017Fearch', ['query'], 'changes'],
  ['read', [], 'reads'],
  ['READ', [], 'reads'],
  ['', [], 'changes'],
])('%s with the parameters %j counts as one that %s', (name, parameters, effect) => {
  expect(effectOf(tool(name, ...parameters))).toBe(effect);
});

test('what the provider defines and the client runs changes things, whatever it is called', () => {
  const shell = { ...tool('read'), type: 'bash_20250124' } as unknown as ToolDefinition;
  expect(effectOf(shell)).toBe('changes');
  expect(effectOf({ ...tool('read'), type: 'custom' } as unknown as ToolDefinition)).toBe('reads');
});

test('a definition without parameters that can be read is judged by its name', () => {
  for (const input_schema of [undefined, null, {}, { properties: null }, { properties: 'x' }])
    expect(effectOf({ name: 'view_x', input_schema } as unknown as ToolDefinition)).toBe('reads');
});

describe('tools that change things are left out', () => {
  test.each<[string, Turn[]]>([
    ['of the first request', [ASKED]],
    [
      'while the model has only looked',
      [ASKED, assistant(text('I look.'), use('read')), user(result('read'))],
    ],
    ['when the model said nothing', [ASKED, assistant(text(' \n')), user(text('?'))]],
    ['when it is to go on from words put into its mouth', [ASKED, assistant(text('I will'))]],
    ['when the person spoke twice', [ASKED, user(text('Go ahead.'))]],
  ])('%s', (_, turns) => expect(left(...turns)).toEqual(HARMLESS));
});

describe('all tools are there', () => {
  test.each<[string, Turn[]]>([
    ['after an answer in words', [ASKED, assistant(text('I propose …')), user(text('Yes.'))]],
    [
      'after a question by a tool, as Roo Code asks it',
      [ASKED, assistant(use('ask_followup_question')), user(result('ask_followup_question'))],
    ],
    [
      'after a plan by a tool, beside others',
      [ASKED, assistant(use('Read'), use('ExitPlanMode')), user(result('Read'), result('ExitPlanMode'))],
    ],
    [
      'after a question by a tool of an unknown client',
      [ASKED, assistant(use('clarify_scope')), user(result('clarify_scope'))],
    ],
    [
      'ever after',
      [ASKED, assistant(text('A')), user(text('Yes.')), assistant(use('bash')), user(result('bash'))],
    ],
  ])('%s', (_, turns) => expect(left(...turns)).toEqual(ALL));
});

describe('the choice among tools', () => {
  const after = (choice: ToolChoice | undefined, names: string[], turns = [ASKED]) => {
    const asked = request(
      turns,
      names.map((name) => tool(name)),
      choice,
    );
    const withheld = withholdTools(asked);
    return { withheld, tools: asked.tools.map(({ name }) => name), choice: asked.toolChoice };
  };

  test.each<[string, ToolChoice | undefined, string[], ToolChoice | undefined]>([
    ['none stays none', undefined, ['read', 'bash'], undefined],
    ['auto stays auto', { type: 'auto' }, ['read', 'bash'], { type: 'auto' }],
    ['a tool that is gone', { type: 'tool', name: 'bash' }, ['read', 'bash'], { type: 'auto' }],
    [
      'a tool that is gone, one at a time',
      { type: 'tool', name: 'bash', disable_parallel_tool_use: true },
      ['read', 'bash'],
      { type: 'auto', disable_parallel_tool_use: true },
    ],
    ['a tool that is left', { type: 'tool', name: 'read' }, ['read', 'bash'], { type: 'tool', name: 'read' }],
    ['any, with none to propose by', { type: 'any' }, ['read', 'bash'], { type: 'auto' }],
    ['any, with one to propose by', { type: 'any' }, ['question', 'bash'], { type: 'any' }],
  ])('%s', (_, choice, names, expected) => {
    expect(after(choice, names)).toMatchObject({ withheld: ['bash'], choice: expected });
  });

  test('goes with the last tool', () => {
    expect(after({ type: 'any' }, ['bash', 'edit'])).toEqual({
      withheld: ['bash', 'edit'],
      tools: [],
      choice: undefined,
    });
  });

  test('is none where the history needs the tools it shows at work', () => {
    const turns = [ASKED, assistant(use('bash')), user(result('bash'))];
    expect(after({ type: 'any' }, ['bash'], turns)).toEqual({
      withheld: ['bash'],
      tools: ['bash'],
      choice: { type: 'none' },
    });
  });

  test('of none leaves the tools alone: nothing can be called', () => {
    expect(after({ type: 'none' }, ['bash'])).toEqual({
      withheld: [],
      tools: ['bash'],
      choice: { type: 'none' },
    });
  });
});
