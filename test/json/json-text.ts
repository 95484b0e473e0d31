/** JSON texts as clients may write them: blanks, escapes that need not be, members twice, names of any kind. */
import fc from 'fast-check';
import { LEAST_LENGTH } from '../../gateway/json/sent-strings';

/** Characters that JSON writes in different ways, or that are two of its units, or half of one. */
const CHARACTERS = [
  'a',
  ' ',
  '"',
  '\\',
  '/',
  '\n',
  '\u0000',
  '\u007f',
  '\u2028',
  'é',
  '€',
  '😀',
  '\ud800',
  '\udc00',
];
const NAMES = ['content', 'text', 'messages', '1', '0', '__proto__', 'constructor', 'toJSON', '', 'a"b', 'é'];

/** Of about the length from which strings are kept. */
const strings = fc
  .tuple(fc.array(fc.constantFrom(...CHARACTERS), { minLength: 1, maxLength: 8 }), fc.constantFrom(1, 16, 40))
  .map(([pieces, times]) => pieces.join('').repeat(times));

const alike = fc
  .nat({ max: 20 })
  .map((number) => `${'x'.repeat(LEAST_LENGTH)}${String(number).padStart(2, '0')}`);

/** How often a blank stands between two tokens, and an escape where none is needed. */
type Habit = (most: number) => number;

function writeString(value: string, pick: Habit): string {
  let json = '"';
  for (let index = 0; index < value.length; index += 1) {
    const unit = value.charAt(index);
    const code = value.charCodeAt(index);
    const plain = JSON.stringify(unit).slice(1, -1);
    const escaped = `\\u${code.toString(16).padStart(4, '0')}`;
    const isHalf = code >= 0xd800 && code <= 0xdfff;
    json += pick(40) === 0 ? escaped : unit === '/' && pick(2) === 0 ? '\\/' : isHalf ? unit : plain;
  }
  return `${json}"`;
}

export interface Member {
  readonly name: string;
  readonly value: Tree;
}
export type Tree =
  | { readonly kind: 'plain'; readonly value: string | number | boolean | null }
  | { readonly kind: 'list'; readonly values: readonly Tree[] }
  | { readonly kind: 'object'; readonly members: readonly Member[] };

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc
      .oneof(
        { weight: 4, arbitrary: strings },
        { weight: 2, arbitrary: alike },
        { weight: 1, arbitrary: fc.constantFrom(0, -0, 1e21, 1.5, true, false, null) },
      )
      .map((value): Tree => ({ kind: 'plain', value })),
    fc.array(tie('tree'), { maxLength: 3 }).map((values): Tree => ({ kind: 'list', values })),
    members(tie('tree')).map((list): Tree => ({ kind: 'object', members: list })),
  ),
}));

function members(values: fc.Arbitrary<Tree>): fc.Arbitrary<Member[]> {
  return fc.array(fc.record({ name: fc.constantFrom(...NAMES), value: values }), { maxLength: 3 });
}

function write(value: Tree, pick: Habit): string {
  const blank = (): string => [' ', '\n', '\t', '\r\n'][pick(12)] ?? '';
  const around = (json: string): string => `${blank()}${json}${blank()}`;
  switch (value.kind) {
    case 'plain':
      return around(
        typeof value.value === 'string' ? writeString(value.value, pick) : JSON.stringify(value.value),
      );
    case 'list':
      return around(`[${value.values.map((each) => write(each, pick)).join(',') || blank()}]`);
    case 'object': {
      const pairs = value.members.map(
        (each) => `${around(writeString(each.name, pick))}:${write(each.value, pick)}`,
      );
      return around(`{${pairs.join(',') || blank()}}`);
    }
  }
}

/** Long enough to be kept, and enough of them to be looked for. */
const conversation = fc
  .array(
    fc.oneof(strings, alike).map((value): Tree => ({ kind: 'plain', value: value.repeat(5) })),
    { minLength: 1, maxLength: 4 },
  )
  .map((values): Member => ({ name: 'messages', value: { kind: 'list', values } }));

/** Texts of objects, with members of the same name at times. */
export const jsonTexts: fc.Arbitrary<string> = fc
  .tuple(
    members(tree),
    conversation,
    members(tree),
    fc.array(fc.nat({ max: 1_000 }), { minLength: 1, maxLength: 40 }),
  )
  .map(([before, said, after, picks]) => {
    let at = 0;
    const pick: Habit = (most) => (picks[(at += 1) % picks.length] ?? 0) % most;
    return write({ kind: 'object', members: [...before, said, ...after] }, pick);
  });
