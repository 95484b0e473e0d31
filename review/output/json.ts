/** A report for programs: names as all our JSON has them. Texts of a model are as it gave them, on one line each. */
import { escapeObeyed } from '../../terminal/terminal-text';
import { isWhole, type Report } from '../report';
import type { Finding } from '../findings/finding';

export const FORMAT_VERSION = 1;

export const renderJson = (report: Report): string =>
  `${escapeObeyed(JSON.stringify(jsonOf(report), null, 2))}\n`;

export const jsonOf = (report: Report): Record<string, unknown> => ({
  version: FORMAT_VERSION,
  complete: isWhole(report),
  reviewed: {
    kind: report.what.kind,
    base: report.what.base ?? null,
    head: report.what.head ?? null,
    files: report.what.files,
    hunks: report.what.hunks,
    remembered_hunks: report.what.remembered,
  },
  findings: report.findings.map(findingJson),
  dropped: report.dropped,
  left_out: report.leftOut,
  hidden_signs: report.hidden,
  masked_secrets: report.masked,
  cost: {
    calls: report.cost.calls,
    usd: report.cost.usd,
    estimated: report.cost.isEstimated,
    cap_usd: report.cost.cap ?? null,
  },
  models: report.models,
});

export const findingJson = (finding: Finding): Record<string, unknown> => ({
  fingerprint: finding.fingerprint,
  path: finding.path,
  start_line: finding.startLine,
  end_line: finding.endLine,
  rule: finding.rule,
  severity: finding.severity,
  confidence: finding.confidence,
  title: finding.title,
  reason: finding.reason,
  suggestion: finding.suggestion,
  replacement: finding.replacement ?? null,
  patch: finding.patch ?? null,
  checked: finding.isChecked,
});
