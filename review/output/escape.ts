/** Texts of others, each for the place where it is shown. */
import { forTerminal } from '../../terminal/terminal-text';

/** One line that no terminal obeys. */
export const forLine = (text: string): string => forTerminal(text.replace(/\s+/g, ' '));

/** Signs that mean something in Markdown, HTML, or to a forge: mentions, references, emoji, commands at a line's start. */
const MEANT = /[\\`*_{}[\]()<>#+\-.!|~@:/&$^="']/g;
/** Letters and digits that links are made of without any sign: "www." and "https:" are broken by the signs in them. */
const HIDDEN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/gu;
/** Longer than any text that is shown. */
const LONGEST = 4_000;

/**
 * As it reads, on one line of Markdown: no link, image, HTML, mention, reference to an issue, or command for a bot.
 *
 * Signs become character references: GitHub's, GitLab's and Gitea's own marks ("@team", "#1", "!2", "~label", ":emoji:",
 * "/close") are looked for in places where a reference is none of them; and a bare address is cut by a word joiner.
 */
export const forMarkdown = (text: string): string =>
  text
    .slice(0, LONGEST)
    .replace(/\s+/g, ' ')
    .replace(HIDDEN, '')
    .replace(MEANT, (sign) =>
      BREAKS.has(sign) ? `&#${sign.charCodeAt(0)};&#8288;` : `&#${sign.charCodeAt(0)};`,
    )
    // Forges link "www.example.com" and names of people by what is shown, not by what is written.
    .replace(/\b(www)(?=&#46;)/gi, '$1&#8288;');

/** What begins a mention or an address where it stands before a word. */
const BREAKS: ReadonlySet<string> = new Set(['@', '#', '!', '~', ':', '/', '$', '&', '^', '.']);

/** Lines that no fence of the same length can end early. */
export function fenced(text: string, language: string): string {
  const longest = (text.match(/`{3,1000}/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}${text.endsWith('\n') ? '' : '\n'}${fence}`;
}

/** A name of a file in a code span. */
export function codeSpan(text: string): string {
  const plain = text.slice(0, LONGEST).replace(HIDDEN, '?').replace(/\s/g, ' ');
  const longest = (plain.match(/`{1,1000}/g) ?? []).reduce((most, run) => Math.max(most, run.length), 0);
  const ticks = '`'.repeat(longest + 1);
  const isOpen = plain.startsWith('`') || plain.endsWith('`');
  return isOpen ? `${ticks} ${plain} ${ticks}` : `${ticks}${plain}${ticks}`;
}

/** Text of a program's format, which may be shown anywhere: on one line, nothing hidden. */
export const forProgram = (text: string): string =>
  text.slice(0, LONGEST).replace(HIDDEN, '').replace(/\s+/g, ' ').trim();

/** A path as a URI reference, as SARIF has it. */
export const forUri = (path: string): string =>
  path
    .split('/')
    .map((part) =>
      encodeURIComponent(part.replace(/[\ud800-\udfff]/gu, '\ufffd')).replace(
        /[!'()*]/g,
        (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
      ),
    )
    .join('/');
