import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Change } from '../../release/diff/change';
import { compareTemplates } from '../../release/diff/compare';
import { documentPath, templatesAmong } from '../../release/snapshots';
import { readTemplate } from '../../release/template-folder';

export const ROOT = resolve(__dirname, '..', '..');
export const SNAPSHOT = join(ROOT, 'test', 'snapshots', 'contractor-workspace');

/** Names of the templates that are committed as files. */
export const TEMPLATES = templatesAmong(
  readdirSync(dirname(SNAPSHOT), { recursive: true, encoding: 'utf8' }),
);

const made: string[] = [];

export const removeFolders = (): void =>
  made.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true }));

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'release-test-'));
  made.push(folder);
  return folder;
}

/** Changes to the files of a template, each at a place that must be there. */
export class TemplateEdit {
  constructor(private readonly files: Map<string, string>) {}

  replace(path: string, from: string | RegExp, to: string): this {
    const text = this.files.get(path) ?? '';
    const changed = text.replace(from, () => to);
    if (changed === text) throw new Error(`${path} no longer holds ${String(from)}: mend the test`);
    this.files.set(path, changed);
    return this;
  }

  append(path: string, text: string): this {
    this.files.set(path, `${this.files.get(path) ?? ''}${text}`);
    return this;
  }

  remove(path: string): this {
    if (!this.files.delete(path)) throw new Error(`there is no ${path}: mend the test`);
    return this;
  }
}

export type Edit = (template: TemplateEdit) => unknown;

/** The committed template as files, after some edits. */
export function editedTemplate(edit: Edit = () => undefined): ReadonlyMap<string, string> {
  const files = new Map(readTemplate(SNAPSHOT));
  edit(new TemplateEdit(files));
  return files;
}

/** What it means that the committed template becomes another one. */
export const changesBy = (edit: Edit, older?: Edit): Promise<Change[]> =>
  compareTemplates(
    { origin: 'old', files: editedTemplate(older) },
    { origin: 'new', files: editedTemplate(edit) },
  );

/** Severity and title of every change. */
export const titles = (changes: readonly Change[]): string[] =>
  changes.map(({ severity, title }) => `${severity}: ${title}`);

export function writeTemplate(folder: string, files: ReadonlyMap<string, string>): void {
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** A copy of the committed template in a folder named as the template, after some edits. */
export function templateFolder(edit?: Edit): string {
  const folder = join(temporaryFolder(), 'contractor-workspace');
  writeTemplate(folder, editedTemplate(edit));
  return folder;
}

export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of `release/` as npm does, in a folder of choice. */
export function runRelease(
  program: 'diff' | 'preflight' | 'snapshot',
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Run {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(ROOT, 'bin', 'start.cjs'), program, ...args],
    { cwd: options.cwd ?? ROOT, encoding: 'utf8', env: { ...process.env, ...options.env } },
  );
  return { status, stdout, stderr };
}

/** A repository in a folder of its own, nobody's settings of git in effect. */
export class Repository {
  readonly folder = temporaryFolder();

  constructor() {
    this.git('init', '--quiet', '--initial-branch=main');
  }

  git(...args: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync('git', args, {
      cwd: this.folder,
      encoding: 'utf8',
      env: {
        ...process.env,
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_CONFIG_SYSTEM: '/dev/null',
        GIT_AUTHOR_NAME: 'test',
        GIT_AUTHOR_EMAIL: 'test@example.com',
        GIT_COMMITTER_NAME: 'test',
        GIT_COMMITTER_EMAIL: 'test@example.com',
      },
    });
    if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
    return stdout;
  }

  /**
   * Commits snapshots of templates, by name, in place of those that are there.
   * @param documents texts of the gateway's documents beside them
   */
  commit(
    message: string,
    snapshots: Readonly<Record<string, ReadonlyMap<string, string>>>,
    documents: Readonly<Record<string, string>> = {},
  ): void {
    rmSync(join(this.folder, 'test'), { recursive: true, force: true });
    for (const [name, files] of Object.entries(snapshots)) {
      writeTemplate(join(this.folder, 'test', 'snapshots', name), files);
    }
    for (const [name, text] of Object.entries(documents))
      writeFileSync(join(this.folder, documentPath(name)), text);
    this.git('add', '--all');
    this.git('commit', '--quiet', '--allow-empty', '-m', message);
  }
}

export const readText = (...path: readonly string[]): string => readFileSync(join(...path), 'utf8');
