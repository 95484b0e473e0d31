/** THIRD-PARTY-NOTICES.md: whose work is used, under which licence, with its text. */
import type { UsedPackage } from './read-packages';

/** A line that says whose it is: with a year, or as "Copyright (c) name". Clauses that begin alike say neither. */
const COPYRIGHT =
  /^[\s/*#]*(?:portions )?(?:(?:copyright|\(c\)|©)[^\n]*\b(?:19|20)\d\d\b|copyright (?:\(c\)|©))[^\n]*$/gim;

interface Text {
  readonly text: string;
  readonly of: string[];
}

const normal = (text: string): string => text.replace(/\s+/g, ' ').trim().toLowerCase();

const copyrightsOf = ({ texts }: UsedPackage): string[] => [
  ...new Set(
    texts
      .flatMap((text) => text.match(COPYRIGHT) ?? [])
      .map((line) => line.replace(/^[\s/*#]+|\s+$/g, ''))
      // The form at the end of Apache's text names nobody.
      .filter((line) => !/\[yyyy\]|\{yyyy\}|\[year\]/i.test(line)),
  ),
];

/** Texts that differ in their copyright lines alone are one. */
function textsOf(packages: readonly UsedPackage[]): Text[] {
  const texts = new Map<string, Text>();
  for (const { name, version, texts: own } of packages)
    for (const text of own) {
      const bare = text
        .replace(COPYRIGHT, '')
        .replace(/\n{3,}/g, '\n\n')
        .trim();
      const known = texts.get(normal(bare)) ?? { text: bare, of: [] };
      texts.set(normal(bare), known);
      known.of.push(`${name} ${version}`);
    }
  return [...texts.values()].sort((a, b) => b.of.length - a.of.length || (a.text < b.text ? -1 : 1));
}

const fenceFor = (text: string): string =>
  '`'.repeat(Math.max(3, ...(text.match(/`+/g) ?? []).map((run) => run.length + 1)));

function packageLine(each: UsedPackage): string {
  const copyrights = copyrightsOf(each);
  return `- ${each.name} ${each.version} (${each.licence})${copyrights.length === 0 ? '' : `: ${copyrights.map((line) => line.replaceAll('<', '&lt;')).join('; ')}`}`;
}

const textSection = ({ text, of }: Text): string =>
  `### ${of.length === 1 ? of[0] : `${of[0]} and ${of.length - 1} more`}\n\n${of.length === 1 ? '' : `${of.join(', ')}\n\n`}${fenceFor(text)}text\n${text}\n${fenceFor(text)}`;

export function notices(packages: readonly UsedPackage[]): string {
  const licences = new Map<string, number>();
  for (const { licence } of packages) licences.set(licence, (licences.get(licence) ?? 0) + 1);
  const counted = [...licences].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return `# Notices of others

Packages that are installed with the project when it is used, by \`npm run notices\` from \`package-lock.json\` and
\`node_modules\`. Those for development are not among them.

| licence | packages |
| --- | --- |
${counted.map(([licence, count]) => `| ${licence} | ${count} |`).join('\n')}

## Packages

${packages.map(packageLine).join('\n')}

## Texts

${textsOf(packages).map(textSection).join('\n\n')}
`;
}
