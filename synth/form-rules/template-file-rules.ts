import { HclSyntaxError, lexExpression, type Token } from '../hcl/lexer';
import { isObject, type Json } from '../hcl/expressions';
import { literalText, shown } from './block';
import { callsOf, directiveOf, loopVariables, sequencesOf, usesOf } from './expressions';
import type { Rule } from './rule';
import type { StackFacts } from './stack-facts';

const DIRECTIVES = ['if', 'else', 'endif', 'for', 'endfor'];

const PATH = /^\s*"(?:\$\{path\.module\}\/)?([^"$]+)"\s*,?/;

const ADVICE = 'write $${ or %%{ in the file for text that is no Terraform expression, or read it by file()';

/** Keys of an object that is written out; nothing when a loop or a function makes it. */
function keysOf(tokens: readonly Token[], stack: StackFacts): string[] | undefined {
  const own = tokens.filter(({ kind }) => kind !== 'newline' && kind !== 'comment');
  const [reference] = usesOf(own).references;
  if (own.length === 3 && reference?.[0] === 'local')
    return keysOfValue(stack.target(reference)?.placed.body, stack);
  if (own[0]?.text !== '{' || own.at(-1)?.text !== '}' || own[1]?.text === 'for') return undefined;
  const keys: string[] = [];
  let depth = 0;
  for (const [i, token] of own.entries()) {
    const next = own[i + 1]?.text;
    if (token.kind === 'punct') depth += '([{'.includes(token.text) ? 1 : ')]}'.includes(token.text) ? -1 : 0;
    const isKey = depth === 1 && (next === '=' || next === ':');
    if (isKey && token.kind === 'ident') keys.push(token.text);
    else if (isKey && token.kind === 'cquote') keys.push(own[i - 1]?.text ?? '');
    // A key that is itself an expression may be any name.
    else if (isKey && token.text === ')') return undefined;
  }
  return keys;
}

function keysOfValue(value: Json | undefined, stack: StackFacts): string[] | undefined {
  if (isObject(value)) return Object.keys(value);
  if (typeof value !== 'string' || !/^\$\{\s*\{/.test(value)) return undefined;
  return keysOf(lexExpression(value.slice(2, -1)), stack);
}

/** What in a file is meant for a shell, not for Terraform. */
function foreignParts(text: string, known: readonly string[] | undefined): string[] {
  const sequences = sequencesOf(text);
  const loops = loopVariables(sequences.flat());
  return sequences
    .filter((tokens) => {
      const directive = directiveOf(tokens);
      if (directive !== undefined && !DIRECTIVES.includes(directive)) return true;
      if (directive === undefined && tokens.length <= 2) return true;
      if (known === undefined) return false;
      const { references, strays } = usesOf(tokens, loops);
      const names = [...strays, ...references.flatMap(([root]) => root ?? [])];
      return names.some((name) => !known.includes(name));
    })
    .map((tokens) => tokens.map((token) => token.text).join(''));
}

function faultsOf(path: string, variables: readonly Token[], stack: StackFacts): string[] {
  const text = stack.files.get(path);
  if (text === undefined) return [];
  try {
    return [...new Set(foreignParts(text, keysOf(variables, stack)))].map(
      (source) =>
        `"${path}", which templatefile() reads, has ${shown(source)}, which Terraform cannot read: ${ADVICE}`,
    );
  } catch (error) {
    return error instanceof HclSyntaxError
      ? [`"${path}", which templatefile() reads, has ${error.message}: ${ADVICE}`]
      : [];
  }
}

/** Shipped files that Terraform reads as templates. */
export const TEMPLATE_FILE_RULES: readonly Rule[] = [
  {
    id: 'expression/template-file',
    about: 'any',
    check: (block, stack) =>
      block.templates().flatMap(({ text }) => {
        let tokens: readonly Token[];
        try {
          tokens = sequencesOf(text).flat();
        } catch {
          return [];
        }
        return callsOf(tokens, 'templatefile').flatMap((call) => {
          const source = call.map((token) => token.text).join('');
          const path = literalText(PATH.exec(source)?.[1]);
          const comma = call.findIndex((token) => token.kind === 'punct' && token.text === ',');
          return path === undefined ? [] : faultsOf(path, call.slice(comma + 1), stack);
        });
      }),
  },
];
