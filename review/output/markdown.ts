/** A report as Markdown, for a comment: texts of a model stay texts. */
import type { Finding } from '../findings/finding';
import type { Report } from '../report';
import { codeSpan, fenced, forMarkdown } from './escape';
import { asPercent, headline, leftOutByReason, linesText, notes } from './summary';

export function renderMarkdown(report: Report): string {
  const leftOut = leftOutByReason(report).map(
    ({ why, paths, further }) =>
      `- ${why}: ${paths.map(codeSpan).join(', ')}${further === 0 ? '' : ` and ${further} more`}`,
  );
  return [
    `## Review: ${headline(report)}`,
    '',
    ...report.findings.flatMap((finding) => [renderFindingMarkdown(finding), '']),
    ...(leftOut.length === 0 ? [] : ['Left out:', '', ...leftOut, '']),
    ...notes(report).map((note) => `<sub>${forMarkdown(note)}</sub>  `),
    '',
  ].join('\n');
}

/** One finding by itself, as a comment at its line has it. */
export function renderFindingMarkdown(finding: Finding, { withPlace = true } = {}): string {
  const { title, reason, suggestion, severity, confidence, rule, path, patch } = finding;
  return [
    `### ${severity}: ${forMarkdown(title)}`,
    '',
    ...(withPlace ? [`${codeSpan(path)}, line ${linesText(finding)} · `] : []),
    `${codeSpan(rule)}, ${asPercent(confidence)}`,
    '',
    forMarkdown(reason),
    ...(suggestion === '' ? [] : ['', `**Suggestion:** ${forMarkdown(suggestion)}`]),
    ...(patch === undefined ? [] : ['', fenced(patch, 'diff')]),
  ].join('\n');
}
