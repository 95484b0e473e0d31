/**
 * A report as SARIF 2.1.0, as GitHub's code scanning and GitLab take it.
 *
 * Source: the standard, and GitHub's "SARIF support for code scanning": 25,000 results a run, a message of 1 KiB of text
 * that is shown, `partialFingerprints` by which an alert is known again, `security-severity` of 0.0 to 10.0.
 */
import { escapeObeyed } from '../../terminal/terminal-text';
import type { Finding, Severity } from '../findings/finding';
import type { Report } from '../report';
import { forProgram, forUri } from './escape';
import { leftOutByReason, notes } from './summary';

const LEVELS: Readonly<Record<Severity, string>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
};
/** GitHub's bounds: critical from 9.0, high from 7.0, medium from 4.0. */
const SECURITY: Readonly<Record<Severity, string>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '2.0',
};

/** Results that GitHub takes of one run. */
const MOST_RESULTS = 25_000;

export interface SarifAbout {
  /** Of this program. */
  readonly version: string;
  /** What each rule is about, by its id. */
  readonly rules: ReadonlyMap<string, string>;
}

export function renderSarif(report: Report, { version, rules }: SarifAbout): string {
  const used = [...new Set(report.findings.map(({ rule }) => rule))].sort();
  const sarif = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'contractor-workspace review',
            semanticVersion: version,
            rules: used.map((id) => ruleOf(id, rules.get(id) ?? id)),
          },
        },
        automationDetails: { id: 'contractor-workspace/review/' },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: [...leftOutTexts(report), ...notes(report).map(forProgram)].map(
              (text) => ({
                level: 'note',
                message: { text },
              }),
            ),
          },
        ],
        results: report.findings.slice(0, MOST_RESULTS).map((finding) => resultOf(finding, used)),
      },
    ],
  };
  return `${escapeObeyed(JSON.stringify(sarif, null, 2))}\n`;
}

const leftOutTexts = (report: Report): string[] =>
  leftOutByReason(report).map(
    ({ why, paths, further }) =>
      `Left out, ${why}: ${paths.map(forProgram).join(', ')}${further === 0 ? '' : ` and ${further} more`}.`,
  );

function ruleOf(id: string, about: string): Record<string, unknown> {
  const text = `${capital(forProgram(about)).slice(0, 1_000).replace(/\.$/, '')}.`;
  return {
    id,
    name: nameOf(id),
    shortDescription: { text: text.length > 255 ? `${text.slice(0, 250)} ….` : text },
    fullDescription: { text },
    help: { text: `A rule of the checklist "${id.split('/')[0]}".` },
    properties: { tags: [id.split('/')[0]] },
  };
}

/** SARIF wants a rule's name in Pascal case. */
const nameOf = (id: string): string =>
  id.replace(/(?:^|[^a-z0-9]+)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function resultOf(finding: Finding, used: readonly string[]): Record<string, unknown> {
  const {
    title,
    reason,
    suggestion,
    rule,
    severity,
    fingerprint,
    path,
    startLine,
    endLine,
    confidence,
    replacement,
  } = finding;
  const uri = forUri(path);
  const region = { startLine, endLine };
  const isSecurity = rule.startsWith('security/');
  const text = [`${title}${/[.!?]$/.test(title) ? '' : '.'}`, reason, suggestion]
    .map(forProgram)
    .filter((each) => each !== '')
    .join(' ');
  return {
    ruleId: rule,
    ruleIndex: used.indexOf(rule),
    level: LEVELS[severity],
    message: { text: withoutLinks(text) },
    locations: [{ physicalLocation: { artifactLocation: { uri, uriBaseId: '%SRCROOT%' }, region } }],
    partialFingerprints: { 'contractorWorkspaceReview/v1': fingerprint },
    rank: Math.round(confidence * 1_000) / 10,
    properties: { severity, confidence, ...(isSecurity ? { 'security-severity': SECURITY[severity] } : {}) },
    ...(replacement === undefined
      ? {}
      : {
          fixes: [
            {
              description: { text: withoutLinks(forProgram(suggestion || title)) },
              artifactChanges: [
                {
                  artifactLocation: { uri, uriBaseId: '%SRCROOT%' },
                  replacements: [
                    {
                      deletedRegion: { startLine, startColumn: 1, endLine: endLine + 1, endColumn: 1 },
                      insertedContent: { text: `${replacement}\n` },
                    },
                  ],
                },
              ],
            },
          ],
        }),
  };
}

/** In plain messages "[text](1)" is a link, and braces are places to be filled. */
const withoutLinks = (text: string): string =>
  text.replace(/[[\]\\]/g, (sign) => `\\${sign}`).replace(/[{}]/g, (sign) => sign + sign);
