import { answerIn, billed, type KeyInfo } from '../../demo/answer';
import { summary } from '../../demo/summary';

const line = (event: object): string => `${JSON.stringify(event)}\n`;
const text = (said: string): string => line({ type: 'text', part: { type: 'text', text: said } });

test('the answer is what the model said, all its lines, and nothing of OpenCode', () => {
  const output = `> build · claude\n${line({ type: 'step_start' })}${text('> One\n\n\ttwo')}${text('three')}${line({ type: 'step_finish' })}`;
  expect(answerIn(output)).toBe('> One\n\n\ttwo\nthree');
});

test.each([
  [line({ type: 'error', error: { data: { message: 'no such model' } } }), /OpenCode says: no such model/],
  [line({ type: 'error', error: { name: 'x' } }), /OpenCode says: \{"name":"x"\}/],
  ['ended at once\n', /OpenCode gave no answer:\nended at once/],
])('%j is no answer', (output, message) => expect(() => answerIn(output)).toThrow(message));

const INFO: KeyInfo = {
  scope: 'workspace:1',
  level: 'standard',
  models: ['claude-sonnet'],
  spend: 0.01,
  max_budget: 10,
  usage: [{ model: 'claude-sonnet', calls: 1 }],
};

test('an answer counts when the gateway was asked for it', () => {
  expect(billed(INFO, 'claude-sonnet')).toBe(INFO);
  for (const other of [
    { ...INFO, usage: [] },
    { ...INFO, spend: 0 },
    { ...INFO, usage: [{ model: 'claude-haiku', calls: 1 }] },
  ])
    expect(() => billed(other, 'claude-sonnet')).toThrow(/The gateway has not been asked for this answer/);
});

const OUTCOME = {
  root: '/srv/my templates',
  outdir: 'cdktf.out',
  template: 'contractor-workspace',
  provider: 'a stand-in',
  answer: '\u001b[32mOne\u001b[0m\n\n  two\u0007\n',
  info: INFO,
  seconds: 1,
};

test('it is quoted line by line, without anything that a terminal would obey', () => {
  expect(summary(OUTCOME)).toContain('The answer (from a stand-in):\n    One\n\n      two?\n\n');
});

test('the next steps are numbered, and their commands can be copied', () => {
  const said = summary(OUTCOME);
  expect(said.match(/^ {2}\d\. /gm)).toEqual(['  1. ', '  2. ', '  3. ', '  4. ']);
  expect(said).toContain("\n       cd '/srv/my templates'\n");
  expect(said).toContain(
    '\n       coder templates push contractor-workspace -d cdktf.out/stacks/contractor-workspace --variables-file variables.yaml\n',
  );
});
