/** Everything that is done before a model is asked: what is reviewed, as it may be seen. */
import { resolve } from 'node:path';
import { UsageError } from '../terminal/fault';
import { maskLines } from './asking/masking';
import { addTo, makeMaterial, type Material } from './asking/material';
import { makeVisible } from './asking/visible';
import { readChecklists, type ChecklistName, type Checklists } from './checklists/checklists';
import { readMessages } from './checkout/commit-messages';
import { readDiff } from './checkout/diff';
import type { Diff } from './checkout/diff-parser';
import { readNamedFiles } from './checkout/named-files';
import { openObjects, type Objects } from './checkout/objects';
import { openRepository, type OpenRepository } from './checkout/open';
import { sidesOfFiles, sidesOfRange, sidesOfStaged, type Sides } from './checkout/sides';
import { readBaseRules, type BaseRules } from './choice/base-rules';
import { choose } from './choice/choose';
import { isGeneratedByName, isLockFile, isVendored } from './choice/known-names';
import type { LeftOut } from './choice/left-out';
import { contextFrom, type ContextOf } from './context/gather';

/** What is reviewed: one of the three. */
export type Target =
  | { readonly kind: 'range'; readonly range: string }
  | { readonly kind: 'staged' }
  | { readonly kind: 'files'; readonly names: readonly string[] };

export interface PrepareProps {
  /** A folder of the checkout. */
  readonly folder: string;
  readonly target: Target;
  /** @default - all of ours */
  readonly checklists?: readonly ChecklistName[];
  /** Tokens of context in one question, about. */
  readonly contextTokens: number;
}

export interface Prepared {
  readonly repository: OpenRepository;
  readonly sides: Sides;
  readonly objects: Objects;
  readonly kind: Target['kind'];
  readonly checklists: Checklists;
  readonly material: Material;
  readonly leftOut: readonly LeftOut[];
  /** Messages of the commits, each on one line. */
  readonly messages: readonly string[];
  readonly contextOf: ContextOf;
  /** Kinds of secrets that were masked, with how many. */
  readonly masked: ReadonlyMap<string, number>;
  close(): void;
}

/** UTF-16 units of one message. */
const LONGEST_MESSAGE = 500;

export async function prepare(props: PrepareProps): Promise<Prepared> {
  const folder = resolve(props.folder);
  const repository = await openRepository(folder);
  let objects: Objects | undefined;
  const close = (): void => {
    objects?.close();
    repository.close();
  };
  try {
    const { target } = props;
    const sides = await sidesOf(repository, target);
    objects = openObjects(repository, sides.extra);
    const diff: Diff =
      target.kind === 'files'
        ? readNamedFiles(repository.top, folder, target.names)
        : await readDiff(repository, sides);
    const rules = await readBaseRules(objects, sides.base, diff.files);
    const { chosen, leftOut } = await choose(diff, rules, objects);
    const material = await makeMaterial(chosen);
    const messages = await shownMessages(await readMessages(repository, sides));
    const masked = new Map(material.masked);
    addTo(masked, messages.counts);
    return {
      repository,
      sides,
      objects,
      kind: target.kind,
      checklists: await readChecklists(objects, sides.base, props.checklists),
      material,
      leftOut,
      messages: messages.lines,
      contextOf: await contextFrom(
        { repository, sides, objects, isLeftOut: leftOutOfContext(rules) },
        material.files,
        props.contextTokens,
      ),
      masked,
      close,
    };
  } catch (fault) {
    close();
    throw fault;
  }
}

function sidesOf(repository: OpenRepository, target: Target): Promise<Sides> {
  if (target.kind === 'range') return sidesOfRange(repository, target.range);
  if (target.kind === 'staged') return sidesOfStaged(repository);
  if (target.names.length === 0) throw new UsageError('No files are named.');
  return sidesOfFiles(repository);
}

const leftOutOfContext =
  (rules: BaseRules) =>
  (path: string): boolean =>
    rules.isIgnored(path) ||
    isLockFile(path) ||
    isVendored(path) ||
    isGeneratedByName(path) ||
    rules.isGenerated(path) ||
    rules.isVendored(path);

/** A message of several lines stays one, so that none of its lines looks like ours. */
async function shownMessages(
  messages: readonly string[],
): Promise<{ lines: readonly string[]; counts: ReadonlyMap<string, number> }> {
  const all = messages.map((message) => message.split('\n'));
  const { lines, counts } = await maskLines(all.flat());
  let at = 0;
  const shown = all.map((own) => {
    const masked = lines.slice(at, (at += own.length));
    return makeVisible(masked.map((line) => line.trim()).join(' ⏎ '), LONGEST_MESSAGE).text;
  });
  return { lines: shown, counts };
}
