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
  // Not by assigning: `__proto__` is a name like any other.
  const properties = Object.fromEntries(
    [...parts, ...choices, rest].flatMap((each) =>
      isJsonObject(each['properties']) ? Object.entries(each['properties']) : [],
    ),
  );
  const inEvery = choices
    .map(requiredOf)
    .reduce<string[] | undefined>(
      (kept, names) => (kept === undefined ? names : kept.filter((name) => names.includes(name))),
      undefined,
    );
  const required = [...new Set([rest, ...parts].flatMap(requiredOf).concat(inEvery ?? []))];
  return { ...rest, type: 'object', properties, ...(required.length > 0 ? { required } : {}) };
}

const schemasOf = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isJsonObject) : []);
const requiredOf = ({ required }: Json): string[] =>
  Array.isArray(required) ? required.filter((name): name is string => typeof name === 'string') : [];
