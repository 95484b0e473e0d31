/** A report as Markdown, for a comment: texts of a model stay texts. */
import type { Finding } from '../findings/finding';
import type { Report } from '../report';
import { codeSpan, fenced, forMarkdown } from './escape';
import { asPercent, headline, leftOutByReason, linesText, notes } from './summary';

export function renderMarkdown(report: Report): string {
  const leftOut = leftOutLines(report);
  return [
    `## Review: ${headline(report)}`,
    '',
    ...report.findings.flatMap((finding) => [renderFindingMarkdown(finding), '']),
    ...(leftOut.length === 0 ? [] : ['Left out:', '', ...leftOut, '']),
    ...noteLines(report),
    '',
  ].join('\n');
}

/** Items of a list. */
export const leftOutLines = (report: Report): string[] =>
  leftOutByReason(report).map(
    ({ why, paths, further }) =>
      `- ${why}: ${paths.map(codeSpan).join(', ')}${further === 0 ? '' : ` and ${further} more`}`,
  );

export const noteLines = (report: Report): string[] =>
  notes(report).map((note) => `<sub>${forMarkdown(note)}</sub>  `);

/** One finding by itself, as a comment at its line has it. */
export function renderFindingMarkdown(finding: Finding, { withPlace = true, withPatch = true } = {}): string {
  const { title, reason, suggestion, severity, confidence, rule, path, patch } = finding;
  return [
    `### ${severity}: ${forMarkdown(title)}`,
    '',
    ...(withPlace ? [`${codeSpan(path)}, line ${linesText(finding)} · `] : []),
    `${codeSpan(rule)}, ${asPercent(confidence)}`,
    '',
    forMarkdown(reason),
    ...(suggestion === '' ? [] : ['', `**Suggestion:** ${forMarkdown(suggestion)}`]),
    ...(patch === undefined || !withPatch ? [] : ['', fenced(patch, 'diff')]),
  ].join('\n');
}
