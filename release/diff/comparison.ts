import { existsSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { GitTree, SNAPSHOTS, templatesAmong } from '../git-tree';
import { Synthesized } from '../synthesized';
import { readTemplate } from '../template-folder';
import type { Change } from './change';
import { compareTemplates, type Version } from './compare';

/** One template in two versions, and what the difference means. */
export interface Comparison {
  readonly template: string;
  /** How the versions are named: `main`, `now`, a folder. */
  readonly from: string;
  readonly to: string;
  readonly changes: readonly Change[];
}

/** Which versions are compared. */
export interface Question {
  /** A commit whose snapshots are the older version. */
  readonly ref?: string;
  /** @default - what is synthesized now */
  readonly to?: string;
  /** @default - every template that has a snapshot */
  readonly template?: string;
  readonly fromDir?: string;
  readonly toDir?: string;
  /** The repository whose snapshots are compared. */
  readonly repository: string;
}

/** @throws Error that says which part of the question cannot be answered */
export async function compare(question: Question): Promise<Comparison[]> {
  if (question.fromDir !== undefined || question.toDir !== undefined) return [await compareFolders(question)];
  if (question.ref === undefined) {
    throw new Error(
      'compare with what? Give a commit, as in "npm run diff -- main", or --from-dir and --to-dir',
    );
  }
  const from = GitTree.at(question.ref, question.repository);
  const to = question.to === undefined ? undefined : GitTree.at(question.to, question.repository);
  const names = namesOf(question, from, to);
  const synthesized = new Synthesized();
  try {
    const comparisons: Comparison[] = [];
    for (const name of names) {
      const older = from.template(name);
      const newer = to === undefined ? nowOf(name, question.repository, synthesized) : to.template(name);
      comparisons.push({
        template: name,
        from: from.ref,
        to: to?.ref ?? 'now',
        changes: await changesOf(
          older && { origin: from.ref, files: older },
          newer && { origin: to?.ref ?? 'now', files: newer },
        ),
      });
    }
    return comparisons;
  } finally {
    synthesized.dispose();
  }
}

async function compareFolders({ fromDir, toDir, ref, to, template }: Question): Promise<Comparison> {
  if (fromDir === undefined || toDir === undefined) {
    throw new Error('--from-dir and --to-dir belong together: give both folders');
  }
  if (ref !== undefined || to !== undefined) {
    throw new Error('give either commits or folders: --from-dir and --to-dir go without a git ref and --to');
  }
  return {
    template: template ?? basename(resolve(toDir)),
    from: fromDir,
    to: toDir,
    changes: await compareTemplates(
      { origin: fromDir, files: readTemplate(fromDir) },
      { origin: toDir, files: readTemplate(toDir) },
    ),
  };
}

/** Templates that are compared: the one that was named, or all that either version has a snapshot of. */
function namesOf({ template, repository }: Question, from: GitTree, to: GitTree | undefined): string[] {
  const old = from.templates();
  const now = to?.templates() ?? snapshotsIn(repository);
  const all = [...new Set([...old, ...now])].sort();
  if (old.length === 0) {
    throw new Error(
      `"${from.ref}" has no snapshot of a template (${SNAPSHOTS}/<template>/): ` +
        'give a commit that has one, or compare folders with --from-dir and --to-dir',
    );
  }
  if (template === undefined) return all;
  if (!all.includes(template)) {
    throw new Error(`there is no template "${template}": give one of ${all.join(', ')}`);
  }
  if (!old.includes(template)) {
    throw new Error(
      `"${from.ref}" has no snapshot of "${template}" (${SNAPSHOTS}/${template}/), only of ${old.join(', ')}: ` +
        'the template is newer; give a later commit, or leave --template out to see it as new',
    );
  }
  return [template];
}

function snapshotsIn(repository: string): string[] {
  const folder = join(repository, SNAPSHOTS);
  if (!existsSync(folder)) return [];
  return templatesAmong(
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/')),
  );
}

/** A template without a snapshot has been given up; one with a snapshot must still be synthesized by something. */
const nowOf = (
  name: string,
  repository: string,
  synthesized: Synthesized,
): ReturnType<typeof readTemplate> | undefined =>
  snapshotsIn(repository).includes(name) ? readTemplate(synthesized.folder(name)) : undefined;

async function changesOf(from: Version | undefined, to: Version | undefined): Promise<Change[]> {
  if (from !== undefined && to !== undefined) return compareTemplates(from, to);
  return to === undefined
    ? [
        {
          severity: 'breaks',
          title: 'the template is gone',
          details: ['Workspaces made from it stay on their last version and get no more changes.'],
          todo: 'move people to another template before it is deleted on the server',
        },
      ]
    : [
        {
          severity: 'new-only',
          title: 'the template is new',
          details: ['Nobody has a workspace of it yet.'],
        },
      ];
}
