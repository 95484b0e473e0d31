import type { Json } from '../../synth/hcl/expressions';
import { code, codes } from '../code-span';
import type { Change } from './change';
import { nameOf } from './effects';
import type { Node } from './references';
import { changedArguments, describeReach, rootsOf, type ChangedArgument } from './resource-changes';
import type { Moves } from './moves';
import type { Template } from './template';
import { unifiedDiff } from './unified-diff';
import { describeDifference } from './value-difference';

/**
 * One change for each place where the template was edited, with everything that gets another value by it: a reviewer sees
 * the edit once, however many scripts and containers it reaches.
 */
export function editChanges(before: Template, after: Template, moves: Moves): Change[] {
  const byRoot = new Map<Node, ChangedArgument[]>();
  for (const one of changedArguments(before, after, moves)) {
    for (const root of one.roots) byRoot.set(root, [...(byRoot.get(root) ?? []), one]);
  }
  return [
    ...resourceEdits(byRoot),
    ...[...byRoot]
      .filter(([root]) => !root.includes('#') && !root.startsWith('file:'))
      .map(([root, reached]) => valueEdit(root, reached, before, after)),
    ...fileChanges(byRoot, before, after),
    ...unusedLocals(byRoot, before, after),
  ];
}

/** Edits of a resource itself, those of one severity together. */
function resourceEdits(byRoot: ReadonlyMap<Node, readonly ChangedArgument[]>): Change[] {
  const groups = new Map<string, { own: ChangedArgument[]; others: ChangedArgument[] }>();
  for (const [root, reached] of byRoot) {
    const [address, argument] = root.split('#');
    const own = reached.find((one) => one.pair.address === address && one.argument === argument);
    if (argument === undefined || own === undefined) continue;
    const { severity } = describeReach(reached);
    const key = `${address} ${severity}`;
    const group = groups.get(key) ?? { own: [], others: [] };
    group.own.push(own);
    group.others.push(...reached.filter((one) => one !== own && !group.others.includes(one)));
    groups.set(key, group);
  }
  return [...groups.values()].map(({ own, others }) => {
    const { pair } = own[0] as ChangedArgument;
    const rest = describeReach(others.filter((one) => !own.includes(one)));
    const all = describeReach([...own, ...others]);
    return {
      ...all,
      title: `${nameOf(pair.after)}: ${codes(own.map(({ argument }) => argument))} changed`,
      details: [
        ...own.flatMap(({ argument }) =>
          describeDifference(pair.before.get(argument), pair.after.get(argument), argument),
        ),
        ...new Set(own.map(({ effect }) => effect.says)),
        ...rest.details,
      ],
    };
  });
}

/** An edit of a local, or of a data source. */
function valueEdit(
  root: Node,
  reached: readonly ChangedArgument[],
  before: Template,
  after: Template,
): Change {
  const valueOf = (template: Template): Json | undefined => {
    const block = template.configuration.find(root);
    return block?.kind === 'locals' ? block.placed.body : block?.body;
  };
  const { severity, details, todo } = describeReach(reached);
  return {
    severity,
    title: `${code(root)} changed`,
    details: [...describeDifference(valueOf(before), valueOf(after)), ...details],
    ...(todo === undefined ? {} : { todo }),
  };
}

const isHcl = (path: string): boolean => /^[^/]+\.tf(\.json)?$/.test(path);

/** Files that are shipped beside the HCL. */
function fileChanges(
  byRoot: ReadonlyMap<Node, readonly ChangedArgument[]>,
  before: Template,
  after: Template,
): Change[] {
  const paths = [...new Set([...before.files.keys(), ...after.files.keys()])].filter((path) => !isHcl(path));
  return paths
    .filter((path) => before.files.get(path) !== after.files.get(path))
    .map((path) => {
      const [older, newer] = [before.files.get(path), after.files.get(path)];
      const what = older === undefined ? 'added' : newer === undefined ? 'removed' : 'changed';
      const { severity, details, todo } = describeReach(byRoot.get(`file:${path}`) ?? []);
      return {
        severity,
        title: `${code(path)} ${what}`,
        details: details.length > 0 ? details : [path === 'README.md' ? README : UNREAD],
        ...(todo === undefined ? {} : { todo }),
        diff: unifiedDiff(path, older, newer),
      };
    });
}

const README = 'It is the page Coder shows for the template.';
const UNREAD = 'Nothing that the workspace is made of reads it in another way than before.';

/** Locals that were edited and give the same to all who use them. */
function unusedLocals(
  byRoot: ReadonlyMap<Node, readonly ChangedArgument[]>,
  before: Template,
  after: Template,
): Change[] {
  const textOf = (template: Template, name: string): string | undefined =>
    template.configuration.find(name) === undefined ? undefined : template.references.content(name).text;
  const names = [...before.configuration.ofKind('locals'), ...after.configuration.ofKind('locals')].map(
    ({ address }) => address,
  );
  const formRoots = formEdits(before, after);
  const edited = [...new Set(names)].filter(
    (name) => textOf(before, name) !== textOf(after, name) && !byRoot.has(name) && !formRoots.has(name),
  );
  if (edited.length === 0) return [];
  return [
    {
      severity: 'cosmetic',
      title: `${edited.length === 1 ? 'a local was' : 'locals were'} rearranged: ${codes(edited.slice(0, 8))}${edited.length > 8 ? ' …' : ''}`,
      details: ['Where it makes anything else different, that is listed by itself.'],
    },
  ];
}

/** Places edited so that parameters or presets changed: those changes are described with the parameters. */
function formEdits(before: Template, after: Template): ReadonlySet<Node> {
  const blocks = ['coder_parameter', 'coder_workspace_preset'].flatMap((type) =>
    after.configuration.ofType('data', type),
  );
  return new Set(
    blocks.flatMap((block) =>
      Object.keys(block.body).flatMap((argument) =>
        rootsOf(block.address, argument, before.references, after.references),
      ),
    ),
  );
}
