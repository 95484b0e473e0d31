import type { Token } from '../hcl/lexer';
import { templateParts, type TemplatePart } from '../hcl/strings';
import { literalText } from './block';
import { usesOf } from './expressions';
import type { StackFacts } from './stack-facts';

/** Functions whose result is no shorter than the sum of what they are given. */
const JOINING = ['join', 'sensitive', 'nonsensitive'];

const bytesOf = (text: string): number => Buffer.byteLength(text);

const partsOf = (template: string): TemplatePart[] => {
  try {
    return templateParts(template);
  } catch {
    return [];
  }
};

/**
 * The fewest bytes a template can come to, as far as its literals and the shipped files it reads tell. What a condition
 * or a loop decides, and every function not known here, counts as nothing.
 */
export function leastBytes(template: string, stack: StackFacts, seen: readonly string[] = []): number {
  let depth = 0;
  let bytes = 0;
  for (const { kind, source, tokens } of partsOf(template)) {
    if (tokens[0]?.kind === 'control') {
      const word = tokens[1]?.text ?? '';
      depth += word === 'if' || word === 'for' ? 1 : word.startsWith('end') ? -1 : 0;
    } else if (depth === 0) {
      bytes +=
        kind === 'text' ? bytesOf(literalText(source) ?? '') : leastOf(tokens.slice(1, -1), stack, seen);
    }
  }
  return bytes;
}

/** The fewest bytes of an expression. */
function leastOf(tokens: readonly Token[], stack: StackFacts, seen: readonly string[]): number {
  const own = tokens.filter(({ kind }) => kind !== 'newline' && kind !== 'comment');
  const [first, second] = own;
  if (first === undefined) return 0;
  if (first.kind === 'oquote') return quotedBytes(own, stack, seen);
  if (first.text === '[') return closesAtEnd(own, 0) ? listBytes(own.slice(1, -1), stack, seen) : 0;
  if (first.kind !== 'ident') return 0;
  if (second?.text === '(' && closesAtEnd(own, 1)) {
    const inner = own.slice(2, -1);
    const file = shippedFile(argumentsOf(inner)[0] ?? [], stack);
    if (first.text === 'file') return bytesOf(file);
    if (first.text === 'templatefile') return leastBytes(file, stack, seen);
    if (first.text === 'base64encode') return Math.ceil(leastOf(inner, stack, seen) / 3) * 4;
    return JOINING.includes(first.text) ? argumentBytes(first.text, inner, stack, seen) : 0;
  }
  return localBytes(own, stack, seen);
}

/** A quoted string that is the whole expression. */
function quotedBytes(tokens: readonly Token[], stack: StackFacts, seen: readonly string[]): number {
  if (tokens.at(-1)?.kind !== 'cquote') return 0;
  let quotes = 0;
  for (const [i, { kind }] of tokens.entries()) {
    quotes += kind === 'oquote' ? 1 : kind === 'cquote' ? -1 : 0;
    if (quotes === 0 && i < tokens.length - 1) return 0;
  }
  // An escape such as \n stands for one byte or more of its two.
  const source = tokens.slice(1, -1).map(({ text }) => text);
  return leastBytes(source.join('').replace(/\\(?:u[0-9a-f]{4}|.)/gi, 'x'), stack, seen);
}

/** Items of a list; none when a loop makes them. */
function listBytes(tokens: readonly Token[], stack: StackFacts, seen: readonly string[]): number {
  if (tokens[0]?.text === 'for') return 0;
  return argumentsOf(tokens).reduce((sum, item) => sum + leastOf(item, stack, seen), 0);
}

function argumentBytes(
  name: string,
  tokens: readonly Token[],
  stack: StackFacts,
  seen: readonly string[],
): number {
  const given = argumentsOf(tokens);
  // The separator of a list of one comes nowhere.
  const counted = name === 'join' ? given.slice(1) : given;
  return counted.reduce((sum, argument) => sum + leastOf(argument, stack, seen), 0);
}

/** The text of a shipped file that is named in full; empty for any other. */
function shippedFile(tokens: readonly Token[], stack: StackFacts): string {
  const source = tokens.map(({ text }) => text).join('');
  const path = /^"(?:\$\{path\.module\}\/)?([^"$]+)"$/.exec(source)?.[1];
  return path === undefined ? '' : (stack.files.get(path) ?? '');
}

function localBytes(tokens: readonly Token[], stack: StackFacts, seen: readonly string[]): number {
  const { references } = usesOf(tokens);
  const [reference] = references;
  if (reference?.[0] !== 'local' || reference.length !== 2 || tokens.length !== 3) return 0;
  const local = stack.target(reference);
  const body = local?.placed.body;
  if (local === undefined || typeof body !== 'string' || seen.includes(local.address)) return 0;
  return leastBytes(body, stack, [...seen, local.address]);
}

/** Whether the bracket at `from` is closed by the last token. */
function closesAtEnd(tokens: readonly Token[], from: number): boolean {
  let depth = 0;
  for (let at = from; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (token?.kind !== 'punct') continue;
    depth += '([{'.includes(token.text) ? 1 : ')]}'.includes(token.text) ? -1 : 0;
    if (depth === 0) return at === tokens.length - 1;
  }
  return false;
}

/** Tokens cut at the commas of the outermost level; quoted strings hold none of their own. */
function argumentsOf(tokens: readonly Token[]): Token[][] {
  const found: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.kind === 'punct') depth += '([{'.includes(token.text) ? 1 : ')]}'.includes(token.text) ? -1 : 0;
    if (token.kind === 'oquote' || token.kind === 'interp') depth += 1;
    if (token.kind === 'cquote' || token.kind === 'seqend') depth -= 1;
    if (depth === 0 && token.kind === 'punct' && token.text === ',') found.push([]);
    else found.at(-1)?.push(token);
  }
  return found;
}
