/** Writes the docs as a folder of pages that a browser opens without a server. */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Handlebars from 'handlebars';
import { docFiles, readDoc, ROOT } from '../doc-files';
import { renderPage, type RenderedPage } from './render-page';
import { hrefFrom, pathInSite, rootFrom } from './site-pages';
import NAVIGATION from './navigation.json';

/** Nothing but the site's own files; nothing within a page runs. */
export const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'";

const template = Handlebars.compile(readFileSync(join(__dirname, 'page.hbs'), 'utf8'));

interface Section {
  readonly page: string;
  readonly title: string;
  readonly href: string;
  readonly text: string;
}

/** Long enough for any section that people write; tables of the reference may be longer. */
const LONGEST_TEXT = 4_000;

const sectionsOf = ({ file, title, places }: RenderedPage): Section[] =>
  places.map((place) => ({
    page: title,
    title: place.title,
    href: `${pathInSite(file)}#${place.anchor}`,
    text: place.text.slice(0, LONGEST_TEXT),
  }));

function html(page: RenderedPage, pages: ReadonlyMap<string, RenderedPage>): string {
  const path = pathInSite(page.file);
  const groups = NAVIGATION.map((group) => ({
    for: group.for,
    pages: group.pages.flatMap((file) => {
      const other = pages.get(file);
      return other === undefined
        ? []
        : { title: other.title, href: hrefFrom(path, pathInSite(file)), isCurrent: file === page.file };
    }),
  }));
  const places = page.places.filter(({ level }) => level === 2);
  return template({
    policy: POLICY,
    title: page.title,
    root: rootFrom(path),
    groups,
    places: places.length > 2 ? places : undefined,
    body: page.body,
  });
}

/** @param folder is emptied first @returns how many pages there are */
export function writeSite(folder: string): number {
  const files = new Set(docFiles());
  const pages = new Map([...files].map((file) => [file, renderPage(file, readDoc(file), files)]));
  rmSync(folder, { recursive: true, force: true });
  for (const page of pages.values()) {
    const path = join(folder, pathInSite(page.file));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, html(page, pages));
  }
  cpSync(join(__dirname, 'assets'), join(folder, 'assets'), { recursive: true });
  const pictures = join(ROOT, 'docs/pictures');
  if (existsSync(pictures)) cpSync(pictures, join(folder, 'pictures'), { recursive: true });
  const sections = [...pages.values()].flatMap(sectionsOf);
  writeFileSync(
    join(folder, 'assets/search-index.js'),
    `globalThis.searchIndex = ${JSON.stringify(sections)};\n`,
  );
  return pages.size;
}
