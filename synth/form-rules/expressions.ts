import type { Token } from '../hcl/lexer';
import { templateParts } from '../hcl/strings';

/** A name an expression looks up: `data.coder_parameter.cpu.value` as its parts. */
export type Reference = readonly string[];

/** What an expression uses. */
export interface Uses {
  readonly references: readonly Reference[];
  readonly functions: readonly string[];
  /** Names that stand alone and are no variable of a `for`: Terraform refuses them. */
  readonly strays: readonly string[];
}

const KEYWORDS = new Set(['true', 'false', 'null', 'for', 'in', 'if', 'else', 'endif', 'endfor']);

const isWord = (token: Token | undefined): token is Token => token?.kind === 'ident';
const is = (token: Token | undefined, ...texts: string[]): boolean =>
  token?.kind === 'punct' && texts.includes(token.text);

/**
 * The tokens of each `${…}` and `%{…}` of a template, ends included.
 * @throws HclSyntaxError for text that is no template
 */
export function sequencesOf(template: string): (readonly Token[])[] {
  return templateParts(template)
    .filter(({ kind }) => kind === 'sequence')
    .map(({ tokens }) => tokens);
}

/** The tokens of all sequences of a template in a row; none when it is no template: another rule says so. */
export function tokensOf(template: string): readonly Token[] {
  try {
    return sequencesOf(template).flat();
  } catch {
    return [];
  }
}

/** The variables that expressions and directives bring along: `for key, value in …`. */
export function loopVariables(tokens: readonly Token[]): Set<string> {
  const found = new Set<string>();
  tokens.forEach((token, i) => {
    if (!isWord(token) || token.text !== 'for') return;
    for (let at = i + 1; at < tokens.length && tokens[at]?.text !== 'in'; at += 1) {
      const variable = tokens[at];
      if (isWord(variable)) found.add(variable.text);
    }
  });
  return found;
}

/** The parts that follow a name: `.a`, `["b"]`, `[0]`; it ends at the first part that is itself an expression. */
function chainFrom(tokens: readonly Token[], start: number): { parts: string[]; end: number } {
  const parts = [tokens[start]?.text ?? ''];
  let at = start + 1;
  for (;;) {
    const next = tokens[at + 1];
    if (is(tokens[at], '.') && (next?.kind === 'ident' || next?.kind === 'number')) {
      parts.push(next.text);
      at += 2;
    } else if (is(tokens[at], '.') && is(next, '*')) {
      at += 2;
    } else if (is(tokens[at], '[') && is(tokens[at + 2], ']')) {
      // An index or `[*]`: the attributes after it belong to the same object.
      at += 3;
    } else if (is(tokens[at], '[') && next?.kind === 'oquote' && is(tokens[at + 4], ']')) {
      parts.push(tokens[at + 2]?.text ?? '');
      at += 5;
    } else {
      return { parts, end: at };
    }
  }
}

/** A key of an object stands bare before `=` or `:`; a `:` of a condition has a `?` before it. */
function isObjectKey(tokens: readonly Token[], at: number): boolean {
  const next = tokens[at + 1];
  if (is(next, '=')) return true;
  return is(next, ':') && (is(tokens[at - 1], '{', ',') || tokens[at - 1]?.kind === 'newline');
}

/**
 * What tokens use.
 *
 * @param own names that are variables of a loop around them
 */
export function usesOf(tokens: readonly Token[], own: ReadonlySet<string> = loopVariables(tokens)): Uses {
  const references: Reference[] = [];
  const functions: string[] = [];
  const strays: string[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    // An attribute behind an index that is itself an expression: `a[local.b].c`.
    if (!isWord(token) || KEYWORDS.has(token.text) || is(tokens[at - 1], '.')) continue;
    // A provider's own function: `provider::name::function(…)`.
    if (is(tokens[at + 1], '::')) continue;
    if (is(tokens[at + 1], '(')) {
      functions.push(token.text);
      continue;
    }
    if (isObjectKey(tokens, at)) continue;
    const { parts, end } = chainFrom(tokens, at);
    if (!own.has(token.text)) {
      if (parts.length > 1) references.push(parts);
      else strays.push(token.text);
    }
    at = end - 1;
  }
  return { references, functions, strays };
}

/** The tokens between the brackets of each call of a function. */
export function callsOf(tokens: readonly Token[], name: string): (readonly Token[])[] {
  const calls: (readonly Token[])[] = [];
  tokens.forEach((token, i) => {
    if (!isWord(token) || token.text !== name || !is(tokens[i + 1], '(') || is(tokens[i - 1], '.')) return;
    let depth = 0;
    let at = i + 1;
    do {
      if (is(tokens[at], '(')) depth += 1;
      if (is(tokens[at], ')')) depth -= 1;
      at += 1;
    } while (depth > 0 && at < tokens.length);
    calls.push(tokens.slice(i + 2, at - 1));
  });
  return calls;
}

/** Whether a condition of the sequence has a bare `null` for one of its two results. */
export function hasNullBranch(tokens: readonly Token[]): boolean {
  return tokens.some((token, i) => {
    if (!isWord(token) || token.text !== 'null') return false;
    if (is(tokens[i - 1], '?') && is(tokens[i + 1], ':')) return true;
    return is(tokens[i - 1], ':') && tokens.slice(0, i).some((before) => is(before, '?'));
  });
}

/** The keyword of a `%{…}` sequence. */
export const directiveOf = (tokens: readonly Token[]): string | undefined =>
  tokens[0]?.kind === 'control' ? (tokens[1]?.text ?? '') : undefined;

/** Whether the form can look a name up: no resource, no data but these. */
export function isKnownToForm(reference: Reference): boolean {
  const [root, type, name, attribute] = reference;
  if (root !== 'data') return ['var', 'local', 'path', 'each', 'count'].includes(root ?? '');
  if (type === 'coder_parameter') return attribute === undefined || attribute === 'value';
  return type === 'coder_workspace_owner' && name === 'me' && attribute === 'groups';
}
