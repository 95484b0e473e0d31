/** Whether what the docs link to is there; hosts of others are listed with what for, and not asked. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../doc-files';
import type { ReadPage } from '../markdown-tokens';
import { isExternal, targetOf } from '../site/site-pages';
import EXTERNAL from './external-links.json';

export function linkFaults(pages: readonly ReadPage[]): string[] {
  const anchors = new Map(pages.map((page) => [page.file, page.anchors]));
  return pages.flatMap(({ file, links }) =>
    links.flatMap(({ line, target }) => {
      const fault = faultOf(file, target, anchors);
      return fault === undefined ? [] : [`${file}:${line}: ${fault}`];
    }),
  );
}

function faultOf(
  from: string,
  target: string,
  anchors: ReadonlyMap<string, readonly string[]>,
): string | undefined {
  if (isExternal(target))
    return target in EXTERNAL ? undefined : `${target} is not in documentation/snippets/external-links.json`;
  const { file, place } = targetOf(from, target);
  if (!existsSync(join(ROOT, file))) return `there is no ${file}`;
  if (place === undefined || anchors.get(file)?.includes(place)) return undefined;
  return `${file} has no heading for #${place}`;
}

/** Of the list those that no page links to any more. */
export const unusedExternal = (pages: readonly ReadPage[]): string[] => {
  const used = new Set(pages.flatMap(({ links }) => links.map(({ target }) => target)));
  return Object.keys(EXTERNAL).filter((target) => !used.has(target));
};
