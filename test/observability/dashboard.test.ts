import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { dashboard } from '../../observability/dashboard';
import { hasPromtool, unknownNames } from './support';

const FILE = join(resolve(__dirname, '../..'), 'observability', 'ai-gateway.dashboard.json');

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly h: number; readonly w: number; readonly x: number; readonly y: number };
  readonly targets?: readonly { readonly expr: string; readonly refId: string }[];
}

interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
}

const parsed = JSON.parse(dashboard()) as Dashboard;
const expressions = parsed.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

test('the file is what the panels say', () => {
  if (process.env.UPDATE_SNAPSHOT) writeFileSync(FILE, dashboard());
  expect(existsSync(FILE) && readFileSync(FILE, 'utf8')).toBe(dashboard());
});

test('every metric that it names is one of the list, or the process’s', () => {
  expect(expressions.length).toBeGreaterThan(30);
  for (const text of [...expressions, ...parsed.templating.list.map(({ definition = '' }) => definition)])
    expect([text, unknownNames(text)]).toEqual([text, []]);
});

test('no two panels share an id or a place, and each is explained', () => {
  const ids = parsed.panels.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const cells = parsed.panels.flatMap(({ gridPos: { h, w, x, y } }) =>
    Array.from({ length: h * w }, (_, at) => `${x + (at % w)}/${y + Math.floor(at / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  for (const { type, title, description = '', targets = [], gridPos } of parsed.panels) {
    expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    if (type === 'row') continue;
    expect([title, description]).toEqual([title, expect.stringMatching(/^.{8,}\.$/)]);
    expect(targets.length).toBeGreaterThan(0);
    expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
  }
});

test('every variable that is used is one of the dashboard’s', () => {
  const named = ['__rate_interval', '__all', ...parsed.templating.list.map(({ name }) => name)];
  const used = [...dashboard().matchAll(/\$\{?(\w+)/g)].map(([, name = '']) => name);
  expect(used.filter((name) => !named.includes(name))).toEqual([]);
});

// A machine of a user's need not have it; CI installs Debian's package.
(hasPromtool ? test : test.skip)('every query is one that Prometheus takes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dashboard-'));
  try {
    const rules = expressions.map((expr, at) => ({
      record: `query_${at}`,
      expr: expr.replaceAll('$__rate_interval', '5m'),
    }));
    const file = join(folder, 'rules.yml');
    // JSON is YAML.
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'panels', rules }] }));
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', file], { encoding: 'utf8' });
    expect({ status, stderr, stdout }).toMatchObject({ status: 0, stderr: '' });
    expect(stdout).toContain(`${expressions.length} rules found`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
