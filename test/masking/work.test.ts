/** However a text is made, looking through it is work in proportion to its length. */
import { PATTERNS, REACH } from '../../masking/patterns';
import { findSecretsInSteps, WINDOW } from '../../masking/find-secrets';
import { endOfPem } from '../../masking/pem-end';

const dashes = '-'.repeat(5);
const HOSTILE = [
  'a',
  ' ',
  '\\n',
  '1',
  'sk-',
  'sk-ant-api03-',
  'ghp_',
  'eyJ',
  `eyJ${'a'.repeat(14)}.`,
  `eyJ${'a'.repeat(20)}\n`,
  'https://a:b',
  'a://b:',
  'mongodb://',
  'token',
  'password = "',
  'password = ',
  'AWS_SECRET_ACCESS_KEY=',
  `AKIA${'A'.repeat(16)} aa `,
  'Authorization: Basic ',
  ';AccountKey=',
  'xoxb-1-',
  `${dashes}BEGIN RSA PRIVATE KEY${dashes}`,
  `${dashes}BEGIN RSA PRIVATE KEY${dashes}${'a'.repeat(20)}`,
  `${dashes}BEGIN RSA PRIVATE KEY${dashes}${'a'.repeat(30)}\n`,
  `password${'\\n'.repeat(12)}`,
];

/** Characters that are looked at one by one, of the text itself: what expressions look at is bounded by the window. */
function charactersReadOf(text: string): number {
  const charCodeAt = jest.spyOn(String.prototype, 'charCodeAt');
  try {
    const steps = findSecretsInSteps(text);
    while (steps.next().done !== true);
    return charCodeAt.mock.calls.length;
  } finally {
    charCodeAt.mockRestore();
  }
}

test.each(HOSTILE)('twice as much of %j is at most about twice the work', (piece) => {
  const of = (length: number): number =>
    charactersReadOf(piece.repeat(Math.ceil(length / piece.length)).slice(0, length));
  const [one, two] = [of(16_384), of(32_768)];
  expect(two).toBeLessThanOrEqual(2.5 * one + 5_000);
});

test('no expression looks further than it says, and none sees more than a window', () => {
  // The longest that an expression matches, were it to find all its repetitions full.
  const seen: number[] = [];
  const exec = jest.spyOn(RegExp.prototype, 'exec').mockImplementation(function (this: RegExp, text: string) {
    seen.push(text.length);
    return null;
  });
  try {
    const steps = findSecretsInSteps('x'.repeat(262_144));
    while (steps.next().done !== true);
  } finally {
    exec.mockRestore();
  }
  expect(seen.length).toBeGreaterThanOrEqual((262_144 / WINDOW) * PATTERNS.length);
  expect(Math.max(...seen)).toBeLessThanOrEqual(WINDOW + REACH + 16);
  for (const { expression } of PATTERNS)
    // No repetition without an end, but in what was looked behind at.
    expect([expression.source, /[^\\](?:[*+]|\{\d+,\})(?![^[]*\])/.test(expression.source)]).toEqual([
      expression.source,
      false,
    ]);
});

test('a walk over a key ends where there is no key', () => {
  expect(endOfPem('x'.repeat(10), 0)).toBeUndefined();
  expect(endOfPem(` is how a key begins. ${'word '.repeat(20_000)}`, 0)).toBeUndefined();
});
