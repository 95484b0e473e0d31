/** A page of the docs as HTML: headings get places, links lead within the site, wide things can be scrolled by keyboard. */
import type { Token } from 'markdown-it';
import { MARKDOWN, newAnchors, plainText } from '../markdown-tokens';
import { hrefFrom, isExternal, pathInSite, targetOf } from './site-pages';

export interface Place {
  readonly level: number;
  readonly anchor: string;
  readonly title: string;
  /** What is said there, up to the next heading. */
  readonly text: string;
}

export interface RenderedPage {
  readonly file: string;
  readonly title: string;
  readonly body: string;
  readonly places: readonly Place[];
}

/** @param files all pages of the site */
export function renderPage(file: string, text: string, files: ReadonlySet<string>): RenderedPage {
  const tokens = MARKDOWN.parse(text, {});
  const anchors = newAnchors();
  const places: (Place & { words: string[] })[] = [];
  const toSite = (target: string): string => {
    if (isExternal(target)) return target;
    const to = targetOf(file, target);
    const href = hrefFrom(
      pathInSite(file),
      files.has(to.file) ? pathInSite(to.file) : to.file.replace(/^docs\//, ''),
    );
    return to.place === undefined ? href : `${href}#${to.place}`;
  };
  for (const [at, token] of tokens.entries()) {
    if (token.type === 'heading_open') {
      const title = plainText(tokens[at + 1]);
      const anchor = anchors(title);
      token.attrSet('id', anchor);
      places.push({ level: Number(token.tag.slice(1)), anchor, title, text: '', words: [] });
    } else if (token.type === 'inline' && tokens[at - 1]?.type !== 'heading_open')
      places.at(-1)?.words.push(plainText(token));
    else if (token.type === 'fence') places.at(-1)?.words.push(token.content);
    token.children?.forEach((child) => rewrite(child, toSite));
    if (token.type === 'html_block') rewrite(token, toSite);
  }
  return {
    file,
    title: places[0]?.title ?? file,
    body: scrollable(MARKDOWN.renderer.render(tokens, MARKDOWN.options, {})),
    places: places.map(({ words, ...place }) => ({
      ...place,
      text: words.join(' ').replace(/\s+/g, ' ').trim(),
    })),
  };
}

function rewrite(token: Token, toSite: (target: string) => string): void {
  for (const name of ['href', 'src']) {
    const target = token.attrGet(name);
    if (target !== null) token.attrSet(name, toSite(target));
  }
  // The only HTML that the docs have: pictures for light and dark.
  if (token.type.startsWith('html'))
    token.content = token.content.replace(
      /\b(src|srcset)="([^"]*)"/g,
      (_, name: string, target: string) => `${name}="${toSite(target)}"`,
    );
}

/** A list of tables that are all called "table" helps nobody: each has a number. */
function scrollable(html: string): string {
  let tables = 0;
  return html
    .replaceAll('<pre>', '<pre tabindex="0">')
    .replaceAll(
      '<table>',
      () => `<div class="wide" role="group" aria-label="Table ${(tables += 1)}" tabindex="0"><table>`,
    )
    .replaceAll('</table>', '</table></div>');
}
