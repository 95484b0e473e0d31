/** Findings at lines that the change is about; what is said of other places is dropped. */
import type { AnsweredFinding } from '../asking/answer';
import { hasMask } from '../asking/masking';
import type { ShownFile, ShownHunk } from '../asking/material';
import type { Asked, Group } from '../asking/question';
import type { Rule } from '../checklists/checklists';
import type { Finding } from './finding';
import { fingerprintOf } from './fingerprint';

/** A finding, and where it was found. */
export interface PlacedFinding extends Omit<Finding, 'patch' | 'isChecked'> {
  readonly file: ShownFile;
  readonly hunk: ShownHunk;
}

export interface Placed {
  readonly findings: readonly PlacedFinding[];
  /** About lines that were not asked about, or do not exist. */
  readonly outside: number;
}

/** Lines that one finding may be about. */
const LONGEST_RANGE = 60;
/** UTF-16 units of its texts. */
const LONGEST = { title: 160, reason: 1_200, suggestion: 600 } as const;
/** Lines of a replacement. */
const LONGEST_REPLACEMENT = 20;

export function place(answered: readonly AnsweredFinding[], group: Group, rules: readonly Rule[]): Placed {
  const ids = new Set(rules.map(({ id }) => id));
  const findings = answered.flatMap((each) => {
    const asked = fileOf(group, each.file);
    const found = asked === undefined ? undefined : placeOf(each, asked);
    return found === undefined ? [] : [made(each, found, ids)];
  });
  return { findings, outside: answered.length - findings.length };
}

/** As it was shown; some leave the quotation marks away. */
const fileOf = (group: Group, name: string): Asked | undefined =>
  group.find(({ file }) => file.name === name || file.name === JSON.stringify(name) || file.path === name);

interface Where {
  readonly file: ShownFile;
  readonly hunk: ShownHunk;
  readonly start: number;
  readonly end: number;
}

/** In one hunk, and about at least one of its changed lines: the range is cut to that hunk. */
function placeOf(
  { start_line: from, end_line: to }: AnsweredFinding,
  { file, hunks }: Asked,
): Where | undefined {
  const [start, end] = from <= to ? [from, to] : [to, from];
  for (const hunk of hunks) {
    const numbers = hunk.lines.flatMap(({ number }) => number ?? []);
    const [first = 0, last = -1] = [numbers[0], numbers.at(-1)];
    const own = [
      Math.max(start, first),
      Math.min(end, last, Math.max(start, first) + LONGEST_RANGE - 1),
    ] as const;
    const isAboutChange = [...hunk.places].some((line) => line >= own[0] && line <= own[1]);
    if (own[0] <= own[1] && isAboutChange) return { file, hunk, start: own[0], end: own[1] };
  }
  return undefined;
}

export const linesOf = (hunk: ShownHunk, start: number, end: number): ShownHunk['lines'] =>
  hunk.lines.filter(({ number }) => number !== undefined && number >= start && number <= end);

const oneLine = (text: string, longest: number): string => {
  const line = text
    .slice(0, 2 * longest)
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
};

function made(
  answered: AnsweredFinding,
  { file, hunk, start, end }: Where,
  ids: ReadonlySet<string>,
): PlacedFinding {
  const rule = ruleOf(answered.rule, ids);
  const lines = linesOf(hunk, start, end);
  const isCut = start > answered.start_line || end < answered.end_line;
  return {
    fingerprint: fingerprintOf(
      rule,
      file.path,
      lines.map(({ text }) => text),
    ),
    path: file.path,
    startLine: start,
    endLine: end,
    rule,
    severity: answered.severity,
    confidence: answered.confidence,
    title: oneLine(answered.title, LONGEST.title),
    reason: oneLine(answered.reason, LONGEST.reason),
    suggestion: oneLine(answered.suggestion, LONGEST.suggestion),
    ...(isCut ? {} : replacementOf(answered.replacement, lines)),
    file,
    hunk,
  };
}

/** A rule that nobody has written down would be another one in the next run. */
function ruleOf(rule: string, ids: ReadonlySet<string>): string {
  if (ids.has(rule)) return rule;
  const byEnd = [...ids].find((id) => id.endsWith(`/${rule}`));
  const other = `${rule.split('/', 1)[0] ?? ''}/other`;
  return byEnd ?? (ids.has(other) ? other : ([...ids].at(-1) ?? other));
}

/** Only for lines that a model has seen as they are: otherwise it would write masks and marks into the file. */
function replacementOf(text: string, lines: ShownHunk['lines']): { replacement?: string } {
  if (text === '' || hasMask(text) || /[⟦⟧]/.test(text)) return {};
  const replacement = text.replace(/\r/g, '').replace(/\n$/, '');
  const isPlain = lines.every((line) => line.shown === line.text.replace(/\r$/, ''));
  const isShort = replacement.split('\n', LONGEST_REPLACEMENT + 1).length <= LONGEST_REPLACEMENT;
  const isSame = replacement === lines.map(({ shown }) => shown).join('\n');
  return isPlain && isShort && !isSame ? { replacement } : {};
}
