import type { Accepted, Case } from './support';

const option = (value: string, name = value) => ({ name, value });
const ERROR = 'Not so.';
const at = 'data.coder_parameter.p';

const number = (defaultValue: string, validation: object) => ({
  type: 'number',
  default: defaultValue,
  validation: { error: ERROR, ...validation },
});

export const VALIDATION_CASES: readonly Case[] = [
  {
    rule: 'validation/one',
    when: 'there are two',
    build: (b) =>
      b.raw('p', {
        validation: [
          { regex: '^a?$', error: ERROR },
          { regex: '^b?$', error: ERROR },
        ],
      }),
    says: 'validation must be given at most once, got 2',
    at,
  },
  {
    rule: 'validation/error',
    when: 'bounds come without a text',
    build: (b) => b.parameter('p', { type: 'number', default: '1', validation: { min: 1 } }),
    says: 'validation.error must say what is allowed, got null',
    at,
  },
  {
    rule: 'validation/error',
    when: 'the text is blank',
    build: (b) => b.parameter('p', { validation: { regex: '^$', error: ' ' } }),
    says: 'got " "',
    at,
  },
  {
    rule: 'validation/error-percent',
    when: 'the text has a bare percent sign',
    build: (b) => b.parameter('p', number('1', { min: 1, max: 100, error: 'Up to 100 %.' })),
    says: 'must hold no bare "%", got "Up to 100 %."',
    at,
  },
  {
    rule: 'validation/kind',
    when: 'a number has a regex',
    build: (b) => b.parameter('p', number('1', { regex: '^1$' })),
    says: 'validation.regex must not be given for a number, got "^1$": it is for strings only',
    at,
  },
  ...(['min', 'max'] as const).map((bound): Case => ({
    rule: 'validation/kind',
    when: `a string has a ${bound}`,
    build: (b) => b.parameter('p', { validation: { [bound]: 1, error: ERROR } }),
    says: `validation.${bound} must not be given for a string, got 1: it is for numbers only`,
    at,
  })),
  ...(
    [
      ['^(?=a)', 'look-around'],
      ['(?<!a)b', 'look-around'],
      ['(a)\\1', 'a backreference'],
      ['a++', 'a possessive quantifier'],
      ['(a', 'a fault'],
    ] as const
  ).map(([regex, what]): Case => ({
    rule: 'validation/regex-re2',
    when: `the regex is ${regex}`,
    build: (b) => b.parameter('p', { default: '${local.d}', validation: { regex, error: ERROR } }),
    says: `it has ${what}`,
    at,
  })),
  {
    rule: 'validation/bare-bounds',
    when: 'a bound is quoted',
    build: (b) => b.raw('p', { 'validation.min': '1' }, number('1', {})),
    says: 'validation.min must be a bare number, got "1"',
    at,
  },
  {
    rule: 'validation/whole-bounds',
    when: 'a bound is no whole number',
    build: (b) => b.parameter('p', number('1', { max: 2.5 })),
    says: 'validation.max must be a whole number, got 2.5',
    at,
  },
  {
    rule: 'validation/bounds-order',
    when: 'min is above max',
    build: (b) => b.parameter('p', { ...number('${local.d}', { min: 3, max: 2 }) }),
    says: 'validation.min must not be above max, got 3 and 2',
    at,
  },
  ...(
    [
      ['0', 'be 1 or more'],
      ['9', 'be 8 or less'],
      ['1.5', 'be a whole number'],
    ] as const
  ).map(([value, must]): Case => ({
    rule: 'validation/default-in-range',
    when: `the default ${value} is not from 1 to 8`,
    build: (b) => b.parameter('p', number(value, { min: 1, max: 8 })),
    says: `default must ${must}`,
    at,
  })),
  {
    rule: 'validation/default-matches',
    when: 'the empty default does not match',
    build: (b) => b.parameter('p', { validation: { regex: '^https://', error: ERROR } }),
    says: 'default must match "^https://", got ""',
    at,
  },
];

export const OPTION_CASES: readonly Case[] = [
  {
    rule: 'option/complete',
    when: 'one has no value',
    build: (b) => b.raw('p', { option: [{ name: 'A', value: '' }, { name: 'B' }] }),
    says: 'option 2 must have a value, got none',
    at,
  },
  {
    rule: 'option/name-unique',
    when: 'two have one name',
    build: (b) => b.parameter('p', { default: 'a', option: [option('a', 'Same'), option('b', 'Same')] }),
    says: 'option.name must be unique, got "Same"',
    at,
  },
  {
    rule: 'option/value-unique',
    when: 'two have one value',
    build: (b) => b.parameter('p', { default: 'a', option: [option('a', 'One'), option('a', 'Two')] }),
    says: 'option.value must be unique, got "a"',
    at,
  },
  {
    rule: 'option/value-of-type',
    when: 'a number offers a word',
    build: (b) => b.parameter('p', { type: 'number', default: '1', option: [option('1'), option('many')] }),
    says: 'option "many": value must be a number, as the parameter is a number, got "many"',
    at,
  },
  {
    rule: 'option/value-of-type',
    when: 'a value is a bare number',
    build: (b) => b.raw('p', { option: [{ name: 'One', value: 1 }] }, { type: 'number', default: '1' }),
    says: 'option "One": value must be a quoted string, got 1',
    at,
  },
  {
    rule: 'option/default-among',
    when: 'the default is none of them',
    build: (b) => b.parameter('p', { default: 'c', option: [option('a'), option('b')] }),
    says: 'default must be one of the options "a", "b", got "c"',
    at,
  },
  {
    rule: 'option/count',
    when: 'there are too many',
    build: (b) =>
      b.parameter('p', { default: '0', option: Array.from({ length: 501 }, (_, i) => option(String(i))) }),
    says: 'option must be given at most 500 times, got 501',
    at,
  },
];

const preset = 'data.coder_workspace_preset.s';

export const PRESET_CASES: readonly Case[] = [
  {
    rule: 'preset/name',
    when: 'the name is empty',
    build: (b) => b.preset('s', { name: '' }),
    says: 'name must not be empty',
    at: preset,
  },
  {
    rule: 'preset/name-unique',
    when: 'two have one name',
    build: (b) => (b.preset('first', { name: 'Small' }), b.preset('s', { name: 'Small' })),
    says: 'name "Small" is taken by bench/first',
    at: preset,
  },
  {
    rule: 'preset/one-default',
    when: 'two are the default and one says so in quotes',
    build: (b) => (b.preset('first', { default: true }), b.preset('s').addOverride('default', 'true')),
    says: 'default must be true for one preset only, and is for bench/first',
    at: preset,
  },
  {
    rule: 'preset/one-default',
    when: 'two are the default',
    build: (b) => (b.preset('first', { default: true }), b.preset('s', { default: true })),
    says: 'default must be true for one preset only, and is for bench/first',
    at: preset,
  },
  {
    rule: 'preset/no-silent-default',
    when: 'it is the default and sets what a command line may have chosen',
    build: (b) => {
      b.parameter('p', { default: 'a', option: [option('a'), option('b')] });
      b.preset('s', { default: true, parameters: { p: 'b' } });
    },
    says: 'default must not be true for a preset that sets parameters, got {"p":"b"}: Coder puts them above what somebody gave by --parameter',
    at: preset,
  },
  {
    rule: 'preset/known-parameter',
    when: 'it names no parameter',
    build: (b) => (b.parameter('p'), b.preset('s', { parameters: { cpus: '2' } })),
    says: 'parameters must name parameters of this template, got "cpus"',
    at: preset,
  },
  {
    rule: 'preset/value',
    when: 'its value is no option',
    build: (b) => {
      b.parameter('p', { default: 'a', option: [option('a'), option('b')] });
      b.preset('s', { parameters: { p: 'c' } });
    },
    says: 'parameters.p must be one of the options "a", "b", got "c"',
    at: preset,
  },
  {
    rule: 'preset/value',
    when: 'its value is out of range',
    build: (b) => (
      b.parameter('p', number('1', { min: 1, max: 8 })),
      b.preset('s', { parameters: { p: '99' } })
    ),
    says: 'parameters.p must be 8 or less, got "99"',
    at: preset,
  },
];

/** Icons of parameters, options, presets, apps, scripts and metadata. */
export const ICON_CASES: readonly Case[] = [
  {
    rule: 'icon/of-coder',
    when: 'Coder has none of that name',
    build: (b) => b.parameter('p', { icon: '/icon/key.svg' }),
    says: 'icon must be an icon that Coder has, got "/icon/key.svg": use one of its icons, such as "/icon/code.svg"',
    at,
  },
  {
    rule: 'icon/of-coder',
    when: 'nothing is like it',
    build: (b) => b.parameter('p', { icon: '/icon/logo-of-our-own-company.png' }),
    says: 'use one of its icons, such as "/icon/code.svg", or the address of a picture of your own',
    at,
  },
  {
    rule: 'icon/of-coder',
    when: 'that of an option is misspelt',
    build: (b) =>
      b.parameter('p', {
        default: 'a',
        option: [option('a'), { ...option('b'), icon: '/icon/opencod.svg' }],
      }),
    says: 'option[1].icon must be an icon that Coder has, got "/icon/opencod.svg": did you mean "/icon/opencode.svg"?',
    at,
  },
  {
    rule: 'icon/of-coder',
    when: 'a preset has a word of capitals',
    build: (b) => b.preset('s', { icon: '/icon/Code.svg' }),
    says: 'did you mean "/icon/code.svg"?',
    at: preset,
  },
  {
    rule: 'icon/of-coder',
    when: 'an app has another ending',
    build: (b) => (b.agent(), b.webApp('w', { icon: '/icon/jupyter.png' })),
    says: 'did you mean "/icon/jupyter.svg"?',
    at: 'coder_app.w',
  },
  {
    rule: 'icon/of-coder',
    when: 'joins its words in another way',
    build: (b) => b.parameter('p', { icon: '/icon/git-hub.svg' }),
    says: 'did you mean "/icon/github.svg"?',
    at,
  },
  {
    rule: 'icon/of-coder',
    when: 'shares a whole word',
    build: (b) => b.parameter('p', { icon: '/icon/docker-blue.svg' }),
    says: 'did you mean "/icon/docker.png"?',
    at,
  },
  {
    rule: 'icon/of-coder',
    when: 'is as short as others that it does not mean',
    build: (b) => b.parameter('p', { icon: '/icon/gut.svg' }),
    says: 'got "/icon/gut.svg": use one of its icons, such as "/icon/code.svg"',
    at,
  },
  {
    rule: 'icon/of-coder',
    when: 'shares nothing but a shade',
    build: (b) => b.parameter('p', { icon: '/icon/company-dark.svg' }),
    says: 'use one of its icons, such as "/icon/code.svg"',
    at,
  },
];

export const CHOICE_ACCEPTED: readonly Accepted[] = [
  {
    when: 'icons of Coder, of another server, and worked out ones',
    build: (b) => {
      for (const [i, icon] of [
        '/icon/roo-code.svg',
        'https://example.com/icon/key.svg',
        '/emojis/1f511.png',
        '/icon/${local.icon}.svg',
      ].entries())
        b.parameter(`p${i}`, { icon });
    },
  },
  {
    when: 'parameters and presets that take turns under one name',
    build: (b) => {
      const turns = '${length(data.coder_workspace_owner.me.groups) > 0 ? 1 : 0}';
      b.parameter('few', { name: 'size', type: 'number', default: '1', option: [option('1')] }).addOverride(
        'count',
        turns,
      );
      b.parameter('many', { name: 'size', type: 'number', default: '2', option: [option('2')] }).addOverride(
        'count',
        turns,
      );
      for (const id of ['first', 'second']) {
        b.preset(id, { name: 'Empty', default: true }).addOverride('count', turns);
      }
      b.preset('third', { name: 'Large', parameters: { size: '2' } });
    },
  },
  {
    when: 'bounds from an expression',
    build: (b) => b.raw('p', { 'validation.max': '${local.most}' }, number('1', {})),
  },
  {
    when: 'a percent sign that is doubled',
    build: (b) => b.parameter('p', number('1', { min: 1, error: '100%%' })),
  },
  {
    when: 'a default that is an expression',
    build: (b) => b.parameter('p', number('${local.d}', { min: 2 })),
  },
  {
    when: 'a regex of RE2 with classes, flags and named groups',
    build: (b) =>
      b.parameter('p', {
        default: 'ab1',
        validation: { regex: '(?i)^(?P<x>[[:alpha:]]+)\\d\\z', error: ERROR },
      }),
  },
  {
    when: 'a preset of expressions',
    build: (b) => (
      b.parameter('p', number('1', { max: 8 })),
      b.preset('s', { parameters: { p: '${local.x}' } })
    ),
  },
  {
    when: 'presets with names of their own, one of them the default',
    build: (b) => {
      b.parameter('p', { default: 'a', option: [option('a'), option('b')] });
      b.preset('s', { parameters: { p: 'a' } });
      b.preset('d', { default: true });
      b.preset('t', { parameters: { p: 'b' } });
    },
  },
  {
    when: 'a preset for a parameter whose name is an expression',
    build: (b) => (
      b.parameter('p', { name: '${local.name}' }),
      b.preset('s', { parameters: { other: 'x' } })
    ),
  },
];
