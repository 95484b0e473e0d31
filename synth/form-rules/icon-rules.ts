import { didYouMean } from '../../gateway/config/did-you-mean';
import { isObject, type Json } from '../hcl/expressions';
import { literalText, shown } from './block';
import { CODER_ICONS } from './coder-icons';
import type { Rule } from './rule';

/** Where a Coder server keeps its pictures. */
const FOLDER = '/icon/';

/** Every `icon` of a body, those of nested blocks included, with where it stands. */
function iconsIn(value: Json, at = ''): { readonly at: string; readonly icon: string }[] {
  if (Array.isArray(value))
    return (value as readonly Json[]).flatMap((item, i) => iconsIn(item, `${at}[${i}]`));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const path = at === '' ? name : `${at}.${name}`;
    const text = name === 'icon' ? literalText(inner) : undefined;
    return text === undefined ? iconsIn(inner, path) : [{ at: path, icon: text }];
  });
}

const stemOf = (file: string): string => file.replace(/\.[a-z]{1,5}$/i, '').toLowerCase();
const wordsOf = (stem: string): string[] => stem.split(/[-_. ]/).filter((word) => word !== '');
/** Words that say nothing about what is in the picture. */
const SHADES = ['black', 'white', 'dark', 'light', 'grey', 'monochrome', 'logo', 'icon'];

/** By stem; the first of a stem is its plainest file. */
const STEMS = new Map([...CODER_ICONS].reverse().map((file) => [stemOf(file), file]));

/**
 * The picture that was meant: the same name but for the kind of file and for how its words are joined, a slip in a name
 * that is long enough to tell, or one that shares a whole word. A short name is one letter away from anything.
 */
function meantBy(file: string): string | undefined {
  const stem = stemOf(file);
  const joined = (text: string): string => wordsOf(text).join('');
  const stems = [...STEMS.keys()];
  const same = stems.find((known) => joined(known) === joined(stem));
  const slip = didYouMean(stem, stems, stem.length < 5 ? 0 : stem.length < 9 ? 1 : 2);
  const words = wordsOf(stem).filter((word) => word.length > 2 && !SHADES.includes(word));
  const kin = stems.find((known) => wordsOf(known).some((word) => words.includes(word)));
  const meant = same ?? slip ?? kin;
  return meant === undefined ? undefined : STEMS.get(meant);
}

/** A name nearest to one that is not there, in words. */
function insteadOf(file: string): string {
  const meant = meantBy(file.slice(0, 64));
  return meant === undefined
    ? 'use one of its icons, such as "/icon/code.svg", or the address of a picture of your own'
    : `did you mean "${FOLDER}${meant}"?`;
}

/** Nobody checks it: a picture that is not there is seen by people alone. */
export const ICON_RULES: readonly Rule[] = [
  {
    id: 'icon/of-coder',
    about: [
      'data coder_parameter',
      'data coder_workspace_preset',
      'resource coder_app',
      'resource coder_script',
      'resource coder_metadata',
    ],
    check: ({ body }) =>
      iconsIn(body)
        .filter(({ icon }) => icon.startsWith(FOLDER))
        .map(({ at, icon }) => ({ at, icon, file: icon.slice(FOLDER.length).replace(/[?#].*$/s, '') }))
        .filter(({ file }) => !CODER_ICONS.includes(file))
        .map(
          ({ at, icon, file }) =>
            `${at} must be an icon that Coder has, got ${shown(icon)}: ${insteadOf(file)}`,
        ),
  },
];
