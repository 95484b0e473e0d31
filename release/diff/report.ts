import { escapeObeyed, forTerminal } from '../../terminal/terminal-text';
import { code } from '../code-span';
import { isAtLeast, SEVERITIES, worst, type Change, type Severity } from './change';
import type { Comparison } from './comparison';

export type ReportStyle = 'text' | 'markdown' | 'json';

/** What comparisons mean, for people or for a program. */
export function writeReport(comparisons: readonly Comparison[], style: ReportStyle): string {
  if (style === 'json') return `${escapeObeyed(JSON.stringify(asJson(comparisons), null, 2))}\n`;
  const write = style === 'text' ? writeText : writeMarkdown;
  return withoutRepeats(comparisons).map(write).join('\n');
}

function asJson(comparisons: readonly Comparison[]): unknown {
  return { worst: worstOf(comparisons) ?? null, templates: comparisons };
}

export const worstOf = (comparisons: readonly Comparison[]): Severity | undefined =>
  worst(comparisons.flatMap(({ changes }) => changes.map(({ severity }) => severity)));

/** Whether a change is at least as bad as what CI was told to refuse. */
export const isRefused = (comparisons: readonly Comparison[], limit: Severity): boolean =>
  comparisons.some(({ changes }) => changes.some(({ severity }) => isAtLeast(severity, limit)));

const TEMPLATE = 'before its next start on the new version';
const POLICY = 'within seconds of being published to the gateway, for running workspaces too';

/** When changes reach people, which differs between a template and the gateway's document. */
function when(changes: readonly Change[]): string {
  const isMixed = changes.some(({ policy }) => policy !== undefined);
  if (!isMixed) return `No workspace notices any of it ${TEMPLATE}.`;
  if (changes.every(({ policy }) => policy !== undefined)) return `Policy and prices hold ${POLICY}.`;
  return `No workspace notices what is in the template ${TEMPLATE}; policy and prices hold ${POLICY}.`;
}

const count = (changes: readonly unknown[]): string =>
  changes.length === 1 ? '1 change' : `${changes.length} changes`;

/** The same policy is rendered beside every template that has none of its own: it is described once. */
function withoutRepeats(comparisons: readonly Comparison[]): Shown[] {
  const seen = new Map<string, string>();
  return comparisons.map((comparison) => {
    const policy = comparison.changes.filter((change) => change.policy !== undefined);
    const text = JSON.stringify(policy);
    const first = seen.get(text);
    if (policy.length === 0 || first === undefined) {
      seen.set(text, comparison.template);
      return { ...comparison, notes: notesOf(comparison) };
    }
    return {
      ...comparison,
      changes: comparison.changes.filter((change) => change.policy === undefined),
      notes: [
        ...takenValues(comparison.changes),
        `policy and prices: the same ${count(policy)} as for ${code(first)}`,
      ],
    };
  });
}

/** A comparison as people read it. */
interface Shown extends Comparison {
  /** Sentences without a capital and a full stop. */
  readonly notes: readonly string[];
}

const notesOf = ({ policyNote, changes }: Comparison): string[] => [
  ...takenValues(changes),
  ...(policyNote === undefined ? [] : [policyNote]),
];

/** What a reviewer must not overlook among many lines. */
function takenValues(changes: readonly Change[]): string[] {
  const { length } = changes.filter(({ takesStored }) => takesStored === true);
  if (length === 0) return [];
  return [
    `${length === 1 ? '1 kind of stored value' : `${length} kinds of stored values`} will refuse to start`,
  ];
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/** Changes under the headings of their severities; a heading without changes is left out. */
const sections = (changes: readonly Change[]): { readonly title: string; readonly changes: Change[] }[] =>
  SEVERITIES.map(({ name, title }) => ({
    title,
    changes: changes.filter(({ severity }) => severity === name),
  })).filter((section) => section.changes.length > 0);

function writeText({ template, from, to, changes, notes }: Shown): string {
  const heading = `${template}, ${from} → ${to}`;
  const lines =
    changes.length === 0
      ? [`${heading}: no change${notes.length === 0 ? '' : ' of the template'}`]
      : [`${heading}: ${count(changes)}. ${when(changes)}`];
  lines.push(...notes.map(sentence));
  for (const section of sections(changes)) {
    lines.push('', section.title.toUpperCase());
    for (const { title, details, todo, diff } of section.changes) {
      lines.push(`- ${title}`, ...details.map((detail) => `    ${detail}`));
      if (todo !== undefined) lines.push(`    To do: ${todo}.`);
      if (diff !== undefined) lines.push(...diff.map((line) => `      ${plain(line)}`));
    }
  }
  return `${lines.join('\n')}\n`;
}

/** A line of a file as a terminal may get it, with its tabs. */
const plain = (line: string): string => line.split('\t').map(forTerminal).join('\t');

function writeMarkdown({ template, from, to, changes, notes }: Shown): string {
  const heading = `## Template \`${template}\`: \`${from}\` → ${to === 'now' ? 'now' : `\`${to}\``}`;
  if (changes.length === 0)
    return `${[heading, notes.length === 0 ? 'No change.' : 'No change of the template.', ...notes.map(sentence)].join('\n\n')}\n`;
  const blocks = sections(changes).flatMap((section) => [
    `### ${section.title}`,
    ...section.changes.map(markdownChange),
  ]);
  const summary = [`${count(changes)}, the worst first. ${when(changes)}`, ...notes.map(sentence)];
  return `${[heading, ...summary, ...blocks].join('\n\n')}\n`;
}

function markdownChange({ title, details, todo, diff }: Change): string {
  const lines = [`- **${title}**`, ...details.map((detail) => `  - ${detail}`)];
  if (todo !== undefined) lines.push(`  - *To do:* ${todo}.`);
  if (diff !== undefined) {
    // A fence must be longer than any in the file itself.
    const longest = Math.max(
      2,
      ...diff.flatMap((line) => [...line.matchAll(/`+/g)].map(([run]) => run.length)),
    );
    const fence = '`'.repeat(longest + 1);
    lines.push('', `  ${fence}diff`, ...diff.map((line) => `  ${line}`), `  ${fence}`);
  }
  return lines.join('\n');
}
