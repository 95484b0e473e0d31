import { HclSyntaxError, lexTemplate, type Token } from './lexer';

/**
 * Escapes text so that Terraform sees exactly `text`, wherever cdktf takes a string that Terraform reads as a template
 * (Terraform JSON syntax: every string is a template). The one escape of this code base.
 *
 * A text that ends with `$` or `%` must not stand right before a token: Terraform would take `$${x}` for an escape. Write
 * `${"$"}` for that one character.
 *
 * Not for the few places that Terraform reads without templates: descriptions and defaults of variables and outputs,
 * version constraints, module sources. Those take the text as it is.
 */
export function literal(text: string): string {
  return text.replace(/([$%])\{/g, '$1$1{');
}

/** A string that holds nothing but one interpolation: Terraform gives its value, of whatever type, not a string. */
export function soleInterpolation(template: string): string | undefined {
  if (!template.startsWith('${') || !template.endsWith('}')) return undefined;
  if (template.startsWith('${~') || template.endsWith('~}')) return undefined;
  const tokens = lexTemplate(template);
  const end = sequenceEnd(tokens, 0);
  return end === tokens.length - 1 ? template.slice(2, -1) : undefined;
}

/** One piece of a template: literal text, or a `${…}` / `%{…}` sequence. */
export interface TemplatePart {
  readonly kind: 'text' | 'sequence';
  /** As it stands in the template: escapes and braces included. */
  readonly source: string;
  /** The tokens of the sequence, its two ends included; empty for text. */
  readonly tokens: readonly Token[];
}

/**
 * Cuts a template into its parts.
 * @throws HclSyntaxError when a sequence is not closed or holds what no expression can hold
 */
export function templateParts(template: string): TemplatePart[] {
  if (!template.includes('${') && !template.includes('%{')) {
    return template === '' ? [] : [{ kind: 'text', source: template, tokens: [] }];
  }
  const tokens = lexTemplate(template);
  const parts: TemplatePart[] = [];
  for (let i = 0; i < tokens.length; i += 1) {
    const token = tokens[i] as Token;
    if (token.kind === 'quoted') {
      parts.push({ kind: 'text', source: token.text, tokens: [] });
      continue;
    }
    const end = sequenceEnd(tokens, i);
    const last = tokens[end] as Token;
    parts.push({
      kind: 'sequence',
      source: template.slice(token.start, last.start + last.text.length),
      tokens: tokens.slice(i, end + 1),
    });
    i = end;
  }
  return parts;
}

function sequenceEnd(tokens: readonly Token[], from: number): number {
  let depth = 0;
  for (let i = from; i < tokens.length; i += 1) {
    const kind = tokens[i]?.kind;
    if (kind === 'interp' || kind === 'control') depth += 1;
    if (kind === 'seqend') depth -= 1;
    if (depth === 0) return i;
  }
  throw new HclSyntaxError('a template sequence that is not closed', tokens.map((t) => t.text).join(''), 0);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/**
 * Writes literal template text for the inside of a quoted string; `$${` and `%%{` stay, they mean the same there.
 * Control characters and what no editor shows are written as `\uXXXX`.
 */
export function escapeQuoted(text: string): string {
  return text.replace(/[\\"\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]/g, (char) => {
    return ESCAPES[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** Quotes text that Terraform's JSON syntax takes as it is and HCL would read as a template. */
export function quoteLiteral(text: string): string {
  return `"${escapeQuoted(literal(text))}"`;
}
