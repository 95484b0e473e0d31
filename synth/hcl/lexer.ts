/**
 * The tokens of Terraform's language, as far as expressions and our own output need them.
 * Heredocs are left out on purpose: the writer never makes one and an expression in a string cannot hold one.
 */
export type TokenKind =
  | 'ident'
  | 'number'
  | 'oquote'
  | 'quoted'
  | 'cquote'
  | 'interp'
  | 'control'
  | 'seqend'
  | 'newline'
  | 'comment'
  | 'punct';

/** One token and where it stands in its source. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
}

/** Thrown for text that is not an expression Terraform could read. */
export class HclSyntaxError extends Error {
  public constructor(problem: string, source: string, offset: number) {
    const near = source.slice(Math.max(0, offset - 20), offset + 20);
    super(`${problem} near ${JSON.stringify(near)}`);
  }
}

const IDENTIFIER = /[\p{ID_Start}_][\p{ID_Continue}-]*/uy;
const NUMBER = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const COMMENT = /#[^\n]*|\/\/[^\n]*|\/\*[^]*?\*\//y;
const PUNCTUATION = /\.\.\.|=>|==|!=|<=|>=|&&|\|\||::|[{}[\]().,=<>!+\-*/%?:]/y;

type Mode = 'template' | 'quoted' | 'braces' | 'sequence';

/** Reads `source` as an expression, or as lines of a whole file. */
export function lexExpression(source: string): Token[] {
  return lex(source, []);
}

/** Reads `source` as the inside of a string, as Terraform's JSON syntax does with every string. */
export function lexTemplate(source: string): Token[] {
  return lex(source, ['template']);
}

function lex(source: string, modes: Mode[]): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const push = (kind: TokenKind, text: string): void => {
    tokens.push({ kind, text, start: at });
    at += text.length;
  };
  const matched = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(source)?.[0];
  };

  while (at < source.length) {
    const mode = modes.at(-1);
    if (mode === 'template' || mode === 'quoted') {
      const end = literalEnd(source, at, mode);
      if (end > at) {
        push('quoted', source.slice(at, end));
      } else if (source[at] === '"' && mode === 'quoted') {
        modes.pop();
        push('cquote', '"');
      } else {
        const kind = source[at] === '$' ? 'interp' : 'control';
        modes.push('sequence');
        push(kind, source.slice(at, source[at + 2] === '~' ? at + 3 : at + 2));
      }
      continue;
    }

    const char = source[at] as string;
    if (char === ' ' || char === '\t' || char === '\r') {
      at += 1;
    } else if (char === '\n') {
      push('newline', char);
    } else if (char === '"') {
      modes.push('quoted');
      push('oquote', char);
    } else if (mode === 'sequence' && (char === '}' || source.startsWith('~}', at))) {
      modes.pop();
      push('seqend', char === '}' ? '}' : '~}');
    } else {
      const comment = matched(COMMENT);
      const word = comment === undefined ? (matched(IDENTIFIER) ?? matched(NUMBER)) : undefined;
      const sign = matched(PUNCTUATION);
      if (comment !== undefined) {
        push('comment', comment);
      } else if (word !== undefined) {
        push(/^\d/.test(word) ? 'number' : 'ident', word);
      } else if (sign !== undefined) {
        if (sign === '{') modes.push('braces');
        else if (sign === '}' && mode === 'braces') modes.pop();
        else if (sign === '}')
          throw new HclSyntaxError('a closing brace without its opening one', source, at);
        push('punct', sign);
      } else {
        throw new HclSyntaxError('a character that no expression can hold', source, at);
      }
    }
  }

  const open = modes.at(-1);
  if (open !== undefined && open !== 'template') {
    throw new HclSyntaxError(
      open === 'quoted' ? 'a quote that is not closed' : 'a "${", "%{" or "{" that is not closed',
      source,
      source.length,
    );
  }
  return tokens;
}

/**
 * Where the literal text that starts at `from` ends: at a quote (in a quoted string) or at a template sequence.
 * `$${` and `%%{` belong to the literal: they are Terraform's way to write the two openers as text.
 */
function literalEnd(source: string, from: number, mode: 'template' | 'quoted'): number {
  let at = from;
  while (at < source.length) {
    const char = source[at];
    if (mode === 'quoted' && char === '"') break;
    if (mode === 'quoted' && char === '\\') {
      at += 2;
      continue;
    }
    if (char === '$' || char === '%') {
      if (source[at + 1] === '{') break;
      if (source[at + 1] === char && source[at + 2] === '{') {
        at += 3;
        continue;
      }
    }
    at += 1;
  }
  return Math.min(at, source.length);
}
