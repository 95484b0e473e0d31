import type { Accepted, Case } from './support';

const option = (value: string, name = value) => ({ name, value });

const at = 'data.coder_parameter.p';

/** A default each type takes. */
const VALID: Readonly<Record<string, string>> = {
  string: '',
  number: '1',
  bool: 'true',
  'list(string)': '[]',
};

type Option = ReturnType<typeof option>;

/** Ways to ask that do not fit the type, and what would. */
const MISFITS: readonly [type: string, formType: string, options: readonly Option[], allowed: string][] = [
  ['string', 'dropdown', [], '"input", "textarea"'],
  ['string', 'slider', [], '"input", "textarea"'],
  ['string', 'input', [option('')], '"radio", "dropdown"'],
  ['number', 'dropdown', [], '"input", "slider"'],
  ['number', 'slider', [option('1')], '"radio", "dropdown"'],
  ['bool', 'radio', [], '"checkbox", "switch"'],
  ['bool', 'dropdown', [option('true')], '"radio"'],
  ['list(string)', 'multi-select', [], '"tag-select"'],
  ['list(string)', 'tag-select', [option('[]')], '"radio", "multi-select"'],
  ['string', 'combobox', [], '"input", "textarea"'],
];

export const PARAMETER_CASES: readonly Case[] = [
  {
    rule: 'parameter/name',
    when: 'the name is empty',
    build: (b) => b.parameter('p', { name: '' }),
    says: 'name must not be empty, got ""',
    at,
  },
  {
    rule: 'parameter/name-unique',
    when: 'two parameters have one name',
    build: (b) => (b.parameter('first', { name: 'x' }), b.parameter('p', { name: 'x' })),
    says: 'name "x" is taken by bench/first',
    at,
  },
  {
    rule: 'parameter/type',
    when: 'the type is unknown',
    build: (b) => b.parameter('p', { type: 'list(number)' }),
    says: 'type must be one of "string", "number", "bool", "list(string)", got "list(number)"',
    at,
  },
  {
    rule: 'parameter/default-present',
    when: 'there is no default',
    build: (b) => b.parameter('p', { default: undefined }),
    says: 'default must be given, got none',
    at,
  },
  {
    rule: 'parameter/default-present',
    when: 'the default is null',
    build: (b) => b.raw('p', { default: null }),
    says: 'default must be given',
    at,
  },
  ...[
    [99, '"99"'],
    [true, '"true"'],
    [['a'], '"[\\"a\\"]"'],
  ].map(([value, written]): Case => ({
    rule: 'parameter/default-quoted',
    when: `the default is a bare ${JSON.stringify(value)}`,
    build: (b) => b.raw('p', { default: value }),
    says: `default must be a quoted string, got ${JSON.stringify(value)}: write ${String(written)}`,
    at,
  })),
  ...[
    ['number', 'many', 'be a number'],
    ['bool', 'yes', 'be "true" or "false"'],
    ['list(string)', 'a', 'be a JSON list of strings'],
    ['list(string)', '[1]', 'be a JSON list of strings'],
  ].map(([type, value, must]): Case => ({
    rule: 'parameter/default-of-type',
    when: `the default of a ${type} is ${value}`,
    build: (b) => b.parameter('p', { type, default: value ?? '' }),
    says: `default must ${must}`,
    at,
  })),
  {
    rule: 'parameter/bare-number',
    when: 'order is quoted',
    build: (b) => b.raw('p', { order: '3' }),
    says: 'order must be a bare number, got "3"',
    at,
  },
  {
    rule: 'parameter/bare-bool',
    when: 'mutable is quoted',
    build: (b) => b.raw('p', { mutable: 'true' }),
    says: 'mutable must be a bare true or false, got "true"',
    at,
  },
  {
    rule: 'parameter/bare-bool',
    when: 'ephemeral is quoted',
    build: (b) => b.raw('p', { ephemeral: 'false' }),
    says: 'ephemeral must be a bare true or false, got "false"',
    at,
  },
  ...MISFITS.map(([type, formType, options, allowed]): Case => ({
    rule: 'parameter/form-type',
    when: `a ${type} with ${options.length} options is a ${formType}`,
    build: (b) => b.parameter('p', { type, formType, default: VALID[type], option: [...options] }),
    says: `must be one of ${allowed}, got "${formType}"`,
    at,
  })),
  {
    rule: 'parameter/immutable-ephemeral',
    when: 'it is ephemeral and cannot change',
    build: (b) => b.parameter('p', { ephemeral: true, mutable: false }),
    says: 'mutable must be true with ephemeral = true, got false',
    at,
  },
  {
    rule: 'parameter/immutable-ephemeral',
    when: 'it is ephemeral and says nothing of mutable',
    build: (b) => b.parameter('p', { ephemeral: true, mutable: undefined }),
    says: 'got null',
    at,
  },
  ...['{mask_input:true}', '"text"', ''].map((styling): Case => ({
    rule: 'parameter/styling-json',
    when: `styling is ${JSON.stringify(styling)}`,
    build: (b) => b.parameter('p', { styling }),
    says: 'styling must be a JSON object',
    at,
  })),
  {
    rule: 'parameter/count',
    when: 'its number depends on the workspace',
    build: (b) => b.raw('p', { count: '${data.coder_workspace.me.start_count}' }),
    says: 'count must use only what the form can read, got data.coder_workspace.me.start_count',
    at,
  },
];

export const PARAMETER_ACCEPTED: readonly Accepted[] = [
  { when: 'a line of text without more', build: (b) => b.parameter('p') },
  { when: 'a number without bounds', build: (b) => b.parameter('p', { type: 'number', default: '1.5' }) },
  {
    when: 'a type that is an expression',
    build: (b) => b.parameter('p', { type: '${local.t}', default: 'x' }),
  },
  {
    when: 'arguments that are expressions',
    build: (b) => b.raw('p', { order: '${local.o}', mutable: '${local.m}' }),
  },
  {
    when: 'a default that is an expression',
    build: (b) => b.parameter('p', { type: 'number', default: '${local.d}' }),
  },
  { when: 'an ephemeral one that can change', build: (b) => b.parameter('p', { ephemeral: true }) },
  {
    when: 'styling by jsonencode',
    build: (b) => b.parameter('p', { styling: '${jsonencode({ mask_input = true })}' }),
  },
  {
    when: 'a number of them that follows another parameter',
    build: (b) => (b.parameter('q'), b.raw('p', { count: '${data.coder_parameter.q.value == "" ? 0 : 1}' })),
  },
  {
    when: 'options made by an expression',
    build: (b) =>
      b.raw('p', {
        form_type: 'dropdown',
        dynamic: {
          option: { for_each: '${local.all}', content: { name: '${option.key}', value: '${option.value}' } },
        },
      }),
  },
  {
    when: 'several of the options of a list',
    build: (b) =>
      b.parameter('p', {
        type: 'list(string)',
        formType: 'multi-select',
        default: '["a","b"]',
        option: [option('a'), option('b'), option('c')],
      }),
  },
];
