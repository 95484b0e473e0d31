/** What people see of a template in Coder's list. A push does not set it: another command does. */
import { parse as parseYaml } from 'yaml';
import { CODER_ICONS } from '../../synth/form-rules/coder-icons';
import { isObject } from '../../synth/hcl/expressions';
import { ok, type Finding } from './check';

const CHECK = 'listing';

/** The only place that states it: what stands above the template's README, between lines of three dashes. */
const FILE = 'README.md';

/** Options of `coder templates edit`, by the name in the file. */
const OPTIONS = { display_name: '--display-name', description: '--description', icon: '--icon' } as const;
type Field = keyof typeof OPTIONS;
const FIELDS = Object.keys(OPTIONS) as Field[];

export interface Listing {
  readonly findings: readonly Finding[];
  /** Words for `coder templates edit <name>`, not yet quoted; none when nothing is stated. */
  readonly words: readonly string[];
}

const note = (says: string, todo: string): Listing => ({
  findings: [{ check: CHECK, state: 'note', says, todo }],
  words: [],
});

/** @param files of the template: text by path */
export function readListing(files: ReadonlyMap<string, string>): Listing {
  const stated = frontMatter(files.get(FILE) ?? '');
  if (stated === undefined)
    return note(
      `${FILE} states no display name, description or icon, so Coder's list shows the template's name alone`,
      `begin ${FILE} with "---", a line for each of ${FIELDS.join(', ')}, and "---"`,
    );
  const given = FIELDS.flatMap((field) => (isWord(stated[field]) ? [[field, stated[field]] as const] : []));
  const wrong = FIELDS.filter((field) => stated[field] !== undefined && !isWord(stated[field]));
  if (wrong.length > 0)
    return note(`${FILE} has for ${wrong.join(', ')} what is no line of text`, 'write text on one line');
  const icon = given.find(([field]) => field === 'icon')?.[1];
  if (icon?.startsWith('/icon/') && !CODER_ICONS.includes(icon.slice('/icon/'.length)))
    return note(
      `${FILE} states the icon ${icon}, which Coder does not have`,
      'use one that it has, such as /icon/code.svg',
    );
  return {
    findings: [ok(CHECK, `${FILE} states ${given.map(([field]) => field).join(', ')}`)],
    words: given.flatMap(([field, value]) => [OPTIONS[field], value]),
  };
}

const isWord = (value: unknown): value is string =>
  typeof value === 'string' && value.trim() !== '' && !/[\x00-\x1f\x7f]/.test(value);

function frontMatter(text: string): Readonly<Record<string, unknown>> | undefined {
  const begin = '---\n';
  const end = text.startsWith(begin) ? text.indexOf('\n---\n', begin.length - 1) : -1;
  if (end === -1) return undefined;
  try {
    const stated: unknown = parseYaml(text.slice(begin.length, end));
    return isObject(stated) && FIELDS.some((field) => stated[field] !== undefined) ? stated : undefined;
  } catch {
    return undefined;
  }
}
