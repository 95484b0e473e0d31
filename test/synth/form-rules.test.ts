import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'cdktf';
import { DataCoderParameter } from '../../constructs/workspace/coder';
import { checkFormRules, FORM_RULES, FormRulesError } from '../../synth/form-rules';
import { TemplateStack } from '../../synth/template-stack';
import {
  CHOICE_ACCEPTED,
  ICON_CASES,
  OPTION_CASES,
  PRESET_CASES,
  VALIDATION_CASES,
} from './form-rules/choice-cases';
import { CONTAINER_ACCEPTED, CONTAINER_CASES } from './form-rules/container-cases';
import { ENV_ACCEPTED, ENV_CASES } from './form-rules/env-cases';
import { EXPRESSION_ACCEPTED, EXPRESSION_CASES } from './form-rules/expression-cases';
import { PARAMETER_ACCEPTED, PARAMETER_CASES } from './form-rules/parameter-cases';
import { PROVIDER_ACCEPTED, PROVIDER_CASES } from './form-rules/provider-cases';
import { SECRET_ACCEPTED, SECRET_CASES } from './form-rules/secret-cases';
import { Bench, type Accepted, type Case } from './form-rules/support';
import { WORKSPACE_ACCEPTED, WORKSPACE_CASES } from './form-rules/workspace-cases';

const CASES: readonly Case[] = [
  ...PARAMETER_CASES,
  ...VALIDATION_CASES,
  ...OPTION_CASES,
  ...PRESET_CASES,
  ...ICON_CASES,
  ...EXPRESSION_CASES,
  ...WORKSPACE_CASES,
  ...ENV_CASES,
  ...CONTAINER_CASES,
  ...PROVIDER_CASES,
  ...SECRET_CASES,
];

const ACCEPTED: readonly Accepted[] = [
  ...PARAMETER_ACCEPTED,
  ...CHOICE_ACCEPTED,
  ...EXPRESSION_ACCEPTED,
  ...WORKSPACE_ACCEPTED,
  ...ENV_ACCEPTED,
  ...CONTAINER_ACCEPTED,
  ...PROVIDER_ACCEPTED,
  ...SECRET_ACCEPTED,
];

describe('fails when', () => {
  test.each(CASES.map((one) => [one.rule, one.when, one] as const))('%s: %s', (_rule, _when, one) => {
    const bench = new Bench(one.stackId);
    one.build(bench);
    const faults = bench.faults();
    expect([...new Set(faults.map(({ rule }) => rule))].sort()).toEqual(
      [one.rule, ...(one.also ?? [])].sort(),
    );
    const fault = faults.find(({ rule, address }) => rule === one.rule && address === one.at);
    expect(fault?.message).toContain(one.says);
    expect(fault?.path.startsWith(bench.stack.node.path)).toBe(true);
  });
});

test('every rule is broken above, and has an id of its own', () => {
  const ids = FORM_RULES.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect([...new Set(CASES.map(({ rule }) => rule))].sort()).toEqual([...ids].sort());
});

describe('accepts', () => {
  test.each(ACCEPTED.map((one) => [one.when, one] as const))('%s', (_when, { build }) => {
    const bench = new Bench();
    build(bench);
    expect(bench.faults()).toEqual([]);
  });
});

describe('a stack with many faults', () => {
  const broken = (): Bench => {
    const bench = new Bench('many-faults');
    bench.parameter('cpu', { type: 'number', formType: 'dropdown', default: '2' });
    bench.raw('disk', { default: 10, order: '1' });
    bench.agent();
    bench.script('idle', { runOnStart: undefined });
    bench.webApp('web', { url: undefined });
    return bench;
  };

  test('has one error that lists all of them, with path, address and what to do', () => {
    const { stack } = broken();
    expect(() => checkFormRules(stack)).toThrow(FormRulesError);
    let message = '';
    try {
      checkFormRules(stack);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message.split('\n')).toEqual([
      'many-faults: 5 faults',
      expect.stringMatching(
        /^- many-faults\/cpu \(data\.coder_parameter\.cpu\): form_type of a number .*"dropdown"/,
      ),
      expect.stringMatching(
        /^- many-faults\/disk \(data\.coder_parameter\.disk\): default must be .* write "10"/,
      ),
      expect.stringMatching(
        /^- many-faults\/disk \(data\.coder_parameter\.disk\): order must be a bare number/,
      ),
      expect.stringMatching(/^- many-faults\/idle \(coder_script\.idle\): run_on_start, run_on_stop or cron/),
      expect.stringMatching(/^- many-faults\/web \(coder_app\.web\): url or command must be given/),
    ]);
  });

  test('is synthesized by an app that skips validation, and only then', () => {
    const outdir = mkdtempSync(join(tmpdir(), 'form-rules-'));
    const app = new App({ outdir, stackTraces: false, skipValidation: true });
    new DataCoderParameter(new TemplateStack(app, 'unchecked'), 'p', { name: '' });
    app.synth();
    expect(existsSync(join(outdir, 'stacks', 'unchecked', 'parameters.tf'))).toBe(true);
    rmSync(outdir, { recursive: true });
  });

  test('is not synthesized', () => {
    expect(() => broken().app.synth()).toThrow('many-faults: 5 faults');
  });
});

test('a rule never throws, whatever stands in a block', () => {
  const odd: readonly unknown[] = [
    null,
    0,
    '',
    [],
    {},
    [[]],
    [null],
    '${',
    '%{ x',
    '${a.b',
    { '': [] },
    [{ name: {} }],
  ];
  const block = {
    name: 'name',
    type: 'type',
    default: 'default',
    option: 'option',
    validation: 'validation',
  };
  const kinds: readonly ((bench: Bench) => { addOverride(path: string, value: unknown): void })[] = [
    (bench) => bench.parameter('p'),
    (bench) => bench.preset('s'),
    (bench) => bench.agent(),
    (bench) => bench.script('x'),
    (bench) => bench.webApp('w'),
    (bench) => bench.variable('v'),
    (bench) => bench.input('i', { sensitive: true }),
    (bench) => bench.resource('docker_container', 'c', { env: ['${coder_agent.main.token}'] }),
    (bench) => bench.resource('docker_volume', 'd'),
    (bench) => bench.resource('docker_network', 'n'),
    (bench) => bench.data('coder_secret', 'k'),
  ];
  const names = [
    ...Object.keys(block),
    ...[
      'parameters',
      'styling',
      'count',
      'dynamic',
      'metadata',
      'env',
      'cron',
      'script',
      'slug',
      'url',
      'agent_id',
      'prebuilds',
      'resources_monitoring',
      'lifecycle',
      'memory',
      'capabilities',
      'healthcheck',
      'volumes',
      'ports',
      'image',
      'networks_advanced',
      'timeout',
    ],
  ];
  for (const make of kinds) {
    for (const value of odd) {
      for (const name of names) {
        const bench = new Bench();
        make(bench).addOverride(name, value);
        expect(() => bench.faults()).not.toThrow();
      }
    }
  }
});
