/** A value as a message shows it: on one line, short, and without what may be a secret. */

/** UTF-16 units of one text, and of a whole value. */
const LONGEST_TEXT = 60;
const LONGEST = 160;
/** Members of an object and elements of a list. */
const MOST = 6;
const DEEPEST = 3;

/** What keys and tokens of known makers begin with. */
const KNOWN_SECRET = /\b(?:sk-|pk-|gh[opsu]_|github_pat_|glpat-|xox[a-z]-|AKIA|ASIA|eyJ)[-\w]{8,}/g;

/** Unbroken, too long for a word. A digest is none. */
const LONG_RUN = /(sha256:)?[A-Za-z0-9_+=]{20,}/g;

/** Changes between letter and digit from which on nobody reads a word. */
const MIXED = 4;

const SECRET_NAME = /key|secret|token|passw|credential/i;

/** Where an address holds a name and a password. */
const USER_INFO = /(\/\/)[^/@\s]*@/g;

const isMixed = (text: string): boolean => (text.match(/[A-Za-z][0-9]|[0-9][A-Za-z]/g) ?? []).length >= MIXED;

const withoutSecrets = (text: string): string =>
  text
    .replace(USER_INFO, '$1…@')
    .replace(KNOWN_SECRET, '…')
    .replace(LONG_RUN, (run: string, digest?: string) => (digest === undefined && isMixed(run) ? '…' : run));

/** @param value of any kind; what it holds is looked at, and no getter is run */
export function shown(value: unknown): string {
  const text = show(value, DEEPEST);
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

function show(value: unknown, deeper: number): string {
  if (typeof value === 'string') return showText(value);
  if (typeof value === 'bigint') return `${String(value).slice(0, LONGEST_TEXT)}n`;
  if (typeof value === 'symbol') return 'a symbol';
  if (typeof value === 'function') return showFunction(value);
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  try {
    return showObject(value, deeper);
  } catch {
    // A proxy may refuse whatever is asked.
    return 'an object';
  }
}

function showText(text: string): string {
  const safe = withoutSecrets(text.slice(0, 4 * LONGEST_TEXT));
  return JSON.stringify(safe.length > LONGEST_TEXT ? `${safe.slice(0, LONGEST_TEXT - 1)}…` : safe);
}

function showFunction(value: object): string {
  const { name } = value as { name?: unknown };
  const isClass = /^class\b/.test(Function.prototype.toString.call(value).slice(0, 6));
  return `${isClass ? 'the class' : 'a function'}${typeof name === 'string' && name !== '' ? ` ${name.slice(0, LONGEST_TEXT)}` : ''}`;
}

function showObject(value: object, deeper: number): string {
  if (Array.isArray(value)) {
    if (deeper === 0) return '[…]';
    const elements = value.slice(0, MOST).map((one) => show(one, deeper - 1));
    return `[${[...elements, ...(value.length > MOST ? ['…'] : [])].join(', ')}]`;
  }
  const kind = kindOf(value);
  if (kind !== undefined) return kind;
  if (deeper === 0) return '{…}';
  const members = Object.entries(Object.getOwnPropertyDescriptors(value)).filter(
    ([, { enumerable }]) => enumerable,
  );
  const texts = members.slice(0, MOST).map(([name, member]) => {
    const isHidden = !('value' in member) || (SECRET_NAME.test(name) && typeof member.value === 'string');
    return `${nameOf(name)}: ${isHidden ? '…' : show(member.value, deeper - 1)}`;
  });
  if (members.length > MOST) texts.push('…');
  return texts.length === 0 ? '{}' : `{ ${texts.join(', ')} }`;
}

const nameOf = (name: string): string =>
  /^[A-Za-z_$][\w$]{0,59}$/.test(name) ? name : JSON.stringify(name.slice(0, LONGEST_TEXT));

/** What is more than members: by its class. */
function kindOf(value: object): string | undefined {
  const prototype = Object.getPrototypeOf(value) as { constructor?: { name?: unknown } } | null;
  if (prototype === null || prototype === Object.prototype) return undefined;
  const name = prototype.constructor?.name;
  // The compiler puts a mark before the name of a class that refers to itself.
  const plain = typeof name === 'string' ? name.replace(/^_/, '').slice(0, LONGEST_TEXT) : '';
  if (plain === '' || plain === 'Object') return undefined;
  return `${/^[AEIOU]/.test(plain) ? 'an' : 'a'} ${plain}`;
}
