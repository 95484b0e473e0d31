/** What is said of a review beside its findings, in sentences that every format has. */
import { counted, money } from '../../terminal/figures';
import { REASONS, type Reason } from '../choice/left-out';
import { isWhole, type Report } from '../report';

export const several = (count: number, one: string, more = `${one}s`): string =>
  `${counted(count)} ${count === 1 ? one : more}`;

export function headline(report: Report): string {
  const { findings, what } = report;
  const found = findings.length === 0 ? 'No findings' : several(findings.length, 'finding');
  const whole = isWhole(report) ? '' : ', and not all of it was reviewed';
  return `${found} in ${several(what.files, 'file')}${whole}.`;
}

/** Sentences, without what does not apply. */
export function notes(report: Report): string[] {
  const { dropped, cost, masked, hidden, what, models, findings } = report;
  const unchecked = findings.filter(({ isChecked }) => !isChecked).length;
  const secrets = Object.values(masked).reduce((sum, count) => sum + count, 0);
  return [
    dropped.beyond === 0 ? '' : `${several(dropped.beyond, 'further finding')} of less weight not shown.`,
    dropped.refuted === 0 ? '' : `${several(dropped.refuted, 'finding')} refuted by a second look.`,
    dropped.outside === 0
      ? ''
      : `${several(dropped.outside, 'finding')} dropped, about lines that have not changed.`,
    unchecked === 0 ? '' : `${several(unchecked, 'finding')} shown without a second look.`,
    hidden.length === 0
      ? ''
      : `Signs that a reader does not see, or takes for others, at ${hidden
          .slice(0, 5)
          .map(({ path, line, kinds }) => `${path}${line === 0 ? '' : `:${line}`} (${kinds.join(', ')})`)
          .join('; ')}${hidden.length > 5 ? `; and ${several(hidden.length - 5, 'further place')}` : ''}.`,
    secrets === 0
      ? ''
      : `${several(secrets, 'secret')} masked before anything was sent (${Object.keys(masked).slice(0, 5).join(', ')}).`,
    what.remembered === 0 ? '' : `${several(what.remembered, 'hunk')} known from an earlier run.`,
    `${several(cost.calls, 'call')} for ${cost.isEstimated ? 'about ' : ''}${money(cost.usd)}${cost.cap === undefined ? '' : ` of ${money(cost.cap)}`}, by ${models.review}${models.refute === models.review ? '' : ` and ${models.refute}`}.`,
  ].filter((note) => note !== '');
}

/** Paths that are named of one reason. */
const MOST_NAMED = 50;

export interface LeftOutOf {
  readonly reason: Reason;
  readonly why: string;
  readonly paths: readonly string[];
  /** More than are named. */
  readonly further: number;
}

export const leftOutByReason = ({ leftOut }: Pick<Report, 'leftOut'>): LeftOutOf[] =>
  (Object.keys(REASONS) as Reason[]).flatMap((reason) => {
    const paths = leftOut.filter((each) => each.reason === reason).map(({ path }) => path);
    if (paths.length === 0) return [];
    return [
      {
        reason,
        why: REASONS[reason],
        paths: paths.slice(0, MOST_NAMED),
        further: Math.max(0, paths.length - MOST_NAMED),
      },
    ];
  });

export const asPercent = (confidence: number): string => `${Math.round(confidence * 100)} %`;
export const linesText = ({ startLine, endLine }: { startLine: number; endLine: number }): string =>
  startLine === endLine ? String(startLine) : `${startLine}-${endLine}`;
