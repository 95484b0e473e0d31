/**
 * A report as GitLab's Code Quality artifact.
 *
 * Source: GitLab's "Code Quality report format": description, check_name, fingerprint, location.path, location.lines.begin,
 * severity of info, minor, major, critical or blocker; a path has no "./" before it, the file no byte order mark.
 */
import { escapeObeyed } from '../../terminal/terminal-text';
import type { Severity } from '../findings/finding';
import type { Report } from '../report';
import { forProgram } from './escape';

const SEVERITY: Readonly<Record<Severity, string>> = {
  critical: 'blocker',
  high: 'critical',
  medium: 'major',
  low: 'minor',
};

export const renderCodeQuality = ({ findings }: Report): string =>
  `${escapeObeyed(
    JSON.stringify(
      findings.map(
        ({ title, reason, suggestion, rule, fingerprint, path, startLine, endLine, severity }) => ({
          description: [`${title}${/[.!?]$/.test(title) ? '' : '.'}`, reason, suggestion]
            .map(forProgram)
            .filter((each) => each !== '')
            .join(' '),
          check_name: rule,
          fingerprint,
          severity: SEVERITY[severity],
          location: { path, lines: { begin: startLine, end: endLine } },
        }),
      ),
      null,
      2,
    ),
  )}\n`;
