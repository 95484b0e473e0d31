import { forTerminal } from '../../../terminal/terminal-text';
import { code } from '../../code-span';
import type { Change, Direction, Severity } from '../change';
import type { Json } from '../../../synth/hcl/expressions';
import { describeDifference } from '../value-difference';

/** Parts of a path in the document; a name in it may be anything. */
export type Path = readonly string[];

/** Characters of one name in a path that are shown. */
const LONGEST_NAME = 60;

const shownName = (name: string): string =>
  /^\w[\w:-]*$/.test(name.slice(0, LONGEST_NAME))
    ? name.slice(0, LONGEST_NAME)
    : JSON.stringify(name.slice(0, LONGEST_NAME));

export const pathText = (path: Path): string => forTerminal(path.map(shownName).join('.'));

const SEVERITY: Readonly<Record<Direction, Severity>> = {
  stricter: 'at-once',
  dearer: 'at-once',
  mixed: 'at-once',
  other: 'at-once',
  looser: 'looser',
  cheaper: 'looser',
  none: 'cosmetic',
};

/** Words for what is not said by the difference itself. */
const WORDS: Readonly<Record<Direction, string>> = {
  stricter: ', stricter',
  looser: ', looser',
  dearer: ', dearer',
  cheaper: ', cheaper',
  mixed: ', dearer in part and cheaper in part',
  other: '',
  none: '',
};

const OPPOSITE: Readonly<Record<Direction, Direction>> = {
  stricter: 'looser',
  looser: 'stricter',
  dearer: 'cheaper',
  cheaper: 'dearer',
  mixed: 'mixed',
  other: 'other',
  none: 'none',
};

export const opposite = (direction: Direction): Direction => OPPOSITE[direction];

/** Where the heading of the severity does not say when it lands. */
const SAYS_WHEN: readonly Severity[] = ['at-once', 'looser', 'cosmetic'];
const WHEN = 'Holds within seconds of being published to the gateway, for running workspaces too.';

export interface PolicyFact {
  readonly path: Path;
  /** What changed, in one line. */
  readonly title: string;
  readonly concerns: string;
  readonly direction: Direction;
  /** @default - as the direction has it */
  readonly severity?: Severity | undefined;
  /** Whole sentences. @default - none */
  readonly details?: readonly string[];
  readonly todo?: string;
}

/** A change of the gateway's document. */
export function policyChange({ path, title, concerns, direction, todo, ...fact }: PolicyFact): Change {
  const severity = fact.severity ?? SEVERITY[direction];
  return {
    severity,
    title: `${title}${WORDS[direction]}`,
    details: [
      ...(direction === 'none' ? [] : [`Concerns ${concerns}.`]),
      ...(fact.details ?? []),
      ...(SAYS_WHEN.includes(severity) ? [] : [WHEN]),
    ],
    ...(todo === undefined ? {} : { todo }),
    policy: { path: pathText(path), concerns, direction },
  };
}

/** What this version of the command does not know is said as it stands. */
export const unknownChange = (path: Path, before: Json | undefined, after: Json | undefined): Change =>
  policyChange({
    path,
    title: `${code(pathText(path))} changed, which is not known here`,
    concerns: 'nobody can tell whom',
    direction: 'other',
    details: [
      ...describeDifference(before, after),
      'What it does cannot be told: the document is of another version than this program, or faulty.',
    ],
  });
