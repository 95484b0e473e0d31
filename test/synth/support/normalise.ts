import { parse } from '@cdktf/hcl2json';
import { isObject, joinLines, type Json, type JsonObject } from '../../../synth/hcl/expressions';
import { formatExpression } from '../../../synth/hcl/format';
import { lexExpression } from '../../../synth/hcl/lexer';
import { literal, soleInterpolation, templateParts } from '../../../synth/hcl/strings';

/**
 * hcl2json reads HCL back into JSON, close to Terraform's JSON syntax but not the same. What is made equal, and why that
 * loses nothing the plans would not show:
 *
 * 1. A block is always a list for hcl2json, an object or a list for cdktf: lists of one object become that object.
 * 2. Where Terraform's JSON has bare names in strings (`depends_on`, `ignore_changes`, `provider`, types …), hcl2json has
 *    expressions: the names get their `${…}`.
 * 3. Descriptions, defaults and versions are no templates in JSON, but are in HCL: their `${` is escaped.
 * 4. White space and line breaks of expressions are their author's or the formatter's: expressions are compared by tokens,
 *    brackets around the whole left out.
 * 5. hcl2json turns literal lists, maps, strings and numbers in expressions into JSON: an expression of cdktf's JSON is read
 *    by hcl2json too, alone.
 * 6. hcl2json gathers provisioners by their label; in JSON each keeps its place in the list.
 * 7. A bare `list`, `map` or `set` as a type is short for a collection of anything; terraform fmt writes that out.
 * 8. An empty list of blocks is no block, and no file names it.
 */
export const BARE_NAMES: readonly RegExp[] = [
  /^(resource|data|output|module)\.(.+\.)?depends_on$/,
  /^(resource|data)\.[^.]+\.[^.]+\.provider$/,
  /^resource\..+\.lifecycle\.(ignore_changes|replace_triggered_by)$/,
  /^resource\..+\.provisioner\.[^.]+\.(when|on_failure)$/,
  /\.dynamic\.[^.]+\.iterator$/,
  /^variable\.[^.]+\.type$/,
  /^module\.[^.]+\.providers\.[^.]+$/,
  /^(moved|import)\.(from|to|provider)$/,
];

export const NO_TEMPLATES: readonly RegExp[] = [
  /^variable\.[^.]+\.(description|default)(\.|$)/,
  /^output\.[^.]+\.description$/,
  /^terraform\./,
  /^module\.[^.]+\.(source|version)$/,
];

/** cdktf's JSON, made comparable. */
export async function normaliseJson(configuration: JsonObject): Promise<Json> {
  const expressions = new Set<string>();
  const prepared = walk(configuration, '', (text, path) => {
    if (/^variable\.[^.]+\.type$/.test(path) && /^(list|map|set)$/.test(text)) return `\${${text}(any)}`;
    if (BARE_NAMES.some((pattern) => pattern.test(path))) {
      return `\${${soleInterpolation(text) ?? text}}`;
    }
    if (NO_TEMPLATES.some((pattern) => pattern.test(path))) return literal(text);
    if (soleInterpolation(text) !== undefined) expressions.add(text);
    return text;
  });
  const read = await readExpressions([...expressions]);
  return unwrap(walk(prepared, '', (text) => canonical(read.get(text) ?? text)));
}

/** What hcl2json makes of HCL files, made comparable. */
export async function normaliseHcl(files: Readonly<Record<string, string>>): Promise<Json> {
  const hcl = Object.entries(files).filter(([path]) => path.endsWith('.tf'));
  const parsed = (await parse('all.tf', hcl.map(([, text]) => text).join('\n'))) as JsonObject;
  return unwrap(walk(parsed, '', canonical));
}

type Visit = (text: string, path: string) => Json;

function walk(value: Json, path: string, visit: Visit): Json {
  if (typeof value === 'string') return visit(value, path);
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => walk(item, path, visit));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      tokensOnly(key),
      walk(inner, path === '' ? key : `${path}.${key}`, visit),
    ]),
  );
}

/** Lists of one object become the object; entries of locals blocks come together. */
function unwrap(value: Json): Json {
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map(unwrap);
    return items.length === 1 && isObject(items[0]) ? items[0] : items;
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => !(Array.isArray(inner) && inner.length === 0))
      .map(([key, inner]) => [key, JOINED[key]?.(inner) ?? unwrap(inner)]),
  );
}

/** Lists of blocks that count as one whole. */
const JOINED: Readonly<Record<string, (blocks: Json) => Json>> = {
  locals: (blocks) => unwrap(Object.assign({}, ...listOf(blocks)) as JsonObject),
  provisioner: (blocks) => {
    const byLabel: Record<string, Json[]> = {};
    for (const [label, body] of listOf(blocks).flatMap((block) => Object.entries(block))) {
      byLabel[label] = [...(byLabel[label] ?? []), ...listOf(body)];
    }
    return unwrap(byLabel);
  },
};

function listOf(value: Json): readonly JsonObject[] {
  return (Array.isArray(value) ? value : [value]) as readonly JsonObject[];
}

function canonical(value: Json): Json {
  return typeof value === 'string' ? tokensOnly(value) : walk(value, '', (text) => tokensOnly(text));
}

/** The text of a template with the sequences cut down to their tokens. */
function tokensOnly(template: string): string {
  const sole = soleInterpolation(template);
  if (sole !== undefined) {
    const tokens = joinLines(lexExpression(sole)).map(({ text }) => text);
    return `\${${withoutOuterBrackets(tokens).join(' ')}}`;
  }
  return templateParts(template)
    .map(({ kind, source, tokens }) =>
      kind === 'text'
        ? source
        : joinLines(tokens)
            .map(({ text }) => text)
            .join(' '),
    )
    .join('');
}

function withoutOuterBrackets(tokens: readonly string[]): readonly string[] {
  const wrapped = tokens[0] === '(' && closes(tokens) === tokens.length - 1;
  return wrapped ? withoutOuterBrackets(tokens.slice(1, -1)) : tokens;
}

/** Where the bracket that opens the tokens is closed. */
function closes(tokens: readonly string[]): number {
  let depth = 0;
  return tokens.findIndex((text) => {
    if ('([{'.includes(text) || text === '${' || text === '%{') depth += 1;
    if (')]}'.includes(text)) depth -= 1;
    return depth === 0;
  });
}

async function readExpressions(templates: readonly string[]): Promise<Map<string, Json>> {
  const lines = templates.map((template, i) => {
    const source = soleInterpolation(template) ?? '';
    return `e${i} = ${source.includes('\n') ? formatExpression(joinLines(lexExpression(source))) : source}`;
  });
  const parsed = (await parse('expressions.tf', `locals {\n${lines.join('\n')}\n}`)) as {
    locals?: JsonObject[];
  };
  return new Map(templates.map((template, i) => [template, parsed.locals?.[0]?.[`e${i}`] ?? null]));
}
