import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { writeBareExpression } from '../../../synth/hcl/expressions';
import { formatHcl } from '../../../synth/hcl/format';

const SEED = 20_261;

/** What the real formatter makes of a text. */
function terraformFmt(source: string): string {
  const { status, stdout, stderr } = spawnSync('terraform', ['fmt', '-no-color', '-'], {
    input: source,
    encoding: 'utf8',
    env: { ...process.env, CHECKPOINT_DISABLE: '1', TF_CLI_CONFIG_FILE: '/dev/null' },
  });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

const { expression } = fc.letrec<{ expression: string; leaf: string; branch: string }>((tie) => ({
  expression: fc.oneof({ maxDepth: 4, depthSize: 'small' }, tie('leaf'), tie('branch')),
  leaf: fc.constantFrom(
    ...[
      '1',
      '-1',
      '1.5e3',
      '"a"',
      '"${ x.y }-${a+b}"',
      '"%{if a}b%{else}c%{endif}"',
      '"\\"{\\\\"',
      'true',
      'null',
    ],
    ...[
      'var.a',
      'a.b[0].c',
      'a["k"]',
      'a.*.id',
      'a[*].id',
      'each.key',
      'data.x.y',
      'a[b-1]',
      'f()',
      '[]',
      '{}',
      '"é🦊"',
    ],
  ),
  branch: fc.oneof(
    fc
      .tuple(
        tie('expression'),
        fc.constantFrom('+', ' - ', '*', '/', '%', '==', '!=', '<', '>=', '&&', '||'),
        tie('expression'),
      )
      .map((parts) => parts.join('')),
    fc.tuple(tie('expression'), tie('expression'), tie('expression')).map(([a, b, c]) => `(${a})?${b}:${c}`),
    tie('expression').map((a) => `!(${a})`),
    tie('expression').map((a) => `-(${a})`),
    fc.array(tie('expression'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
    fc.array(tie('expression'), { maxLength: 3 }).map((items) => `f(${items.join(',')})`),
    tie('expression').map((a) => `f([${a}]...)`),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `{a=${a},"b c":${b}}`),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `{\na=${a}\nlonger=${b}\n}`),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `[for k,v in [${a}]:${b} if v!=null]`),
    tie('expression').map((a) => `{for k in [1]:k=>${a}...}`),
    tie('expression').map((a) => `provider::x::f(${a})`),
  ),
}));

/** A body with runs of attributes and a nested block. */
const bodies = fc
  .array(fc.tuple(fc.constantFrom('a', 'name', 'a_long_name', 'é'), expression), {
    minLength: 1,
    maxLength: 6,
  })
  .map((attributes) => {
    const lines = attributes.map(([name, source], i) => `${name}${i} = ${writeBareExpression(source)}`);
    return `x "y" {\n${lines.slice(0, 3).join('\n')}\n\nz {\n${lines.slice(3).join('\n')}\n}\n}\n`;
  });

test('leaves terraform fmt nothing to do, whatever the expressions', () => {
  const formatted = formatHcl(fc.sample(bodies, { seed: SEED, numRuns: 400 }).join('\n'));
  expect(formatted).toBe(terraformFmt(formatted));
});

test('formatting twice is formatting once', () => {
  fc.assert(
    fc.property(bodies, (body) => {
      const once = formatHcl(body);
      expect(formatHcl(once)).toBe(once);
    }),
    { seed: SEED, numRuns: 100 },
  );
});

test.each([
  ['a+b', 'a + b'],
  ['f( a,b )', 'f(a, b)'],
  ['\n  a\n', 'a'],
  ['a # why\n', 'a'],
  ['{\n  a = 1\n\n  b = 2\n}', '{\na = 1\nb = 2\n}'],
  ['a ||\nb', '(\na ||\nb\n)'],
])('writes %j as %j', (source, written) => {
  expect(writeBareExpression(source)).toBe(written);
});
