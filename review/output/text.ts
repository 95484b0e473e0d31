/** A report for a person at a terminal. */
import type { Colours } from '../../terminal/colours';
import type { Finding, Severity } from '../findings/finding';
import type { Report } from '../report';
import { forLine } from './escape';
import { asPercent, headline, leftOutByReason, linesText, notes } from './summary';

const COLOURS: Readonly<Record<Severity, keyof Colours>> = {
  critical: 'red',
  high: 'red',
  medium: 'yellow',
  low: 'cyan',
};

const WIDTH = 100;

export function renderText(report: Report, colours: Colours): string {
  const { bold, dim } = colours;
  const findings = report.findings.flatMap((finding) => [...findingLines(finding, colours), '']);
  const leftOut = leftOutByReason(report).map(
    ({ why, paths, further }) =>
      `Left out, ${why}: ${paths.map(forLine).join(', ')}${further === 0 ? '' : ` and ${further} more`}.`,
  );
  return [
    bold(headline(report)),
    '',
    ...findings,
    ...leftOut,
    ...notes(report).map((note) => dim(forLine(note))),
    '',
  ].join('\n');
}

function findingLines(finding: Finding, colours: Colours): string[] {
  const paint = colours[COLOURS[finding.severity]] as (text: string) => string;
  const { path, title, reason, suggestion, patch, severity, confidence, rule } = finding;
  return [
    `${paint(severity)} ${colours.bold(forLine(title))}`,
    `  ${forLine(path)}:${linesText(finding)}  ${colours.dim(`${rule}, ${asPercent(confidence)}`)}`,
    ...wrapped(forLine(reason)),
    ...(suggestion === '' ? [] : wrapped(`→ ${forLine(suggestion)}`)),
    ...(patch === undefined
      ? []
      : patch
          .trimEnd()
          .split('\n')
          .map((line) => `    ${forLine(line.replace(/\t/g, '    '))}`)),
  ];
}

function wrapped(text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length >= WIDTH) {
      lines.push(`  ${line}`);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, `  ${line}`];
}
