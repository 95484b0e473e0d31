/** A git repository that holds one case, and is gone afterwards. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Case } from './cases';

/** What is reviewed in it. */
export const RANGE = 'main...change';

/** Neither the machine's settings of git nor the person's. */
const environment = (folder: string): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: folder,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'evaluation',
  GIT_AUTHOR_EMAIL: 'evaluation@example.com',
  GIT_COMMITTER_NAME: 'evaluation',
  GIT_COMMITTER_EMAIL: 'evaluation@example.com',
});

export async function inThrowAway<T>(
  { sides, message = 'A change' }: Pick<Case, 'sides' | 'message'>,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'review-eval-'));
  const git = (...args: readonly string[]): void =>
    void execFileSync('git', args, { cwd: folder, env: environment(folder), stdio: 'ignore' });
  const commit = (files: Readonly<Record<string, string>>, said: string): void => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    git('add', '--all');
    git('commit', '--quiet', '--allow-empty', '--no-gpg-sign', '--message', said);
  };
  try {
    git('init', '--quiet', '--template=', '--initial-branch=main');
    commit(sides.before, 'Before');
    git('checkout', '--quiet', '-b', 'change');
    commit(sides.after, message);
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
