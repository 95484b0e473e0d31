import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';

const ROOT = resolve(__dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const parts = /^ALL=\((.*)\)$/m.exec(read('.ci/check'))?.[1]?.split(' ') ?? [];

test('each part is a function, and one that is none is refused before anything runs', () => {
  expect(parts.length).toBeGreaterThan(3);
  for (const part of parts) expect(read('.ci/check')).toContain(`\n${part}_part() {\n`);
  const { status, stderr } = spawnSync('bash', ['.ci/check', 'code', 'tets'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([2, `There is no part "tets": name some of ${parts.join(' ')}.\n`]);
});

test('every script that a part runs is there', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = [...read('.ci/check').matchAll(/npm run --silent (\S+)/g)].map(([, name = '']) => name);
  expect(named.length).toBeGreaterThan(8);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});

test('the recipes for GitHub and GitLab call all parts, and all of the tests', () => {
  const github = parse(read('.github/workflows/check.yml')) as {
    permissions: unknown;
    jobs: { part: { strategy: { matrix: { include: { part: string; shard?: string }[] } } } };
  };
  const jobs = github.jobs.part.strategy.matrix.include;
  expect([...new Set(jobs.map(({ part }) => part))]).toEqual(parts);
  expect(jobs.flatMap(({ shard }) => shard ?? [])).toEqual(['1/3', '2/3', '3/3']);
  expect(github.permissions).toEqual({ contents: 'read' });

  const gitlab = parse(read('.gitlab-ci.yml')) as Record<
    string,
    { script: string[]; parallel: number & { matrix: { PART: string[] }[] } }
  >;
  const called = ['tests', 'engine'].flatMap(
    (job) => /\.ci\/run (\w+)$/.exec(gitlab[job]?.script[0] ?? '')?.[1] ?? [],
  );
  expect([...(gitlab['check']?.parallel.matrix[0]?.PART ?? []), ...called].sort()).toEqual([...parts].sort());
});
