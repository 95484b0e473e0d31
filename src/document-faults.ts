/** What the gateway says against its document, in terms of the catalog and policy it was made from. */
import type { Fault } from '../constructs/common/validation';
import { shown } from '../synth/shown';

/** Names of the document that are not those of policy and catalog in another spelling. */
const RENAMED: Readonly<Record<string, string>> = { cache_write_1h: 'cacheWriteHour' };

/** Top-level members that come from the catalog. */
const OF_CATALOG = ['models', 'priced_on'];

/** Whose names are the user's. */
const BY_NAME = [
  ['floors', 'templates'],
  ['floors', 'groups'],
  ['floors', 'people'],
  ['teams', 'templates'],
  ['teams', 'groups'],
  ['scopes'],
];

/**
 * @param fault a line of the gateway: where, what is wrong, what is allowed
 * @param typedAt says where the user typed a prop
 * @returns what it relies on, too: whether a name is one of a model depends on the models
 */
export function documentFault(fault: string, document: object, typedAt: (prop: string) => string): Fault {
  const { names, value, rest } = placeOf(fault, document);
  // A sentence of its own, or one that goes on from the place.
  const text = rest.startsWith(':') ? rest : rest.trimStart();
  const isOfNames = /no model is called|leads back|is already taken by/.test(text);
  const needs = isOfNames ? [typedAt('catalog')] : [];
  if (names.length === 0) {
    const [of = ''] = /^model/.exec(fault) ?? [];
    return of === ''
      ? { text: fault }
      : { text: `"${typedAt('catalog')}": ${fault}`, needs: [typedAt('catalog')] };
  }
  const got = text.startsWith('must ') ? `, got ${shown(value)}` : '';
  return { path: typedAt(propOf(names)), text: `${text}${got}`, needs, isTyped: true };
}

/** Follows the place a fault begins with: names may hold any character, so only the document tells where one ends. */
function placeOf(fault: string, document: object): { names: string[]; value: unknown; rest: string } {
  const names: string[] = [];
  let value: unknown = document;
  let rest = fault;
  while (typeof value === 'object' && value !== null) {
    const at = names.length === 0 ? rest : rest.slice(1);
    if (names.length > 0 && !rest.startsWith('.')) break;
    const [name] = Object.keys(value)
      .filter((each) => isNameOf(at, pointerPart(each)))
      .sort((a, b) => b.length - a.length);
    if (name === undefined) break;
    names.push(name);
    value = (value as Record<string, unknown>)[name];
    rest = at.slice(pointerPart(name).length);
  }
  return { names, value, rest };
}

const isNameOf = (text: string, name: string): boolean =>
  text.startsWith(name) && /^([.: ]|$)/.test(text.slice(name.length, name.length + 1));

/** RFC 6901: how the schema's checker writes a name in a path. */
const pointerPart = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

function propOf(names: readonly string[]): string {
  const [first = ''] = names;
  const parts = names.map((name, position) => {
    const above = names.slice(0, position);
    const isOfUser = BY_NAME.some((path) => path.join('\n') === above.join('\n'));
    if (isOfUser) return /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${shown(name)}]`;
    if (/^\d+$/.test(name)) return `[${name}]`;
    return `.${RENAMED[name] ?? name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())}`;
  });
  return `${OF_CATALOG.includes(first) ? 'catalog' : 'policy'}${parts.join('')}`;
}
