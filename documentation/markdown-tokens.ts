/** A page's headings, blocks of code and links, as they are parsed. */
import MarkdownIt, { type Token } from 'markdown-it';
import { anchorOf } from './markdown';

export const MARKDOWN = new MarkdownIt({ html: true });

export interface Fence {
  readonly file: string;
  /** Of its first line of text. */
  readonly line: number;
  readonly language: string;
  /** Words after the language, which GitHub does not show. */
  readonly marks: readonly string[];
  readonly text: string;
  /** The heading above it. */
  readonly heading: string;
}

export interface Link {
  readonly file: string;
  readonly line: number;
  readonly target: string;
}

export interface ReadPage {
  readonly file: string;
  readonly anchors: readonly string[];
  readonly fences: readonly Fence[];
  readonly links: readonly Link[];
  /** Tags, as they are written. */
  readonly html: readonly string[];
}

/** Plain text of a heading or a cell, without marks. */
export const plainText = (inline: Token | undefined): string =>
  (inline?.children ?? []).map(({ type, content }) => (type.endsWith('break') ? ' ' : content)).join('');

/** Gives each heading its place: as GitHub does, with a number where one comes again. */
export function newAnchors(): (heading: string) => string {
  const seen = new Map<string, number>();
  return (heading) => {
    const anchor = anchorOf(heading);
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  };
}

export function readPage(file: string, text: string): ReadPage {
  const tokens = MARKDOWN.parse(text, {});
  const place = newAnchors();
  const anchors: string[] = [];
  const fences: Fence[] = [];
  const links: Link[] = [];
  const html: string[] = [];
  let heading = '';
  let line = 1;
  for (const [at, token] of tokens.entries()) {
    line = token.map === null ? line : token.map[0] + 1;
    if (token.type === 'heading_open') {
      heading = plainText(tokens[at + 1]);
      anchors.push(place(heading));
    }
    if (token.type === 'fence') {
      const [language = '', ...marks] = token.info.trim().split(/\s+/);
      fences.push({ file, line: line + 1, language, marks, text: token.content, heading });
    }
    for (const one of [token, ...(token.children ?? [])])
      if (one.type.startsWith('html')) {
        html.push(one.content.trim());
        for (const [, target = ''] of one.content.matchAll(/\b(?:src|srcset)="([^"]*)"/g))
          links.push({ file, line, target });
      }
    for (const child of token.children ?? []) {
      const target = child.attrGet(child.type === 'image' ? 'src' : 'href');
      if (['link_open', 'image'].includes(child.type) && target !== null) links.push({ file, line, target });
    }
  }
  return { file, anchors, fences, links, html };
}
