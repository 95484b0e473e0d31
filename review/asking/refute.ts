/** A second, cheap look: each finding is held against its lines, by a model that is asked to refute it. */
import { fillPrompt, readPrompt } from '../checklists/checklists';
import type { PlacedFinding } from '../findings/place';
import type { OfferedModel } from '../gateway/models';
import { verdictsForm, type Verdict } from './answer';
import type { Question } from './ask';
import { between, lineText, newMarker } from './question';
import { makeVisible } from './visible';

/** Findings in one question. */
export const FINDINGS_A_QUESTION = 8;
/** Lines of the hunk before and after the finding's. */
const AROUND = 25;

export function refuteQuestion(
  findings: readonly PlacedFinding[],
  model: OfferedModel,
): Question<{ readonly verdicts: readonly Verdict[] }> {
  const text = findings.map((finding, at) => shown(finding, at + 1)).join('\n\n');
  const marker = newMarker([text]);
  return {
    model,
    form: verdictsForm(),
    rules: fillPrompt(readPrompt('refute'), { marker }),
    data: `${between(marker, text)}\n\nRefute each of the ${findings.length} findings, or let it stand.`,
  };
}

function shown(finding: PlacedFinding, number: number): string {
  const { file, hunk, startLine, endLine } = finding;
  const first = hunk.lines.findIndex((line) => (line.number ?? 0) >= startLine);
  const last = hunk.lines.findLastIndex((line) => (line.number ?? Infinity) <= endLine);
  const lines = hunk.lines.slice(Math.max(0, first - AROUND), last + 1 + AROUND);
  const said = (text: string): string => makeVisible(text, 1_500).text;
  return [
    `finding ${number}: ${finding.rule}, ${finding.severity}, in ${file.name}, lines ${startLine} to ${endLine}`,
    `title: ${said(finding.title)}`,
    `reason: ${said(finding.reason)}`,
    'lines:',
    ...lines.map(lineText),
  ].join('\n');
}

/** What was not said of a finding lets it stand. */
export const refutedIn = (verdicts: readonly Verdict[]): ReadonlySet<number> =>
  new Set(verdicts.filter(({ refuted }) => refuted).map(({ number }) => number));
