/** The packages whose files are in a bundle, and their licences, which ask to go along. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { ROOT } from './options';

/** @returns their folders, as `node_modules/pg` */
export const packagesIn = ({ inputs }: Metafile): string[] =>
  [
    ...new Set(
      Object.keys(inputs).flatMap(
        (input) => /^((?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? [],
      ),
    ),
  ].sort();

/** @param packages folders of them */
export const licencesOf = (packages: readonly string[]): string => packages.map(licenceOf).join('\n');

function licenceOf(folder: string): string {
  const { name, version, license } = JSON.parse(
    readFileSync(join(ROOT, folder, 'package.json'), 'utf8'),
  ) as Record<string, string>;
  const file = readdirSync(join(ROOT, folder)).find((each) => /^licen[cs]e/i.test(each));
  const text = file === undefined ? `${license}\n` : readFileSync(join(ROOT, folder, file), 'utf8');
  return `== ${name} ${version}\n\n${text}`;
}
