/** The table of limits as a page for people: docs/limits.md. */
import { REQUEST_LIMITS, type LimitName } from './request-limits';

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function describe(name: LimitName): string {
  const { most, unit, of, since } = REQUEST_LIMITS[name];
  return row([`\`${name}\``, of, `${most.toLocaleString('en-US')} ${unit}`, since]);
}

export function limitsDocument(): string {
  const names = Object.keys(REQUEST_LIMITS) as LimitName[];
  return `# Limits of a request

How long, how many and how deep the things of a request may be, made from \`gateway/model/request-limits.ts\`;
\`UPDATE_SNAPSHOT=1 npm test -- limits-document\` makes this page anew.

They hold before anything looks into what was sent. Where a provider has a limit of its own it is that one, or the widest
where they differ, so that nothing is refused that one of them takes; a provider with a narrower one says so itself. What
is beyond a limit is a 400 that names the field, the limit, and what was sent, cut to length (\`body_too_deep\` for
\`jsonDepth\`). Text that is said, and images and files in base64, have no limit but the body's bytes
(\`GATEWAY_MAX_BODY_BYTES\`) and the number of its elements. Characters are UTF-16 units.

Of what was said nothing is kept unless content logging is on; how much then is in \`content-logging.md\`.

${[row(['limit', 'of', 'at most', 'whose']), row(Array<string>(4).fill('---')), ...names.map(describe)].join('\n')}
`;
}
