import { compareTemplates } from '../../release/diff/compare';
import { writeReport } from '../../release/diff/report';
import { changesBy, editedTemplate, titles, type Edit } from './support';

const before = editedTemplate();

const parameter = (name: string, text: string): string => `
data "coder_parameter" "${name}" {
  name = "${name}"
  type = "string"
${text}
}
`;

const sized = (least: number): string => `
variable "size" {
  type    = number
  default = 64
  validation {
    condition     = var.size >= ${least}
    error_message = "Too small."
  }
}
`;

const OPUS = /  option \{\n    name {8}= "Claude Opus[^}]*\}\n/;

test('the committed template compared with itself has no change', async () => {
  expect(await compareTemplates({ origin: 'a', files: before }, { origin: 'b', files: before })).toEqual([]);
});

describe('parameters', () => {
  test.each<{ what: string; edit: Edit; older?: Edit; expected: string[]; says?: RegExp }>([
    {
      what: 'an option that stored values still hold',
      edit: (template) => template.replace('parameters.tf', OPUS, ''),
      expected: ['breaks: parameter `ai_model`: option `claude-opus` removed'],
      says: /refuses to start on this version .*older servers fail its stop and delete/,
    },
    {
      what: 'a gateway that the policy no longer allows',
      edit: (template) =>
        template
          .replace('parameters.tf', /"http:\/\/litellm:4000"/g, '"https://ai.example.com"')
          .replace('ai.tf', 'http://litellm:4000', 'https://ai.example.com'),
      expected: [
        'breaks: parameter `ai_gateway_url`: option `http://litellm:4000` removed',
        'next-start: `local.ai_gateways` changed',
        'new-only: parameter `ai_gateway_url`: option `https://ai.example.com` added',
        'new-only: parameter `ai_gateway_url`: default `"http://litellm:4000"` → `"https://ai.example.com"`',
      ],
    },
    {
      what: 'an option with another value',
      edit: (template) =>
        template.replace('parameters.tf', 'value       = "opencode"', 'value       = "open-code"'),
      expected: [
        'breaks: parameter `ai_assistant`: option `opencode` removed',
        'new-only: parameter `ai_assistant`: option `open-code` added',
      ],
    },
    {
      what: 'an option with another name',
      edit: (template) => template.replace('parameters.tf', 'name        = "OpenCode"', 'name = "Terminal"'),
      expected: ['cosmetic: parameter `ai_assistant`: `name` of option `opencode` changed'],
      says: /`OpenCode` → `Terminal`/,
    },
    {
      what: 'options in place of free text',
      edit: (template) =>
        template.append(
          'parameters.tf',
          parameter('region', '  default = "a"\n  option {\n    name = "A"\n    value = "a"\n  }'),
        ),
      older: (template) => template.append('parameters.tf', parameter('region', '  default = "a"')),
      expected: ['breaks: parameter `region`: 1 options instead of any value'],
    },
    {
      what: 'options that expressions make',
      edit: (template) =>
        template.append('parameters.tf', `${parameter('region', DYNAMIC)}locals {\n  regions = ["a"]\n}\n`),
      older: (template) =>
        template.append(
          'parameters.tf',
          `${parameter('region', DYNAMIC)}locals {\n  regions = ["a", "b"]\n}\n`,
        ),
      expected: ['breaks: parameter `region`: its options are worked out by expressions that changed'],
    },
    {
      what: 'another default',
      edit: (template) => template.replace('parameters.tf', 'default      = "2"', 'default      = "4"'),
      expected: ['new-only: parameter `cpu`: default `"2"` → `"4"`'],
      says: /keep their stored value/,
    },
    {
      what: 'a lower bound for a number',
      edit: (template) => template.replace('parameters.tf', 'max   = 8', 'max   = 4'),
      expected: ['breaks: parameter `cpu`: accepts less, `max` `8` → `4`'],
    },
    {
      what: 'a higher bound for a number',
      edit: (template) => template.replace('parameters.tf', 'max   = 8', 'max   = 12'),
      expected: ['new-only: parameter `cpu`: accepts more, `max` `8` → `12`'],
    },
    {
      what: 'another pattern',
      edit: (template) => template.replace('parameters.tf', /regex = .*/, 'regex = "^(https://.*)?$"'),
      expected: [
        expect.stringMatching(/^breaks: parameter `git_repo`: accepts something else, `regex`/) as string,
      ],
    },
    {
      what: 'a value that can no longer be changed',
      edit: (template) =>
        template.replace(
          'parameters.tf',
          /(?<=slider"\n {2}default {6}= "2"\n {2}mutable {6}= )true/,
          'false',
        ),
      expected: ['next-start: parameter `cpu` can no longer be changed'],
    },
    {
      what: 'another type',
      edit: (template) => template.replace('parameters.tf', 'type         = "number"', 'type = "string"'),
      expected: ['breaks: parameter `cpu`: type `number` → `string`'],
    },
    {
      what: 'another way to ask',
      edit: (template) =>
        template.replace('parameters.tf', 'form_type    = "slider"', 'form_type    = "input"'),
      expected: ['cosmetic: parameter `cpu`: `form_type` changed'],
    },
    {
      what: 'a new parameter with a default',
      edit: (template) =>
        template.append('parameters.tf', parameter('region', '  default = "north"\n  mutable = true')),
      expected: ['next-start: parameter `region` added'],
      says: /its default `"north"`/,
    },
    {
      what: 'a new parameter without a default',
      edit: (template) => template.append('parameters.tf', parameter('region', '')),
      expected: ['breaks: parameter `region` added without a default'],
    },
    {
      what: 'a parameter that is gone',
      edit: () => undefined,
      older: (template) => template.append('parameters.tf', parameter('region', '  default = "north"')),
      expected: ['loses-data: parameter `region` removed'],
      says: /stored value .* dropped/,
    },
    {
      what: 'a parameter under a new name',
      edit: (template) => template.append('parameters.tf', parameter('place', '  default = "north"')),
      older: (template) => template.append('parameters.tf', parameter('region', '  default = "north"')),
      expected: ['loses-data: parameter `region` is now `place`'],
      says: /falls back to the default/,
    },
    {
      what: 'a parameter that is hidden at times',
      edit: (template) =>
        template.append('parameters.tf', parameter('region', '  default = "north"\n  count = 0')),
      older: (template) => template.append('parameters.tf', parameter('region', '  default = "north"')),
      expected: ['loses-data: parameter `region` is shown under another condition'],
    },
  ])('$what', async ({ edit, older, expected, says }) => {
    const changes = await changesBy(edit, older);
    expect(titles(changes)).toEqual(expected);
    if (says !== undefined) expect(changes[0]?.details.join('\n')).toMatch(says);
  });
});

const DYNAMIC = `  default = "a"
  dynamic "option" {
    for_each = local.regions
    content {
      name  = option.value
      value = option.value
    }
  }`;

describe('presets', () => {
  test.each<{ what: string; edit: Edit; expected: string[] }>([
    {
      what: 'another value',
      edit: (template) => template.replace('parameters.tf', /cpu {18}= "1"/, 'cpu = "2"'),
      expected: ['new-only: preset `Light` changed'],
    },
    {
      what: 'another name',
      edit: (template) => template.replace('parameters.tf', 'name        = "Light"', 'name = "Small"'),
      expected: ['new-only: preset `Light` removed', 'new-only: preset `Small` added'],
    },
  ])('$what', async ({ edit, expected }) => {
    expect(titles(await changesBy(edit))).toEqual(expected);
  });
});

describe('variables', () => {
  const variable =
    (text: string): Edit =>
    (template) =>
      template.append('identity.tf', `variable "region" {\n  type = string\n${text}\n}\n`);

  test.each<{ what: string; edit: Edit; older?: Edit; expected: string[]; says?: RegExp }>([
    {
      what: 'a new one without a default',
      edit: variable(''),
      expected: ['push: variable `region` added without a default'],
      says: /push fails without a value/,
    },
    {
      what: 'a new one with a default',
      edit: variable('  default = "a"'),
      expected: ['cosmetic: variable `region` added'],
    },
    {
      what: 'another default, which the server ignores',
      edit: variable('  default = "b"'),
      older: variable('  default = "a"'),
      expected: ['push: variable `region`: default `"a"` → `"b"`'],
      says: /ignores a new default/,
    },
    {
      what: 'one that is gone',
      edit: () => undefined,
      older: variable('  default = "a"'),
      expected: ['cosmetic: variable `region` removed'],
    },
    {
      what: 'a secret that is one no longer',
      edit: (template) => template.replace('identity.tf', '  sensitive   = true\n', ''),
      expected: ['push: variable `workspace_claim_secret` is no longer sensitive'],
    },
    {
      what: 'a narrower check',
      older: (template) => template.append('identity.tf', sized(32)),
      edit: (template) => template.append('identity.tf', sized(64)),
      expected: ['push: variable `size`: `validation` changed'],
    },
  ])('$what', async ({ edit, older, expected, says }) => {
    const changes = await changesBy(edit, older);
    expect(titles(changes)).toEqual(expected);
    if (says !== undefined) expect(changes[0]?.details.join('\n')).toMatch(says);
  });
});

test('versions of Terraform and of providers', async () => {
  const changes = await changesBy((template) =>
    template
      .replace('versions.tf', '">= 1.9, < 2"', '">= 1.11, < 2"')
      .replace('versions.tf', '">= 3.6, < 5"', '">= 4.0, < 5"'),
  );
  expect(titles(changes)).toEqual([
    'next-start: Terraform `">= 1.9, < 2"` → `">= 1.11, < 2"`',
    'next-start: provider `docker`: another version or source',
  ]);
  expect(changes[1]?.details[0]).toBe('`version`: `">= 3.6, < 5"` → `">= 4.0, < 5"`');
});

test('a backend block', async () => {
  const changes = await changesBy((template) =>
    template.append('versions.tf', 'terraform {\n  backend "local" {}\n}\n'),
  );
  expect(titles(changes)).toEqual(['breaks: a backend block']);
});

test('the report says how many kinds of stored values are taken away', async () => {
  const changes = await changesBy((template) =>
    template
      .replace('parameters.tf', OPUS, '')
      .replace('parameters.tf', 'value       = "opencode"', 'value       = "open-code"')
      .replace('parameters.tf', 'max   = 16', 'max   = 8'),
  );
  const report = (some: typeof changes): string =>
    writeReport([{ template: 'a', from: 'main', to: 'now', changes: some }], 'text');
  expect(report(changes)).toContain('3 kinds of stored values will refuse to start.');
  expect(report(changes.slice(0, 1))).toContain('1 kind of stored value will refuse to start.');
  expect(report([])).not.toContain('will refuse to start');
});
