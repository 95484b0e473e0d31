/** A job of a platform's CI: its variables, its repository over HTTP, its API, and the gateway. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { ForgeName } from '../../../review/forges/names';
import type { RecipeOptions } from '../../../review/recipes/options';
import { renderRecipe } from '../../../review/recipes/render';
import { FORGE_STANDINS, TOKEN, type ForgeStandin } from '../../standins/forges';
import { gitServer } from '../../standins/forges/git-server';
import { makeRepository, type TestRepository } from '../support/repository';

export interface Job {
  readonly repository: TestRepository;
  readonly standin: ForgeStandin;
  /** Of a run for the change as it is now. */
  variables(): Record<string, string>;
  /** Where the job's files are. */
  readonly folder: string;
  close(): Promise<void>;
}

const PATHS: Readonly<Record<ForgeName, string>> = {
  github: '/acme/shop',
  gitea: '/acme/shop',
  gitlab: '/acme/shop.git',
};
const REFS: Readonly<Record<ForgeName, string>> = {
  github: 'refs/pull/7/head',
  gitea: 'refs/pull/7/head',
  gitlab: 'refs/merge-requests/7/head',
};

/** @param commits of the base since the change was made from it */
export async function startJob(name: ForgeName, commits = 3): Promise<Job> {
  const repository = makeRepository({
    'src/load.ts': 'export function load(id: string) {\n  return id;\n}\n',
  });
  repository.commit('load from the database', {
    'src/load.ts': 'export function load(id: string) {\n  return db.query("select " + id);\n}\n',
  });
  repository.git('checkout', '--quiet', 'main');
  for (let at = 0; at < commits; at += 1)
    repository.git('commit', '--quiet', '--allow-empty', '--message', `more ${at}`);
  repository.git('checkout', '--quiet', 'change');
  const { start, variables } = FORGE_STANDINS[name];
  const login = `${name === 'gitlab' ? 'gitlab-ci-token' : 'x-access-token'}:${TOKEN}`;
  const standin = await start({
    beside: gitServer(() => ({ folder: repository.folder, path: PATHS[name], login })),
  });
  const folder = mkdtempSync(join(tmpdir(), 'review-job-'));
  return {
    repository,
    standin,
    folder,
    variables() {
      const head = repository.git('rev-parse', 'change');
      repository.git('update-ref', REFS[name], head);
      standin.state.head = head;
      standin.state.lines = { 'src/load.ts': { 1: 1, 2: null, 3: 3 } };
      return { ...variables(standin.url), ...OWN[name](standin.url, head, folder) };
    },
    async close() {
      repository.remove();
      await standin.close();
    },
  };
}

/** What the workflow's expressions come to, and what a runner sets. */
const pull = (_: string, head: string, folder: string): Record<string, string> => ({
  REVIEW_BASE: 'main',
  REVIEW_NUMBER: '7',
  REVIEW_HEAD: head,
  REVIEW_HEAD_REPOSITORY: 'acme/shop',
  GITHUB_STEP_SUMMARY: join(folder, 'summary.md'),
});

const OWN: Readonly<Record<ForgeName, typeof pull>> = {
  github: pull,
  gitea: pull,
  gitlab: (url, head, folder) => ({
    CI_MERGE_REQUEST_PROJECT_URL: `${url}/acme/shop`,
    CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
    CI_COMMIT_SHA: head,
    CI_MERGE_REQUEST_SOURCE_PROJECT_ID: '12',
    CI_JOB_TOKEN: TOKEN,
    CI_PROJECT_DIR: folder,
  }),
};

interface Step {
  readonly run: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The script of a recipe, and the variables that it sets to a fixed value. */
export function scriptOf(
  name: ForgeName,
  options: RecipeOptions,
): { readonly script: string; readonly fixed: Readonly<Record<string, string>> } {
  const file = parse(renderRecipe(name, options)) as {
    jobs?: { review: { steps: [Step] } };
    'ai-review'?: { script: [string]; variables: Record<string, string> };
  };
  const step = file.jobs?.review.steps[0];
  const env = step?.env ?? file['ai-review']?.variables ?? {};
  return {
    script: step?.run ?? file['ai-review']?.script[0] ?? '',
    fixed: Object.fromEntries(Object.entries(env).filter(([, value]) => !value.includes('${{'))),
  };
}

/** What a runner makes of a step: a file. */
export function writeScript(folder: string, script: string): string {
  const path = join(folder, 'script.sh');
  writeFileSync(path, script);
  return path;
}

/** The second file that a job leaves, beside the comments. */
export const reportOf = (name: ForgeName, folder: string): string =>
  readFileSync(join(folder, name === 'gitlab' ? 'gl-code-quality-report.json' : 'summary.md'), 'utf8');
