import { lexExpression, type Token } from './lexer';

/**
 * Puts HCL text into the form `terraform fmt` would leave alone: two spaces of indent for each open bracket, one space
 * between tokens where the formatter wants one, and the equals signs of neighbouring one-line attributes in one column.
 * Only spaces change; tokens, lines and blank lines stay.
 */
export function formatHcl(source: string): string {
  const lines = splitLines(lexExpression(source));
  indent(lines);
  lines.forEach(spaceTokens);
  alignCells(lines, 'assign');
  alignCells(lines, 'comment');
  return lines.map(renderLine).join('\n');
}

/** Formats one expression that stands on one line, e.g. `a+b` to `a + b`. */
export function formatExpression(tokens: readonly Token[]): string {
  const lead = tokens.map((token) => ({ ...token, spaces: 0 }));
  const line: Line = { lead, assign: [], comment: [] };
  spaceTokens(line);
  return renderLine(line);
}

interface Placed extends Token {
  spaces: number;
}

interface Line {
  lead: Placed[];
  assign: Placed[];
  comment: Placed[];
}

const OPENERS = new Set(['{', '[', '(']);
const CLOSERS = new Set(['}', ']', ')']);

function bracketChange(token: Token): number {
  if (token.kind === 'interp' || token.kind === 'control') return 1;
  if (token.kind === 'seqend') return -1;
  if (token.kind !== 'punct') return 0;
  if (OPENERS.has(token.text)) return 1;
  return CLOSERS.has(token.text) ? -1 : 0;
}

function netBrackets(tokens: readonly Token[]): number {
  return tokens.reduce((sum, token) => sum + bracketChange(token), 0);
}

function splitLines(tokens: readonly Token[]): Line[] {
  const lines: Line[] = [{ lead: [], assign: [], comment: [] }];
  for (const token of tokens) {
    if (token.kind === 'newline') lines.push({ lead: [], assign: [], comment: [] });
    else lines.at(-1)?.lead.push({ ...token, spaces: 0 });
  }
  for (const line of lines) {
    if (line.lead.length > 1 && line.lead.at(-1)?.kind === 'comment') line.comment = line.lead.splice(-1);
    const equals = line.lead.findIndex((token, i) => i > 0 && token.kind === 'punct' && token.text === '=');
    // A value that opens a bracket and leaves it open goes on below: its equals sign takes no part in the column.
    if (equals > 0 && netBrackets(line.lead.slice(equals)) === 0) line.assign = line.lead.splice(equals);
  }
  return lines;
}

function indent(lines: readonly Line[]): void {
  const open: number[] = [];
  for (const line of lines) {
    const first = line.lead[0];
    if (first === undefined) continue;
    const net = netBrackets(line.lead) + netBrackets(line.assign);
    if (net > 0) {
      first.spaces = 2 * open.length;
      open.push(net);
      continue;
    }
    let toClose = -net;
    while (toClose > 0 && open.length > 0) {
      const innermost = open.pop() as number;
      if (toClose < innermost) open.push(innermost - toClose);
      toClose = Math.max(0, toClose - innermost);
    }
    first.spaces = 2 * open.length;
  }
}

function spaceTokens(line: Line): void {
  for (const cell of [line.lead, line.assign]) {
    cell.forEach((token, i) => {
      const next = cell[i + 1];
      if (next !== undefined) next.spaces = wantsSpace(token, cell[i - 1], next) ? 1 : 0;
    });
    if (cell === line.assign && cell[0] !== undefined) cell[0].spaces = 1;
  }
}

/** After these a minus is a sign, not a subtraction. */
const BEFORE_NEGATION = new Set(
  ['(', '{', '[', '=', ':', ',', '?', '+', '*', '/', '%', '-'].concat([
    '==',
    '!=',
    '>',
    '>=',
    '<',
    '<=',
    '&&',
    '||',
    '!',
  ]),
);

function is(token: Token | undefined, ...texts: string[]): boolean {
  return token?.kind === 'punct' && texts.includes(token.text);
}

function isTemplateText(token: Token): boolean {
  return token.kind === 'quoted';
}

type SpacingRule = (token: Token, before: Token | undefined, after: Token) => boolean | undefined;

/** The first rule with an opinion decides; the order is terraform fmt's. */
const SPACING: readonly SpacingRule[] = [
  (token, _before, after) => (token.kind === 'ident' && is(after, '(', '::') ? false : undefined),
  (token, _before, after) => (is(token, '.', '::') || is(after, '.', ',', '...') ? false : undefined),
  (token) => (is(token, ',') ? true : undefined),
  (token, _before, after) =>
    isTemplateText(token) || isTemplateText(after) || token.kind === 'oquote' || after.kind === 'cquote'
      ? false
      : undefined,
  (token, before) =>
    token.kind === 'ident' && token.text === 'in' && before?.kind === 'ident' ? true : undefined,
  (token, _before, after) =>
    is(after, '[') && (token.kind === 'ident' || token.kind === 'number' || bracketChange(token) < 0)
      ? false
      : undefined,
  (token) => (is(token, '!') ? false : undefined),
  (token, before) => {
    if (!is(token, '-')) return undefined;
    return before !== undefined && !(before.kind === 'punct' && BEFORE_NEGATION.has(before.text));
  },
  (token, _before, after) =>
    is(token, '{') || is(after, '}') ? !(is(token, '{') && is(after, '}')) : undefined,
  (token, _before, after) =>
    (token.kind === 'interp' || token.kind === 'control') && is(after, '{') ? true : undefined,
  (token, _before, after) => (is(token, '}') && after.kind === 'seqend' ? true : undefined),
  (token, _before, after) =>
    token.kind === 'seqend' && (after.kind === 'interp' || after.kind === 'control') ? false : undefined,
  (token, _before, after) => (bracketChange(token) > 0 || bracketChange(after) < 0 ? false : undefined),
];

function wantsSpace(token: Token, before: Token | undefined, after: Token): boolean {
  for (const rule of SPACING) {
    const opinion = rule(token, before, after);
    if (opinion !== undefined) return opinion;
  }
  return true;
}

function alignCells(lines: readonly Line[], cell: 'assign' | 'comment'): void {
  let chain: Line[] = [];
  const width = (line: Line): number =>
    columns(cell === 'assign' ? line.lead : [...line.lead, ...line.assign]);
  const close = (): void => {
    const widest = Math.max(...chain.map(width));
    for (const line of chain) (line[cell][0] as Placed).spaces = widest - width(line) + 1;
    chain = [];
  };
  for (const line of lines) {
    if (line[cell].length > 0) chain.push(line);
    else if (chain.length > 0) close();
  }
  if (chain.length > 0) close();
}

const SEGMENTER = new Intl.Segmenter('en', { granularity: 'grapheme' });

function columns(tokens: readonly Placed[]): number {
  return tokens.reduce((sum, token) => sum + token.spaces + graphemes(token.text), 0);
}

function graphemes(text: string): number {
  return /^[\x00-\x7f]*$/.test(text) ? text.length : [...SEGMENTER.segment(text)].length;
}

function renderLine(line: Line): string {
  return [...line.lead, ...line.assign, ...line.comment]
    .map((token) => ' '.repeat(token.spaces) + token.text)
    .join('');
}
