/**
 * Names of tools' parameters in the form that Anthropic takes: it refuses the whole call for one like `filter[id]`, which
 * tools made from other interfaces have. The model gets names that it takes, and the client its own back in each call.
 *
 * Only those at the top of a schema are looked at by the provider, so only they are changed.
 */
import { cut } from '../../model/cut';
import type { ContentBlock, ToolDefinition, ToolUseBlock, Turn } from '../../model/request';
import { isJsonObject, type Json } from './read-answer';

/** Of tools with such parameters: by the tool's name, the client's own names by those that were sent. */
export type PropertyNames = ReadonlyMap<string, ReadonlyMap<string, string>>;

export interface FittedNames {
  readonly tools: readonly ToolDefinition[];
  readonly turns: readonly Turn[];
  /** Undefined: all were taken as they are. */
  readonly names?: PropertyNames;
}

const LONGEST = 64;
/** Of what a number is added to: room for it. */
const LONGEST_STEM = LONGEST - 8;
const TAKEN = /^[a-zA-Z0-9_.-]{1,64}$/;

// bounded: `LONGEST`
const isTaken = (name: string): boolean => name.length <= LONGEST && TAKEN.test(name);

export function fitPropertyNames(tools: readonly ToolDefinition[], turns: readonly Turn[]): FittedNames {
  const sent = new Map<string, ReadonlyMap<string, string>>();
  for (const tool of tools) {
    const names = namesOf(tool);
    if (names) sent.set(tool.name, names);
  }
  if (sent.size === 0) return { tools, turns };
  const own = new Map([...sent].map(([tool, names]) => [tool, new Map([...names].map(([a, b]) => [b, a]))]));
  return {
    tools: tools.map((tool) => fitTool(tool, sent.get(tool.name))),
    turns: turns.map((turn) =>
      turn.role === 'assistant'
        ? { ...turn, content: turn.content.map((each) => fitCall(each, sent)) }
        : turn,
    ),
    names: own,
  };
}

const propertiesOf = ({ input_schema: schema }: ToolDefinition): Json | undefined =>
  // What of a tool its provider defines has no schema.
  isJsonObject(schema) && isJsonObject(schema['properties']) ? schema['properties'] : undefined;

/** The names to send, by the client's own; undefined where all are taken. */
function namesOf(tool: ToolDefinition): ReadonlyMap<string, string> | undefined {
  const all = Object.keys(propertiesOf(tool) ?? {});
  const odd = all.filter((name) => !isTaken(name));
  if (odd.length === 0) return undefined;
  const used = new Set(all);
  const numbers = new Map<string, number>();
  return new Map(
    odd.map((name) => {
      const base = cut(name, LONGEST).replace(/[^a-zA-Z0-9_.-]/g, '_') || 'parameter';
      const stem = base.slice(0, LONGEST_STEM);
      let fitted = base;
      let number = numbers.get(stem) ?? 1;
      for (; used.has(fitted); fitted = `${stem}_${number}`) number += 1;
      numbers.set(stem, number);
      used.add(fitted);
      return [name, fitted];
    }),
  );
}

function fitTool(tool: ToolDefinition, names: ReadonlyMap<string, string> | undefined): ToolDefinition {
  if (names === undefined) return tool;
  const { input_examples: examples } = tool as { readonly input_examples?: unknown };
  return {
    ...tool,
    input_schema: fitSchema(tool.input_schema, names),
    ...(Array.isArray(examples) ? { input_examples: examples.map((each) => renamed(each, names)) } : {}),
  };
}

function fitSchema(schema: Json, names: ReadonlyMap<string, string>): Json {
  const { properties, required } = schema;
  return {
    ...(withReferences(schema, names) as Json),
    properties: renamed(withReferences(properties, names), names),
    ...(Array.isArray(required)
      ? { required: required.map((name: unknown) => (typeof name === 'string' && names.get(name)) || name) }
      : {}),
  };
}

/** The members of an object under their other names, in the same order. */
export function renamed(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [names.get(name) ?? name, each]));
}

const REFERENCE = '#/properties/';
/** Characters of a name as an address may write it. */
const LONGEST_PART = 4_096;

/** What refers to a parameter by its place. A schema has been bounded where it was read. */
function withReferences(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((each) => withReferences(each, names));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name,
      name === '$ref' && typeof each === 'string' ? fitReference(each, names) : withReferences(each, names),
    ]),
  );
}

function fitReference(reference: string, names: ReadonlyMap<string, string>): string {
  if (!reference.startsWith(REFERENCE)) return reference;
  const rest = reference.slice(REFERENCE.length);
  const end = rest.indexOf('/');
  const part = end === -1 ? rest : rest.slice(0, end);
  if (part.length > LONGEST_PART) return reference;
  const name = names.get(partName(part));
  return name === undefined ? reference : REFERENCE + name + rest.slice(part.length);
}

/** As a JSON pointer in an address writes it (RFC 6901). */
function partName(part: string): string {
  try {
    // bounded: `LONGEST_PART`
    return decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
  } catch {
    return part;
  }
}

function fitCall(block: ContentBlock, sent: ReadonlyMap<string, ReadonlyMap<string, string>>): ContentBlock {
  if (block.type !== 'tool_use') return block;
  const names = sent.get(block.name);
  return names ? { ...block, input: renamed(block.input, names) as ToolUseBlock['input'] } : block;
}
