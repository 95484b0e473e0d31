import fc from 'fast-check';
import {
  asTyped,
  DOLLAR,
  DOLLAR_ENTRY,
  isAsTyped,
  staysAsTyped,
  textAsTyped,
} from '../../synth/agent-values';
import { literal, quoteLiteral } from '../../synth/hcl/strings';
import { expandAsAgent } from '../harness/agent-expansion';
import { expectOk, Terraform } from '../harness/terraform';

const environment = {
  [DOLLAR]: '$',
  HOME: '/home/coder',
  CODER_AGENT_TOKEN: 'the-token',
  a: '$HOME',
  '1': 'one',
};

/** Mostly what means something to the agent. */
const hostile = fc
  .array(
    fc.constantFrom(
      '$',
      '{',
      '}',
      '$',
      'HOME',
      'a',
      '1',
      ' ',
      '-',
      '*',
      '\\',
      '"',
      '%',
      'é',
      '\n',
      DOLLAR,
      `\${${DOLLAR}}`,
    ),
    {
      maxLength: 12,
    },
  )
  .map((parts) => parts.join(''));
const texts = fc.oneof(hostile, fc.string({ unit: 'binary' }));

test('the container’s entry is a variable whose value is "$"', () => {
  expect(DOLLAR_ENTRY).toBe(`${DOLLAR}=$`);
});

test('any text that is known arrives', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const written = textAsTyped(text);
      expect(staysAsTyped(written)).toBe(true);
      expect(expandAsAgent(written, environment)).toBe(text);
    }),
    { numRuns: 2000 },
  );
});

test('any value of an expression arrives, by Terraform’s own replace', async () => {
  const values = fc.sample(hostile, 500);
  const terraform = Terraform.fromFiles({
    'main.tf.json': JSON.stringify({
      output: {
        written: {
          value: `\${[for value in jsondecode(file("values.json")) : ${asTyped('${value}').slice(2, -1)}]}`,
        },
      },
    }),
    'values.json': JSON.stringify(values),
  });
  try {
    expectOk(await terraform.init());
    const { plan } = expectOk(await terraform.plan());
    const written = plan.planned_values.outputs?.['written']?.value as string[];
    // No accent of these stands alone: Terraform would join it with its letter.
    expect(written.map((text) => expandAsAgent(text, environment))).toEqual(values);
    for (const text of written) expect(staysAsTyped(text)).toBe(true);
  } finally {
    terraform.dispose();
  }
});

test.each(['""', '"claude-haiku-4-5"', '"a \\"b\\" \\\\ c"'])('%s needs no help', (text) => {
  expect(asTyped(`\${${text}}`)).toBe(`\${${text}}`);
  expect(isAsTyped(`\${${text}}`)).toBe(true);
});

test.each([
  quoteLiteral('a$b'),
  quoteLiteral('${a}'),
  '"${var.x}"',
  '"\\u0024HOME"',
  'var.x',
  'f(\n  var.x # y\n)',
])('%s is escaped', (text) => {
  const written = asTyped(`\${${text}}`);
  expect(written).toBe(`\${replace(${text}, "$", "$\${${DOLLAR}}")}`);
  expect(isAsTyped(written)).toBe(true);
  expect(isAsTyped(`\${${text}}`)).toBe(false);
});

test('text beside an expression is a mistake of the caller', () => {
  for (const value of ['a', 'a${var.x}', literal('${x}')]) {
    expect(() => asTyped(value)).toThrow(/must be one expression/);
    expect(isAsTyped(value)).toBe(false);
  }
});
