/** Tools with the schemas that Anthropic takes: an object at the top, and no choice of several. */
import type { ToolDefinition } from '../../model/request';
import { isJsonObject, type Json } from './read-answer';

const CHOICES = ['anyOf', 'oneOf', 'allOf'] as const;

export const fitTools = (tools: readonly ToolDefinition[]): readonly ToolDefinition[] =>
  tools.some(isChoice) ? tools.map(fitTool) : tools;

const isChoice = ({ input_schema: schema }: ToolDefinition): boolean =>
  CHOICES.some((word) => word in schema);

function fitTool(tool: ToolDefinition): ToolDefinition {
  return isChoice(tool) ? { ...tool, input_schema: flatten(tool.input_schema) } : tool;
}

/** One object with the members of all it may be; required is what all of them require. */
function flatten(schema: Json): Json {
  const { anyOf, oneOf, allOf, ...rest } = schema;
  const choices = [anyOf, oneOf].flatMap(schemasOf);
  const parts = schemasOf(allOf);
  const properties = new Map<string, unknown>();
  for (const each of [...parts, ...choices, rest])
    if (isJsonObject(each['properties']))
      for (const [name, value] of Object.entries(each['properties'])) properties.set(name, value);
  const required = new Set([rest, ...parts].flatMap(requiredOf));
  for (const name of inEvery(choices.map(requiredOf))) required.add(name);
  return {
    ...rest,
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.size > 0 ? { required: [...required] } : {}),
  };
}

/** What all of the lists have, each once. Each step costs no more than the shorter of two lists, and the next list. */
function inEvery([first = [], ...others]: readonly (readonly string[])[]): ReadonlySet<string> {
  let kept = new Set(first);
  for (const names of others) {
    const next = new Set<string>();
    for (const name of names) if (kept.has(name)) next.add(name);
    kept = next;
  }
  return kept;
}

const schemasOf = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isJsonObject) : []);
const requiredOf = ({ required }: Json): string[] =>
  Array.isArray(required) ? required.filter((name): name is string => typeof name === 'string') : [];
