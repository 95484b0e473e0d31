import { basename, resolve } from 'node:path';
import { saying } from '../../terminal/progress';
import { UsageError } from '../../terminal/fault';
import { GitTree } from '../git-tree';
import { Repository } from '../repository';
import { Scratch } from '../scratch';
import { documentPath, SNAPSHOTS, snapshotsIn } from '../snapshots';
import { documentBeside, Synthesized, type Written } from '../synthesized';
import { readTemplate } from '../template-folder';
import { inOrder, type Change } from './change';
import { compareTemplates, type Version } from './compare';
import { comparePolicies } from './policy/compare-policies';

/** One template in two versions, and what the difference means. */
export interface Comparison {
  readonly template: string;
  /** How the versions are named: `main`, `now`, a folder. */
  readonly from: string;
  readonly to: string;
  readonly changes: readonly Change[];
  /** Why policy and prices are not among the changes. @default - they are */
  readonly policyNote?: string;
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
  /** The repository whose snapshots are compared, or a folder in it. */
  readonly repository: string;
}

/** A template in one version, with the gateway's document beside it. */
interface Side extends Version {
  readonly document: string | undefined;
  /** Where the document would be, for whoever misses it, in words. */
  readonly documentAt: string;
}

/** @throws Error that says which part of the question cannot be answered */
export async function compare(question: Question): Promise<Comparison[]> {
  if (question.fromDir !== undefined || question.toDir !== undefined) return [await compareFolders(question)];
  const { ref, to } = question;
  if (ref === undefined) {
    throw new UsageError(
      'compare with what? Give a commit, as in "npm run diff -- main", or --from-dir and --to-dir',
    );
  }
  return Scratch.with(async (scratch) => {
    const repository = await Repository.around(question.repository, scratch);
    const from = await GitTree.at(ref, repository);
    const newer = to === undefined ? undefined : await GitTree.at(to, repository);
    const names = namesOf(question, repository.project, from, newer);
    const sideNow = newer === undefined ? await sidesNow(names, repository.project, scratch) : inTree(newer);
    const comparisons: Comparison[] = [];
    for (const name of names) {
      const sides = [await inTree(from)(name), await sideNow(name)] as const;
      comparisons.push({
        template: name,
        from: from.ref,
        to: newer?.ref ?? 'now',
        ...(await changesOf(...sides)),
      });
    }
    return comparisons;
  });
}

async function compareFolders({ fromDir, toDir, ref, to, template }: Question): Promise<Comparison> {
  if (fromDir === undefined || toDir === undefined) {
    throw new UsageError('--from-dir and --to-dir belong together: give both folders');
  }
  if (ref !== undefined || to !== undefined) {
    throw new UsageError(
      'give either commits or folders: --from-dir and --to-dir go without a git ref and --to',
    );
  }
  const [older, newer] = [fromDir, toDir].map((folder) => ({
    origin: folder,
    files: readTemplate(folder),
    document: documentBeside(resolve(folder)),
    documentAt: 'beside it (../../gateway/config.json)',
  }));
  return {
    template: template ?? basename(resolve(toDir)),
    from: fromDir,
    to: toDir,
    ...(await changesOf(older, newer)),
  };
}

/** Templates that are compared: the one that was named, or all that either version has a snapshot of. */
function namesOf({ template }: Question, project: string, from: GitTree, to: GitTree | undefined): string[] {
  const old = from.templates();
  const now = to?.templates() ?? snapshotsIn(project);
  const all = [...new Set([...old, ...now])].sort();
  if (old.length === 0) {
    throw new UsageError(
      `"${from.ref}" has no snapshot of a template (${SNAPSHOTS}/<template>/ in ${project}): ` +
        'give a commit that has one, or compare folders with --from-dir and --to-dir',
    );
  }
  if (template === undefined) return all;
  if (!all.includes(template)) {
    throw new UsageError(`there is no template "${template}": give one of ${all.join(', ')}`);
  }
  if (!old.includes(template)) {
    throw new UsageError(
      `"${from.ref}" has no snapshot of "${template}" (${SNAPSHOTS}/${template}/), only of ${old.join(', ')}: ` +
        'the template is newer; give a later commit, or leave --template out to see it as new',
    );
  }
  return [template];
}

const inTree =
  (tree: GitTree) =>
  async (name: string): Promise<Side | undefined> => {
    const files = await tree.template(name);
    const document = await tree.document(name);
    return (
      files && { origin: tree.ref, files, document, documentAt: `in its snapshot (${documentPath(name)})` }
    );
  };

/** A template without a snapshot has been given up; one with a snapshot must still be synthesized by something. */
async function sidesNow(
  names: readonly string[],
  project: string,
  scratch: Scratch,
): Promise<(name: string) => Side | undefined> {
  const snapshots = snapshotsIn(project);
  const kept = names.filter((name) => snapshots.includes(name));
  const synthesized = new Synthesized(scratch);
  const written = await saying('Synthesizing what there is now', () =>
    Promise.all(kept.map((name) => synthesized.template(name))),
  );
  const sides = new Map(written.map((one) => [one.name, sideOf(one)]));
  return (name) => sides.get(name);
}

const sideOf = ({ folder, document }: Written): Side => ({
  origin: 'now',
  files: readTemplate(folder),
  document,
  documentAt: 'beside it (gateway/config.json)',
});

async function changesOf(
  from: Side | undefined,
  to: Side | undefined,
): Promise<Pick<Comparison, 'changes' | 'policyNote'>> {
  if (from !== undefined && to !== undefined) {
    const template = await compareTemplates(from, to);
    if (from.document === undefined || to.document === undefined)
      return { changes: template, policyNote: missingDocument(from, to) };
    const policy = comparePolicies(
      { origin: from.origin, text: from.document },
      { origin: to.origin, text: to.document },
    );
    return { changes: inOrder([...template, ...policy]) };
  }
  return { changes: [to === undefined ? GONE : NEW] };
}

/** It came into the snapshots later than the templates. */
function missingDocument(from: Side, to: Side): string {
  const [first, second] = [from, to].filter(({ document }) => document === undefined);
  const who =
    second !== undefined
      ? 'neither version has a gateway document'
      : `the version ${first === from ? 'before' : 'after'} has no gateway document`;
  return `${who} ${first?.documentAt ?? ''}: policy and prices cannot be compared`;
}

const GONE: Change = {
  severity: 'breaks',
  title: 'the template is gone',
  details: ['Workspaces made from it stay on their last version and get no more changes.'],
  todo: 'move people to another template before it is deleted on the server',
};

const NEW: Change = {
  severity: 'new-only',
  title: 'the template is new',
  details: ['Nobody has a workspace of it yet.'],
};
