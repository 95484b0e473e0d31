/** A git repository of a test's own, made with the real git. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface TestRepository {
  readonly folder: string;
  /** @returns what git says */
  git(...args: readonly string[]): string;
  write(files: Readonly<Record<string, string | Buffer>>): void;
  /** Everything that lies there. @returns the commit */
  commit(message?: string, files?: Readonly<Record<string, string | Buffer>>): string;
  remove(): void;
}

/** @param files of a first commit on `main`; then the branch `change` is checked out */
export function makeRepository(files: Readonly<Record<string, string | Buffer>> = {}): TestRepository {
  const folder = mkdtempSync(join(tmpdir(), 'review-test-'));
  const git: TestRepository['git'] = (...args) =>
    execFileSync('git', ['-c', 'protocol.file.allow=always', ...args], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 64 * 1024 * 1024,
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_AUTHOR_NAME: 'a',
        GIT_AUTHOR_EMAIL: 'a@example.com',
        GIT_COMMITTER_NAME: 'a',
        GIT_COMMITTER_EMAIL: 'a@example.com',
      },
    }).trim();
  const repository: TestRepository = {
    folder,
    git,
    write(content) {
      for (const [name, text] of Object.entries(content)) {
        mkdirSync(dirname(join(folder, name)), { recursive: true });
        writeFileSync(join(folder, name), text);
      }
    },
    commit(message = 'a change', content = {}) {
      repository.write(content);
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', '--message', message);
      return git('rev-parse', 'HEAD');
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
  git('init', '--quiet', '--initial-branch=main');
  repository.commit('first', files);
  git('checkout', '--quiet', '-b', 'change');
  return repository;
}
