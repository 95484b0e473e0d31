/** What the comments say: within the platform's limit, texts of others escaped. */
import type { Finding } from '../findings/finding';
import { codeSpan, forMarkdown } from '../output/escape';
import { leftOutLines, noteLines, renderFindingMarkdown } from '../output/markdown';
import { headline, linesText } from '../output/summary';
import type { Report } from '../report';
import { findingMarker, summaryMarker, withoutMarker } from './marker';

export interface SummaryProps {
  readonly longest: number;
  /** Fingerprints of findings that have a comment at their line. */
  readonly atLines: ReadonlySet<string>;
}

/** Room for the line that says that not all of it fits. */
const ROOM = 100;

export function summaryBody(report: Report, { longest, atLines }: SummaryProps): string {
  const { findings } = report;
  const listed = findings.filter(({ fingerprint }) => atLines.has(fingerprint)).map(listLine);
  const others = findings.filter(({ fingerprint }) => !atLines.has(fingerprint));
  const leftOut = leftOutLines(report);
  return fitting(
    [
      `${summaryMarker()}\n## Review: ${headline(report)}`,
      ...(listed.length === 0 ? [] : [listed.join('\n')]),
      ...others.map((finding) => renderFindingMarkdown(finding)),
      noteLines(report).join('\n'),
      ...(leftOut.length === 0 ? [] : [['Left out:', '', ...leftOut].join('\n')]),
    ],
    longest,
  );
}

const listLine = (finding: Finding): string =>
  `- **${finding.severity}** ${forMarkdown(finding.title)} (${codeSpan(finding.path)}, line ${linesText(finding)})`;

/** Parts that are too long are left away, and it is said. */
function fitting(parts: readonly string[], longest: number): string {
  let text = '';
  let left = 0;
  for (const part of parts) {
    const more = text === '' ? part : `\n\n${part}`;
    if (text.length + more.length <= longest - ROOM) text += more;
    else left += 1;
  }
  return left === 0
    ? text
    : `${text}\n\n${left === 1 ? 'One part' : `${left} parts`} too long for a comment.`;
}

export function findingBody(finding: Finding, longest: number): string {
  const marked = (text: string): string => `${findingMarker(finding.fingerprint, true)}\n${text}`;
  const whole = marked(renderFindingMarkdown(finding, { withPlace: false }));
  if (whole.length <= longest) return whole;
  return marked(renderFindingMarkdown(finding, { withPlace: false, withPatch: false }));
}

/** @param body what the comment said so far */
export function goneBody(fingerprint: string, body: string, head: string, longest: number): string {
  const start = `${findingMarker(fingerprint, false)}\n**No longer found** at ${codeSpan(head.slice(0, 12))}.\n\n`;
  const before = withoutMarker(body);
  return start.length + before.length <= longest ? start + before : start.trimEnd();
}

/** Platforms may change what ends a line, and what is blank at the end. */
export const isSameBody = (one: string, other: string): boolean => plain(one) === plain(other);
const plain = (text: string): string => text.replace(/\r\n/g, '\n').trimEnd();
