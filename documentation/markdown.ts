/** The little Markdown that rendered pages are made of. */

export const code = (text: string): string => `\`${text}\``;

/** Text without tags: what stands in angle brackets is shown. */
export const prose = (text: string): string =>
  text
    .split('`')
    .map((part, at) => (at % 2 === 1 ? part : part.replaceAll('&', '&amp;').replaceAll('<', '&lt;')))
    .join('`');

/** Text for a cell of a table: one line, whose bars are no bars. */
export const cell = (text: string): string => prose(text.replace(/\s+/g, ' ').trim()).replaceAll('|', '\\|');

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head.map(cell), head.map(() => '---'), ...rows.map((cells) => cells.map(cell))].map(row).join('\n');

export const fenced = (language: string, text: string): string => `\`\`\`${language}\n${text}\n\`\`\``;

/** Paragraphs, lists and tables, with an empty line between them; empty ones are left out. */
export const blocks = (...parts: readonly string[]): string =>
  parts
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .join('\n\n');

/** A whole page, whose second line says how it is made. */
export const page = (title: string, madeFrom: string, ...parts: readonly string[]): string =>
  `${blocks(`# ${title}`, `Made by ${code('npm run reference')} from ${madeFrom}.`, ...parts)}\n`;

/** What GitHub calls the place of a heading. */
export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
    .replaceAll(' ', '-');
