import type { Block } from '../../synth/form-rules/block';
import { code, codes } from '../code-span';
import { worst, type Change } from './change';
import type { Effect, Pair } from './effect';
import { additionEffect, effectOf, nameOf, removalEffect } from './effects';
import { argumentNode, META_ARGUMENTS, type Node, type References } from './references';
import type { Moves } from './moves';
import type { Template } from './template';

/** A value that is another one than before, and the places where the template itself was edited. */
export interface ChangedArgument {
  readonly pair: Pair;
  readonly argument: string;
  readonly effect: Effect;
  readonly roots: readonly Node[];
}

const resourcesOf = (template: Template, moves: Moves = new Map()): Map<string, Block> =>
  new Map(
    template.configuration.blocks
      .filter(({ kind }) => kind === 'resource' || kind === 'module')
      .map((block) => [moves.get(block.address) ?? block.address, block]),
  );

/** Resources whose own life hangs on values that a provider works out for others. */
const FOLLOWS_OTHERS = ['docker_container', 'coder_agent'];

/** Every value of a resource that is another one than before. */
export function changedArguments(before: Template, after: Template, moves: Moves): ChangedArgument[] {
  const old = resourcesOf(before, moves);
  return [...resourcesOf(after)].flatMap(([address, block]): ChangedArgument[] => {
    const older = old.get(address);
    if (older === undefined) return [];
    const pair: Pair = { address, before: older, after: block };
    const side = FOLLOWS_OTHERS.includes(block.type) ? 'deep' : 'references';
    return argumentsOf(pair)
      .map((argument) => ({ argument, roots: rootsOf(address, argument, before[side], after[side]) }))
      .filter(({ roots }) => roots.length > 0)
      .map(({ argument, roots }) => ({
        pair,
        argument,
        roots,
        effect: effectOf(pair, argument, before, after),
      }));
  });
}

const argumentsOf = ({ before, after }: Pair): string[] => [
  ...new Set([...Object.keys(before.body), ...Object.keys(after.body)]),
];

/** Where the template was edited so that a value became another one; none when it did not. */
export function rootsOf(address: string, argument: string, before: References, after: References): Node[] {
  const node = argumentNode(address, argument);
  if (META_ARGUMENTS.includes(argument)) {
    return before.content(node).text === after.content(node).text ? [] : [node];
  }
  if (before.meaningOfNode(node) === after.meaningOfNode(node)) return [];
  const reached = [...new Set([...after.reach(node), ...before.reach(node)])];
  const edited = reached.filter(
    (one) =>
      !isWorkedOut(one) &&
      before.content(one).text !== after.content(one).text &&
      before.meaningOfNode(one) !== after.meaningOfNode(one),
  );
  // What is new or gone as a whole is part of the edit that brought it in or took it out.
  const [whole, kept] = [[] as Node[], [] as Node[]];
  for (const one of edited) (isOnBothSides(one, before, after) ? kept : whole).push(one);
  return kept.length > 0 ? kept : whole;
}

/** What a provider works out changes with the arguments it is made from: those were edited. */
const isWorkedOut = (node: Node): boolean => !node.startsWith('file:') && /^[^#]+:/.test(node);

const isOnBothSides = (node: Node, before: References, after: References): boolean =>
  before.content(node).text !== '' && after.content(node).text !== '';

/** Resources that are new, gone, or gone under one address and new under another. */
export function addressChanges(before: Template, after: Template, moves: Moves): Change[] {
  const [old, now] = [resourcesOf(before, moves), resourcesOf(after)];
  const removed = [...old].filter(([address]) => !now.has(address)).map(([, block]) => block);
  const added = [...now].filter(([address]) => !old.has(address)).map(([, block]) => block);
  const renamed = removed.flatMap((from) => {
    const to = successorOf(from, removed, added, before, after);
    return to === undefined ? [] : [{ from, to }];
  });
  return [
    ...renamed.map(renamedResource),
    ...removed.filter((block) => !renamed.some(({ from }) => from === block)).map(removedResource),
    ...added.filter((block) => !renamed.some(({ to }) => to === block)).map(addedResource),
    ...[...moves]
      .filter(([, to]) => now.has(to))
      .map(([from, to]): Change => ({
        severity: 'cosmetic',
        title: `${code(from)} is now ${code(to)}`,
        details: ['A moved block says so: Terraform keeps what it made.'],
      })),
  ];
}

/** The new resource that an old one became: the one like it, or the only one of its type. */
function successorOf(
  from: Block,
  removed: readonly Block[],
  added: readonly Block[],
  before: Template,
  after: Template,
): Block | undefined {
  const ofType = (blocks: readonly Block[]): Block[] =>
    blocks.filter(({ kind, type }) => kind === from.kind && type === from.type);
  const candidates = ofType(added);
  const meaning = before.references.meaningOf(from.body);
  const same = candidates.find((one) => after.references.meaningOf(one.body) === meaning);
  if (same !== undefined) return same;
  return candidates.length === 1 && ofType(removed).length === 1 ? candidates[0] : undefined;
}

function renamedResource({ from, to }: { readonly from: Block; readonly to: Block }): Change {
  const { severity, says } = removalEffect(from);
  return {
    severity,
    title: `${nameOf(from)} is now ${code(to.address)}, without a moved block`,
    details: ['Terraform destroys the old one and makes a new one.', says],
    todo: `declare moved { from = ${from.address}, to = ${to.address} }, or keep the address`,
  };
}

function removedResource(block: Block): Change {
  const { severity, says, todo } = removalEffect(block);
  return { severity, title: `${nameOf(block)} removed`, details: [says], ...(todo ? { todo } : {}) };
}

function addedResource(block: Block): Change {
  const { severity, says } = additionEffect(block);
  return { severity, title: `${nameOf(block)} added`, details: [says] };
}

/** What the reached values mean together: one sentence for each effect. */
export function describeReach(reached: readonly ChangedArgument[]): {
  readonly severity: Change['severity'];
  readonly details: string[];
  readonly todo?: string;
} {
  const byEffect = new Map<string, ChangedArgument[]>();
  for (const one of reached) byEffect.set(one.effect.says, [...(byEffect.get(one.effect.says) ?? []), one]);
  const todo = reached.map(({ effect }) => effect.todo).find((text) => text !== undefined);
  return {
    severity: worst(reached.map(({ effect }) => effect.severity)) ?? 'cosmetic',
    details: [...byEffect].map(([says, ones]) => `Reaches ${namesOf(ones)}: ${lowered(says)}`),
    ...(todo === undefined ? {} : { todo }),
  };
}

function namesOf(reached: readonly ChangedArgument[]): string {
  const byPair = new Map<string, ChangedArgument[]>();
  for (const one of reached) byPair.set(one.pair.address, [...(byPair.get(one.pair.address) ?? []), one]);
  return [...byPair.values()]
    .map(
      (ones) =>
        `${nameOf((ones[0] as ChangedArgument).pair.after)} by ${codes(ones.map(({ argument }) => argument))}`,
    )
    .join(', ');
}

const lowered = (text: string): string =>
  /^[A-Z][a-z]/.test(text) && !text.startsWith('Terraform') && !text.startsWith('Docker')
    ? text.charAt(0).toLowerCase() + text.slice(1)
    : text;
