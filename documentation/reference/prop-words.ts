/** How the types that users write are shown on a page. */
import { blocks, cell, code, fenced, prose, table } from '../markdown';
import type { Maker, PropMember, PropType } from './read-props';

const examplesOf = (examples: readonly string[]): string =>
  blocks(...examples.map((example) => fenced('ts', example)));

const meaningOf = ({ doc, examples }: PropMember): string =>
  [doc, ...examples.map((example) => `Example: ${code(example)}`)].join(' ');

const standardOf = ({ isOptional, standard }: PropMember): string =>
  standard === ''
    ? isOptional
      ? ''
      : 'required'
    : /^['[{\d]|^(true|false)$/.test(standard)
      ? code(standard)
      : standard;

const memberRows = (members: readonly PropMember[]): string =>
  table(
    ['name', 'type', 'default', 'meaning'],
    members.map((member) => [code(member.name), code(member.type), standardOf(member), meaningOf(member)]),
  );

const makerWords = ({ call, doc, examples }: Maker): string =>
  blocks(
    `- ${code(call)}${doc === '' ? '' : `: ${cell(doc)}`}`,
    examplesOf(examples).replace(/^(?=.)/gm, '  '),
  );

/** A heading with all there is to know of a type. */
export const typeSection =
  (level: '##' | '###') =>
  (type: PropType): string =>
    blocks(
      `${level} ${type.name}`,
      prose(type.doc),
      type.kind === 'words' ? `One of ${code(type.text)}.` : '',
      type.members.length === 0 ? '' : memberRows(type.members),
      type.makers.map(makerWords).join('\n'),
      examplesOf(type.examples),
    );

/** Which of them are reached from some, in the order in which they are met. */
export function reachedFrom(
  types: ReadonlyMap<string, PropType>,
  roots: readonly string[],
  without: ReadonlySet<string> = new Set(),
): PropType[] {
  const met = new Map<string, PropType>();
  const waiting = [...roots];
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    const type = types.get(name);
    if (type === undefined || met.has(name) || without.has(name)) continue;
    met.set(name, type);
    waiting.push(...type.refers);
  }
  // A class that makes nothing is a construct, or one that a template cannot give.
  return [...met.values()].filter(({ kind, makers }) => kind !== 'class' || makers.length > 0);
}
