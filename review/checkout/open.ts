/** Finds the repository that a folder is part of. */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { CliError } from '../../terminal/fault';
import { UsageError } from '../../terminal/fault';
import { askFrom, askSettings, complaintOf, type Repository } from './git';

/** Folders that the person has said to be safe; more than that nobody writes down. */
const MOST_SAFE = 1_000;

export interface OpenRepository extends Repository {
  close(): void;
}

/**
 * @param folder in the checkout
 * @throws UsageError when it is in no repository, or in one that git does not trust
 */
export async function openRepository(folder: string): Promise<OpenRepository> {
  const scratch = mkdtempSync(join(tmpdir(), 'review-'));
  const close = (): void => rmSync(scratch, { recursive: true, force: true });
  try {
    const empty = join(scratch, 'empty');
    mkdirSync(empty);
    if (!existsSync(folder)) throw new UsageError(`There is no folder "${folder}" to review.`);
    const safe = await safeFolders(empty);
    const said = await askFrom(
      folder,
      ['rev-parse', '--absolute-git-dir', '--git-common-dir', '--show-toplevel'],
      safe,
    );
    const [gitDir = '', commonDir = '', top = ''] = said.out.toString('utf8').split('\n');
    if (said.code !== 0 || top === '') throw notFound(folder, said.err, complaintOf(said));
    return { gitDir, commonDir: resolve(folder, commonDir), top, scratch, empty, safe, close };
  } catch (fault) {
    close();
    throw fault;
  }
}

function notFound(folder: string, err: string, complaint: string): CliError {
  if (err.includes('dubious ownership'))
    return new UsageError(
      `The repository at "${folder}" belongs to somebody else. If you trust it: git config --global --add safe.directory "${resolve(folder)}"`,
    );
  return new UsageError(
    `"${folder}" is in no checkout of a git repository${complaint === '' ? '' : ` (${complaint})`}: run this in one, or name one with --repository.`,
  );
}

/** Only the person's and the machine's settings are asked, never a repository's. */
async function safeFolders(empty: string): Promise<string[]> {
  const said = await askSettings(empty, ['config', '--null', '--get-all', 'safe.directory']);
  if (said.code !== 0) return [];
  return said.out.toString('utf8').split('\0').slice(0, MOST_SAFE).slice(0, -1);
}
