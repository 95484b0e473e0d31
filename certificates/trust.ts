/** How people have their machines trust the platform's authority. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { create } from 'handlebars';
import type { Certificates } from './ensure';
import { day } from './own';

/** Whose machines: those are the texts beside this file. */
export const SYSTEMS = ['macos', 'linux', 'windows'] as const;
export type System = (typeof SYSTEMS)[number];

const SOURCES = join(__dirname, 'trust-guide');

/** Whether browsers have to trust an authority that nobody knows yet. */
const isToBeTrusted = ({ coder, authority }: Certificates): boolean =>
  coder !== undefined && coder.done !== 'of the site' && authority !== undefined;

/** @returns text with lines that can be typed as they are */
export function trustGuide(certificates: Certificates, systems: readonly System[] = SYSTEMS): string {
  const { authority, trusted } = certificates;
  if (authority === undefined || !isToBeTrusted(certificates))
    return render('public', { file: trusted }).trimEnd();
  const values = {
    name: forShell(authority.name),
    file: forShell(authority.certificate),
    // Windows knows none of the paths of this machine.
    copy: basename(authority.certificate),
    plain: authority.name.toLowerCase().replace(/[^a-z0-9]+/g, '-'),
  };
  const guide = [...systems, 'programs'].map((part) => render(part, values).trimEnd()).join('\n');
  return render('trust', {
    ...authority,
    file: authority.certificate,
    ends: day(authority.ends),
    ...(authority.permits && { names: authority.permits.join(', ') }),
    guide,
  }).trimEnd();
}

function render(part: string, values: Readonly<Record<string, string | readonly string[]>>): string {
  const text = readFileSync(join(SOURCES, `${part}.hbs`), 'utf8');
  return create().compile(text, { noEscape: true })(values);
}

/** As a shell takes it for one word. */
const forShell = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replace(/'/g, `'\\''`)}'`;
