import { forTerminal } from '../terminal/terminal-text';

/** The longest piece of a template that a sentence quotes. */
export const LONGEST_SPAN = 100;

/**
 * Something out of a template as reports quote it: on one line and between backticks, which a terminal shows and Markdown
 * takes for code, so that nothing in a template can become part of the report's own text.
 */
export function code(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const short = forTerminal(line.length > LONGEST_SPAN ? `${line.slice(0, LONGEST_SPAN - 1)}…` : line);
  if (!short.includes('`')) return `\`${short}\``;
  const longestRun = Math.max(...[...short.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longestRun + 1);
  return `${fence} ${short} ${fence}`;
}

/** Quoted names in a row: `a`, `b` and `c`. */
export function codes(texts: readonly string[]): string {
  const quoted = texts.map(code);
  return quoted.length < 2
    ? quoted.join('')
    : `${quoted.slice(0, -1).join(', ')} and ${quoted.at(-1) as string}`;
}
