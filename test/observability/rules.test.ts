import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { ERRORS } from '../../gateway/errors';
import { VARIABLES } from '../../gateway/config/variables';
import type { Variable } from '../../gateway/config/variable';
import { hasPromtool, unknownMetrics, unknownNames } from './support';

const FOLDER = join(resolve(__dirname, '../..'), 'observability');
const read = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string };
}

const { groups } = parse(read('ai-gateway.rules.yml')) as {
  readonly groups: readonly { readonly rules: readonly Rule[] }[];
};
const rules = groups.flatMap((group) => group.rules);

test('every alert names metrics that are there', () => {
  expect(rules.length).toBeGreaterThan(15);
  for (const { alert, expr } of rules) expect([alert, unknownNames(expr)]).toEqual([alert, []]);
});

test('every error that one looks for is one of the table', () => {
  for (const { alert, expr } of rules)
    for (const [, , list = ''] of expr.matchAll(/\b(error|outcome)[!=]~?"([^"]+)"/g)) {
      const [prefix, alternatives] = /^(\w*)\(([^)]*)\)$/.exec(list)?.slice(1) ?? ['', list];
      const codes = (alternatives ?? '').split('|').map((code) => `${prefix}${code}`);
      const known = [...Object.keys(ERRORS), 'issued', 'reused', 'none'];
      expect([alert, codes.filter((code) => !known.includes(code))]).toEqual([alert, []]);
    }
});

test('every alert says how bad it is, what its threshold means and what to do', () => {
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  const variables = Object.values<Variable<unknown>>(VARIABLES).map(({ name }) => name);
  for (const { alert, labels, annotations } of rules) {
    expect(alert).toMatch(/^AiGateway[A-Z]\w+$/);
    expect([alert, ['critical', 'warning'].includes(labels.severity)]).toEqual([alert, true]);
    expect([alert, annotations.summary]).toEqual([alert, expect.stringMatching(/^.{20,}\.$/)]);
    expect([alert, annotations.description.trim()]).toEqual([alert, expect.stringMatching(/^.{80,}$/s)]);
    for (const name of annotations.description.match(/\bGATEWAY_\w+/g) ?? [])
      expect(variables).toContain(name);
    expect(unknownMetrics(annotations.description)).toEqual([]);
  }
});

test('every alert is tried where it should speak, and where it should not', () => {
  const tests = (parse(read('ai-gateway.rules.test.yml')) as { tests: { name: string }[] }).tests;
  const wanted = rules.flatMap(({ alert }) => [`${alert} speaks`, `${alert} is silent`]);
  expect(tests.map(({ name }) => name)).toEqual(wanted);
});

// A machine of a user's need not have it; CI installs Debian's package.
(hasPromtool ? describe : describe.skip)('promtool', () => {
  const promtool = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: FOLDER, encoding: 'utf8' });
    return { status, said: stdout + stderr };
  };

  test('takes the rules', () => {
    expect(promtool('check', 'rules', 'ai-gateway.rules.yml')).toMatchObject({ status: 0 });
  });

  test('finds that each speaks where it should, and not where it should not', () => {
    const { status, said } = promtool('test', 'rules', 'ai-gateway.rules.test.yml');
    expect({ status, said }).toMatchObject({ status: 0 });
  });
});
