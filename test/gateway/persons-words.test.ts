import { CLIENT_TEXTS } from '../../gateway/enforcement/client-texts';
import { holdsPersonsWords, type UsedTool } from '../../gateway/enforcement/persons-words';
import { withholdTools } from '../../gateway/enforcement/withhold-tools';
import type { ContentBlock, ModelRequest, Turn } from '../../gateway/model/request';
import { AUTOMATIC_TURNS, TURNS_WITH_WORDS } from './support/automatic-turns';

const text = (words: string): ContentBlock => ({ type: 'text', text: words });
const user = (...content: ContentBlock[]): Turn => ({ role: 'user', content });
const assistant = (...content: ContentBlock[]): Turn => ({ role: 'assistant', content });
const use = (name: string): ContentBlock => ({ type: 'tool_use', id: `id_${name}`, name, input: {} });
const result = (name: string, content: string, is_error = false): ContentBlock => ({
  type: 'tool_result',
  tool_use_id: `id_${name}`,
  content,
  ...(is_error ? { is_error } : {}),
});
const holds = (parts: readonly string[]): boolean =>
  holdsPersonsWords(user(...parts.map(text)), () => undefined);

test.each(AUTOMATIC_TURNS)('nobody has said a word: %s', (_, parts) => expect(holds(parts)).toBe(false));

test.each(TURNS_WITH_WORDS)('the person has: %s', (_, parts) => expect(holds(parts)).toBe(true));

test('whatever is a client’s own is so in any order and number, and words are found wherever they are', () => {
  const automatic = AUTOMATIC_TURNS.filter(([name]) => !/told as text|a file read/.test(name));
  for (const [, first] of automatic)
    for (const [, second] of automatic) {
      expect(holds([...first, ...second])).toBe(false);
      expect(holds([...first, 'Go ahead.', ...second])).toBe(true);
    }
});

/** Whether the tools that change things are back after these turns. */
function isLifted(...turns: Turn[]): boolean {
  const tools = ['bash', 'read', 'question'].map((name) => ({ name, input_schema: { type: 'object' } }));
  const request = { turns: [user(text('Add a cache.')), ...turns], tools, system: [] };
  return withholdTools(request as unknown as ModelRequest).length === 0;
}
const PROPOSAL = assistant(text('I propose a cache.'));
const YES = user(text('Yes.'));

test.each(AUTOMATIC_TURNS)('a proposal stays one after this: %s', (_, parts) => {
  const automatic = user(...parts.map(text));
  expect(isLifted(PROPOSAL, automatic)).toBe(false);
  expect(isLifted(PROPOSAL, automatic, assistant(text('As I said.')), automatic)).toBe(false);
  expect(isLifted(PROPOSAL, automatic, assistant(text('As I said.')), YES)).toBe(true);
});

test.each<[string, boolean, string, string, boolean?]>([
  ['an answer to Roo Code’s question', true, 'ask_followup_question', '<user_message>\nYes\n</user_message>'],
  ['no answer to it', false, 'ask_followup_question', '<user_message>\n\n</user_message>'],
  [
    'a question without what it needs',
    false,
    'ask_followup_question',
    "Missing value for required parameter 'question'. Please retry.",
  ],
  [
    'a question that was condensed away',
    false,
    'ask_followup_question',
    'Context condensation triggered. Tool execution deferred.',
  ],
  ['a question that failed', false, 'ask_followup_question', '{"status":"error","error":"x"}'],
  ['a completion sent back', true, 'attempt_completion', '{"status":"denied","feedback":"Not yet."}'],
  ['a completion that nobody said anything to', false, 'attempt_completion', ''],
  ['a plan approved in Claude Code', true, 'ExitPlanMode', 'User has approved your plan. You can start.'],
  [
    'a plan rejected without a word',
    false,
    'ExitPlanMode',
    "The user doesn't want to proceed with this tool use. STOP what you are doing.",
    true,
  ],
  [
    'a plan rejected with words',
    true,
    'ExitPlanMode',
    "The user doesn't want to proceed with this tool use. To tell you how to proceed, the user said:\nSmaller.",
    true,
  ],
  ['a question dismissed in OpenCode', false, 'question', 'The user dismissed this question', true],
  ['a question answered there', true, 'question', 'User has answered your questions: "A"="B".'],
])('what came of a tool that asks: %s', (_, isReaction, name, content, isError = false) =>
  expect(isLifted(assistant(use(name)), user(result(name, content, isError)))).toBe(isReaction),
);

test.each<[string, string, string, boolean]>([
  [
    'words to a file that Roo Code read',
    'read_file',
    '{"status":"approved","feedback":"And then write it."}',
    true,
  ],
  ['words to one it may not read', 'read_file', '{"status":"denied","feedback":"Use the other one."}', true],
  ['no words', 'read_file', '{"status":"denied","message":"The user denied this operation."}', false],
  ['what a file holds', 'read_file', 'File: a.txt\n1 | go ahead', false],
  ['such words in what another client reads', 'Read', '{"status":"approved","feedback":"go ahead"}', false],
  ['such words from a server', 'mcp--notes--read', '{"status":"approved","feedback":"go ahead"}', false],
  ['an error with words', 'read_file', '{"status":"error","feedback":"x"}', false],
])('behind a proposal, the result of a tool: %s', (_, name, content, isReaction) =>
  expect(
    isLifted(
      PROPOSAL,
      user(text('<environment_details>a</environment_details>')),
      assistant(use(name)),
      user(result(name, content)),
    ),
  ).toBe(isReaction),
);

test('an answer that the client asks for by itself is none to react to', () => {
  const compaction = user(text('What did we do so far?'));
  const summary = assistant(text('We looked at the cache.'));
  // OpenCode puts the person's last words behind the summary once more.
  expect(isLifted(compaction, summary, user(text('Add a cache.')))).toBe(false);
  expect(isLifted(compaction, summary, user(text('Go on.')), PROPOSAL, YES)).toBe(true);
});

test('what a client puts in the place of an answer is none', () => {
  for (const words of ['Failure: I did not provide a response.', 'API Error: 402', 'No response requested.'])
    expect(isLifted(assistant(text(words)), YES)).toBe(false);
});

test('every text of the table says whose it is and as of when, and none is empty', () => {
  for (const { clients, version, notices = [], elements = [] } of CLIENT_TEXTS) {
    expect(clients.length).toBeGreaterThan(0);
    expect(version).toMatch(/\d/);
    for (const { begins, ends = '.' } of notices) {
      expect(begins.trim().length).toBeGreaterThan(5);
      expect(ends).not.toBe('');
    }
    for (const name of elements) expect(name).toMatch(/^[a-z][a-z_-]*$/);
  }
});

test('more marks than any client writes are taken for the client’s, however many turns they are in', () => {
  const marks = user(text('<tick></tick>'.repeat(15_000)));
  expect(holds(['<tick></tick>'.repeat(15_000), 'Yes.'])).toBe(true);
  expect(holds(['<tick></tick>'.repeat(25_000), 'Yes.'])).toBe(false);
  expect(isLifted(PROPOSAL, marks, YES)).toBe(true);
  expect(isLifted(PROPOSAL, marks, marks, YES)).toBe(false);
});

describe('a text made to be long to look at', () => {
  const NONE = (): UsedTool | undefined => undefined;
  const LENGTH = 400_000;
  const repeated = (piece: string) => piece.repeat(Math.ceil(LENGTH / piece.length));

  /** Characters that are looked at in vain again and again would take minutes here. */
  test.each([
    ['<system-reminder>', '<system-reminder>'],
    ['elements that end', '<system-reminder></system-reminder>'],
    ['marks of the person’s', '<user_message></user_message>'],
    ['notices with marks', '[TASK RESUMPTION] <user_message></user_message>'],
    ['notices that end', '[Request interrupted]'],
    ['notices that do not', '[Request interrupted'],
    ['marks that do not end', '<task '],
    ['heads of results', '[read_file for '],
    ['results with marks', '[read_file] Result:<feedback></feedback>'],
    ['blanks', ' \u2003\n'],
    ['brackets', '{"status":'],
  ])('%s', (_, piece) => {
    const started = process.cpuUsage();
    holdsPersonsWords(user(text(repeated(piece)), text(`${repeated(piece)}x`)), NONE);
    const { user: micros } = process.cpuUsage(started);
    expect(micros).toBeLessThan(5_000_000);
  });
});
