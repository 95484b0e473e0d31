import { TerraformLocal } from 'cdktf';
import fc from 'fast-check';
import { literal } from '../../../synth/hcl/strings';
import { outputsOf } from '../support/evaluate';
import { bothForms, newStack } from '../support/synthesize';

const SEED = 20_260;

/** Terraform keeps every string in Unicode's composed form. */
const nfc = (text: string): string => text.normalize('NFC');

/** The texts people got burnt by, each of them alone. */
const AWKWARD: Readonly<Record<string, string>> = {
  empty: '',
  quotes: 'say "hi" and \'hi\'',
  backslashes: 'C:\\temp\\new \\\\ \\" \\n',
  trailingBackslash: 'ends with \\',
  newlines: 'one\ntwo\n\nthree\n',
  carriageReturns: 'one\r\ntwo\rthree',
  tabs: '\tone\ttwo',
  shellVariable: 'echo ${HOME} "${X:-y}" $HOME $(id) `id`',
  escapedShellVariable: 'echo $${HOME} $$${HOME} $$$${HOME}',
  printf: 'curl -w "%{http_code}" %%{x} %%%{y} 100%',
  dollarAtEnd: 'cost: 5$',
  percentAtEnd: '100%',
  dollarBeforePercent: '$%{x} %${y} $%$%{z}',
  openOnly: '${',
  controlOnly: '%{',
  closeOnly: '} ~} }}',
  heredoc: 'cat <<EOF\nbody ${x}\nEOF\nEOT\n  EOF',
  looksLikeHcl: 'a = "b" # comment\n}\nresource "x" "y" {',
  interpolationOnly: '${path.module}',
  unicode: 'grüße 漢字 🦊 👩‍👩‍👧 e\u0301 \u200b \u202e',
  controlCharacters: '\u0001\u0007\b\v\f\u001b[31m\u007f\u0085',
  lineSeparators: 'a\u2028b\u2029c\ufeffd',
  unicodeEscape: '\\u0041 \\U0001F98A \\x41',
  json: JSON.stringify({ a: ['"', '\\', '${b}', '\n'] }),
};

const fragments = fc.constantFrom(
  ...[
    '$',
    '%',
    '{',
    '}',
    '${',
    '%{',
    '$${',
    '%%{',
    '~',
    '"',
    '\\',
    '\\"',
    '\n',
    '\r',
    '\t',
    'EOF\n',
    '<<EOF\n',
  ],
  ...['#', '//', '/*', '${a}', '%{ if x }', 'é', '🦊', ' ', 'a', '0'],
);
const texts = fc.oneof(
  fc.array(fragments, { maxLength: 12 }).map((parts) => parts.join('')),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: 'binary-ascii', maxLength: 40 }).map((text) => text.replaceAll('\0', '')),
);

/** Puts a text wherever a construct could. */
function everyPlace(text: string): Record<string, unknown> {
  return {
    value: literal(text),
    list: [literal(text), [literal(text)]],
    map: { plain: literal(text), [literal(`k${text}`)]: { deep: [literal(text)] } },
  };
}

const everyPlaceMeans = (text: string): unknown => ({
  value: nfc(text),
  list: [nfc(text), [nfc(text)]],
  map: { plain: nfc(text), [nfc(`k${text}`)]: { deep: [nfc(text)] } },
});

/**
 * Terraform's own reader of JSON syntax takes everything after a lone carriage return as text, sequences included; HCL has
 * no such fault, so only these are not compared with it.
 */
const jsonReads = (text: string): boolean => !/\r(?!\n)/.test(text);

async function roundTrip(values: readonly string[]): Promise<void> {
  // Few big values rather than many small ones: each local and output costs Terraform a node of its graph.
  const stack = newStack((scope) => {
    new TerraformLocal(scope, 'texts', values.map(everyPlace));
    scope.addOverride('output.read.value', '${local.texts}');
    scope.addOverride(
      'output.joined.value',
      values.map((text, i) => `<${literal(text)}>\${upper("${i}")}`),
    );
    scope.addOverride('resource.terraform_data.texts.input', values.map(literal));
    scope.addOverride('output.attribute.value', '${terraform_data.texts.input}');
  });
  const { hcl, json } = bothForms(stack);
  const seen = await outputsOf(hcl);
  expect(seen.read).toEqual(values.map(everyPlaceMeans));
  expect(seen.joined).toEqual(values.map((text, i) => nfc(`<${text}>${i}`)));
  expect(seen.attribute).toEqual(values.map(nfc));

  const seenAsJson = await outputsOf(json);
  for (const [name, list] of Object.entries(seen)) {
    (list as unknown[]).forEach((value, i) => {
      if (jsonReads(values[i] ?? '')) expect((seenAsJson[name] as unknown[])[i]).toEqual(value);
    });
  }
}

test('every awkward text arrives as it is, wherever it stands', async () => {
  await roundTrip(Object.values(AWKWARD));
});

test('a text of 10 kB arrives as it is', async () => {
  const text = 'x"\\${y} %{z}\n'.repeat(1_000);
  const stack = newStack((scope) =>
    scope.addOverride('output.long.value', [literal(text), { a: literal(text) }]),
  );
  expect(await outputsOf(bothForms(stack).hcl)).toEqual({ long: [text, { a: text }] });
});

test('any text arrives as it is, wherever it stands', async () => {
  await roundTrip(fc.sample(texts, { seed: SEED, numRuns: 250 }));
});

test.each([
  ['${~ "x" ~} \n y', '${~ "x" ~}'],
  ['a\n  %{~ if true }b%{ endif }', '%{~ if true }'],
])('fails for "~" that would eat another amount of space in JSON: %j', (template, sequence) => {
  const stack = newStack((scope) => scope.addOverride('output.trimmed.value', template));
  expect(() => stack.hclFiles()).toThrow(
    `[tested] cannot be written as HCL: "~" beside a line break means one thing in JSON and another in HCL, got ${sequence}`,
  );
});

test.each([
  ['${var.x', 'a "${", "%{" or "{" that is not closed'],
  ['${"a}', 'a quote that is not closed'],
  ['${a ; b}', 'a character that no expression can hold'],
])('fails for %j, and says why', (template, problem) => {
  const stack = newStack((scope) => scope.addOverride('output.broken.value', `text ${template}`));
  expect(() => stack.hclFiles()).toThrow(`[tested] cannot be written as HCL: ${problem}`);
});

/** Expressions with quotes, braces and strings of their own. */
const EXPRESSIONS: readonly string[] = [
  '1 + 2',
  'upper("a\\"b")',
  'join(",", ["a", "}", "${"{"}", "\\\\"])',
  '{ a = "}", "b c" = [1, 2] }["b c"][0]',
  'jsonencode({ a = "x", b = [true, null] })',
  'jsonencode({\n a = 1\n b = "}"\n})',
  '[for x in ["p", "q"] : "${x}-${upper(x)}"][1]',
  'true ? "yes" : "no"',
  '-1',
  '!true',
  'format("%s %%", "$${x}")',
  '"a\\nb\\t\\u00e9"',
  '(\n  1 +\n  2\n)',
  'max([3, 4]...)',
  'replace("localhost", "/local|127\\\\.0/", "x")',
];
const templates = fc
  .array(
    fc.oneof(
      // A "$" or "%" right before a sequence would make an escape of it, and a line break beside "~" is refused.
      fc.array(fragments, { maxLength: 4 }).map((parts) => literal(`.${parts.join('')}.`)),
      fc.constantFrom(...EXPRESSIONS).map((expression) => `\${${expression}}`),
      fc.constantFrom(...EXPRESSIONS).map((expression) => `\${ ${expression} }`),
      fc.constantFrom(
        '%{ if true }a "b"\\\n%{ else }c%{ endif }',
        '%{ for x in ["p", "q"] }<${x}>%{ endfor }',
        '%{if false}${"z"}%{endif}',
        '.  %{~ if true ~}  a  %{~ endif ~}  b',
        '. ${~ "x" ~} d',
      ),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''));

test('any template means the same in HCL as in JSON', async () => {
  const samples = fc.sample(templates, { seed: SEED, numRuns: 300 });
  const stack = newStack((scope) => {
    scope.addOverride('output.alone.value', samples);
    scope.addOverride(
      'output.joined.value',
      samples.map((template) => `${template}.`),
    );
    scope.addOverride(
      'output.nested.value',
      samples.map((template) => ({ list: [template], a: { b: template } })),
    );
  });
  const { hcl, json } = bothForms(stack);
  const [seen, seenAsJson] = [await outputsOf(hcl), await outputsOf(json)];
  for (const [name, list] of Object.entries(seen)) {
    (list as unknown[]).forEach((value, i) => {
      if (!jsonReads(samples[i] ?? '')) return;
      expect({ template: samples[i], value }).toEqual({
        template: samples[i],
        value: (seenAsJson[name] as unknown[])[i],
      });
    });
  }
  // The samples are no good when most of them cannot be compared.
  expect(samples.filter(jsonReads).length).toBeGreaterThan(150);
});
