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

/** A name nearest to one that is not there, in words. */
function insteadOf(file: string): string {
  const meant = didYouMean(file.slice(0, 64), CODER_ICONS);
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
