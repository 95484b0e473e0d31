import { isAtLeast, SEVERITIES, worst, type Change, type Severity } from './change';
import type { Comparison } from './comparison';

export type ReportStyle = 'text' | 'markdown' | 'json';

/** What comparisons mean, for people or for a program. */
export function writeReport(comparisons: readonly Comparison[], style: ReportStyle): string {
  if (style === 'json') return `${JSON.stringify(asJson(comparisons), null, 2)}\n`;
  const write = style === 'text' ? writeText : writeMarkdown;
  return `${comparisons.map(write).join('\n')}`;
}

function asJson(comparisons: readonly Comparison[]): unknown {
  return { worst: worstOf(comparisons) ?? null, templates: comparisons };
}

export const worstOf = (comparisons: readonly Comparison[]): Severity | undefined =>
  worst(comparisons.flatMap(({ changes }) => changes.map(({ severity }) => severity)));

/** Whether a change is at least as bad as what CI was told to refuse. */
export const isRefused = (comparisons: readonly Comparison[], limit: Severity): boolean =>
  comparisons.some(({ changes }) => changes.some(({ severity }) => isAtLeast(severity, limit)));

const WHEN = 'No workspace notices any of it before its next start on the new version.';

const count = (changes: readonly Change[]): string =>
  changes.length === 1 ? '1 change' : `${changes.length} changes`;

/** Changes under the headings of their severities; a heading without changes is left out. */
const sections = (changes: readonly Change[]): { readonly title: string; readonly changes: Change[] }[] =>
  SEVERITIES.map(({ name, title }) => ({
    title,
    changes: changes.filter(({ severity }) => severity === name),
  })).filter((section) => section.changes.length > 0);

function writeText({ template, from, to, changes }: Comparison): string {
  if (changes.length === 0) return `${template}, ${from} → ${to}: no change\n`;
  const lines = [`${template}, ${from} → ${to}: ${count(changes)}. ${WHEN}`];
  for (const section of sections(changes)) {
    lines.push('', section.title.toUpperCase());
    for (const { title, details, todo, diff } of section.changes) {
      lines.push(`- ${title}`, ...details.map((detail) => `    ${detail}`));
      if (todo !== undefined) lines.push(`    To do: ${todo}.`);
      if (diff !== undefined) lines.push(...diff.map((line) => `      ${line}`));
    }
  }
  return `${lines.join('\n')}\n`;
}

function writeMarkdown({ template, from, to, changes }: Comparison): string {
  const heading = `## Template \`${template}\`: \`${from}\` → ${to === 'now' ? 'now' : `\`${to}\``}`;
  if (changes.length === 0) return `${heading}\n\nNo change.\n`;
  const blocks = sections(changes).flatMap((section) => [
    `### ${section.title}`,
    ...section.changes.map(markdownChange),
  ]);
  return `${[heading, `${count(changes)}, the worst first. ${WHEN}`, ...blocks].join('\n\n')}\n`;
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
