import { formatExpression } from './format';
import { lexExpression, type Token } from './lexer';
import { escapeQuoted, quoteLiteral, soleInterpolation, templateParts, type TemplatePart } from './strings';

/** A value of Terraform's JSON syntax. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** How Terraform reads the strings of a value: as templates, or as they are. */
export type StringReading = 'template' | 'literal';

/** The widest line a list or a map may make before it is written over several. */
export const LINE_WIDTH = 100;

/** Maps with more entries than this are easier to read one entry a line. */
const ENTRIES_ON_ONE_LINE = 2;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Writes a JSON value as an HCL expression. Lines of the result are not indented yet.
 * @param used columns that stand before the value on its line
 */
export function writeValue(value: Json, reading: StringReading, used = 0): string {
  if (typeof value === 'string') return reading === 'literal' ? quoteLiteral(value) : writeTemplate(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return Array.isArray(value)
    ? writeList(value as readonly Json[], reading, used)
    : writeMap(value as JsonObject, reading, used);
}

/**
 * Writes one string of Terraform's JSON syntax: `${x}` alone becomes the expression `x`, anything else a quoted string
 * that holds the same text and the same sequences.
 */
export function writeTemplate(template: string): string {
  const sole = soleInterpolation(template);
  return sole === undefined ? quoteTemplate(template) : writeBareExpression(sole);
}

function quoteTemplate(template: string): string {
  const parts = templateParts(template);
  parts.forEach((part, i) => refuseAmbiguousTrim(part, parts[i - 1], parts[i + 1]));
  const inside = parts.map((part) =>
    part.kind === 'text' ? escapeQuoted(part.source) : formatExpression(joinLines(part.tokens)),
  );
  return `"${inside.join('')}"`;
}

/**
 * `~` eats the spaces beside it; in a string of JSON syntax up to the end of the line, in a quoted string of HCL all of them.
 */
function refuseAmbiguousTrim(part: TemplatePart, before?: TemplatePart, after?: TemplatePart): void {
  const eatsBefore = part.tokens[0]?.text.endsWith('~') && /\n\s*$/.test(textOf(before));
  const eatsAfter = part.tokens.at(-1)?.text.startsWith('~') && /^\s*\n/.test(textOf(after));
  if (eatsBefore || eatsAfter) {
    throw new Error(
      `"~" beside a line break means one thing in JSON and another in HCL, got ${part.source}; ` +
        'leave out the "~" and the spaces it should eat',
    );
  }
}

function textOf(part: TemplatePart | undefined): string {
  return part?.kind === 'text' ? part.source : '';
}

/** Writes the source of an expression where HCL takes an expression, keeping its author's line breaks. */
export function writeBareExpression(source: string): string {
  const tokens = trimNewlines(lexExpression(source).filter((token) => token.kind !== 'comment'));
  const lines = splitAtNewlines(tokens).filter((line) => line.length > 0);
  if (lines.length <= 1) return formatExpression(joinLines(tokens));
  const text = lines.map((line) => formatExpression(line)).join('\n');
  // Outside of brackets a line break would end the attribute.
  return isOneBracket(tokens) ? text : `(\n${text}\n)`;
}

function writeList(items: readonly Json[], reading: StringReading, used: number): string {
  const texts = items.map((item) => writeValue(item, reading, 2));
  const short = `[${texts.join(', ')}]`;
  if (fits(short, used)) return short;
  return `[\n${texts.map((text) => `${text},`).join('\n')}\n]`;
}

function writeMap(map: JsonObject, reading: StringReading, used: number): string {
  const entries = Object.entries(map).map(([key, value]) => {
    const name = writeKey(key, reading);
    return `${name} = ${writeValue(value, reading, name.length + 5)}`;
  });
  if (entries.length === 0) return '{}';
  const short = `{ ${entries.join(', ')} }`;
  if (entries.length <= ENTRIES_ON_ONE_LINE && fits(short, used)) return short;
  return `{\n${entries.join('\n')}\n}`;
}

function fits(text: string, used: number): boolean {
  return !text.includes('\n') && used + text.length <= LINE_WIDTH;
}

/** Words that mean something else than their name when they stand bare at the start of a map's entry. */
const NOT_A_BARE_KEY = new Set(['for', 'null', 'true', 'false']);

function writeKey(key: string, reading: StringReading): string {
  if (/^[A-Za-z_][A-Za-z0-9_-]*$/.test(key) && !NOT_A_BARE_KEY.has(key)) return key;
  // Never bare, also for a lone `${x}`: a bare reference would be taken for the key's name.
  return reading === 'literal' ? quoteLiteral(key) : quoteTemplate(key);
}

/**
 * Writes what Terraform takes as a bare reference: `docker_container.dev`, `labels["a"]`.
 * Its JSON syntax has it as a string, with or without `${…}` around it.
 */
export function writeReference(value: string): string {
  return writeBareExpression(soleInterpolation(value) ?? value);
}

/**
 * Puts an expression on one line. Only in a map do line breaks mean something: there they end an entry.
 */
export function joinLines(tokens: readonly Token[]): Token[] {
  const joined: Token[] = [];
  const brackets: string[] = [];
  tokens.forEach((token, i) => {
    if (token.kind === 'comment') return;
    if (token.kind !== 'newline') {
      if (token.kind === 'punct' && '{[('.includes(token.text)) {
        const next = tokens.slice(i + 1).find((other) => other.kind !== 'newline');
        brackets.push(token.text === '{' && next?.text === 'for' ? 'for' : token.text);
      } else if (token.kind === 'punct' && '}])'.includes(token.text)) {
        brackets.pop();
      }
      joined.push(token);
      return;
    }
    const next = tokens.slice(i + 1).find((other) => other.kind !== 'newline' && other.kind !== 'comment');
    const before = joined.at(-1);
    const endsEntry = brackets.at(-1) === '{' && before?.text !== '{' && before?.text !== ',';
    if (endsEntry && next?.text !== '}' && next?.text !== ',') {
      joined.push({ kind: 'punct', text: ',', start: token.start });
    }
  });
  return joined;
}

function splitAtNewlines(tokens: readonly Token[]): Token[][] {
  const lines: Token[][] = [[]];
  for (const token of tokens) {
    if (token.kind === 'newline') lines.push([]);
    else lines.at(-1)?.push(token);
  }
  return lines;
}

function trimNewlines(tokens: readonly Token[]): Token[] {
  const first = tokens.findIndex((token) => token.kind !== 'newline');
  const last = tokens.findLastIndex((token) => token.kind !== 'newline');
  return tokens.slice(Math.max(first, 0), last + 1);
}

/** Whether every line break stands inside of brackets. */
function isOneBracket(tokens: readonly Token[]): boolean {
  let depth = 0;
  for (const token of tokens) {
    if (token.kind === 'newline' && depth === 0) return false;
    if (token.kind === 'interp' || token.kind === 'control') depth += 1;
    else if (token.kind === 'seqend') depth -= 1;
    else if (token.kind === 'punct' && '{[('.includes(token.text)) depth += 1;
    else if (token.kind === 'punct' && '}])'.includes(token.text)) depth -= 1;
  }
  return true;
}
