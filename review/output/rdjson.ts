/** A report as reviewdog's rdjson. Source: its proto/rdf, DiagnosticResult. Columns count bytes of UTF-8, from 1. */
import { escapeObeyed } from '../../terminal/terminal-text';
import type { Finding, Severity } from '../findings/finding';
import type { Report } from '../report';
import { forMarkdown } from './escape';

const SEVERITY: Readonly<Record<Severity, string>> = {
  critical: 'ERROR',
  high: 'ERROR',
  medium: 'WARNING',
  low: 'INFO',
};

export const renderRdjson = ({ findings }: Report): string =>
  `${escapeObeyed(
    JSON.stringify(
      {
        source: { name: 'contractor-workspace review' },
        diagnostics: findings.map(diagnosticOf),
      },
      null,
      2,
    ),
  )}\n`;

/** Reviewdog posts a message as Markdown, as it is. */
function diagnosticOf(finding: Finding): Record<string, unknown> {
  const { title, reason, suggestion, rule, path, startLine, endLine, severity, replacement } = finding;
  const range = { start: { line: startLine }, end: { line: endLine } };
  return {
    message: [`**${forMarkdown(title)}**`, forMarkdown(reason), forMarkdown(suggestion)]
      .filter((each) => each !== '')
      .join('\n\n'),
    location: { path, range },
    severity: SEVERITY[severity],
    code: { value: rule },
    ...(replacement === undefined ? {} : { suggestions: [{ range, text: replacement }] }),
  };
}
