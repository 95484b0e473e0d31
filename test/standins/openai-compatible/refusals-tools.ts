/** Refusals that concern the tools that are offered. */
import { extraField, first, isObject, list, refuse, type Call, type Refusal } from './call';

const NAME = /^[a-zA-Z0-9_-]{1,64}$/;

function toolFault({ body }: Call): string | undefined {
  const { tools } = body;
  if (tools === undefined) return undefined;
  if (list(tools).length === 0) return 'tools: a list that is not empty';
  const names = new Set<unknown>();
  return first([...list(tools).entries()], ([index, tool]) => {
    const place = `tools[${index}]`;
    if (
      !isObject(tool) ||
      tool['type'] !== 'function' ||
      extraField(tool, ['type', 'function']) !== undefined
    )
      return `${place}: type "function" and function only`;
    const { function: definition } = tool;
    if (!isObject(definition)) return `${place}.function: an object`;
    const extra = extraField(definition, ['name', 'description', 'parameters', 'strict']);
    if (extra !== undefined) return `${place}.function.${extra}: unknown field`;
    const { name, parameters } = definition;
    if (typeof name !== 'string' || !NAME.test(name)) return `${place}.function.name: ${NAME.source}`;
    if (names.has(name)) return `${place}.function.name: used twice`;
    names.add(name);
    return parameters === undefined || (isObject(parameters) && parameters['type'] === 'object')
      ? undefined
      : `${place}.function.parameters: a JSON schema of type object`;
  });
}

function choiceFault({ body }: Call): string | undefined {
  const { tools, tool_choice: choice, parallel_tool_calls: parallel } = body;
  if (tools === undefined && (choice !== undefined || parallel !== undefined))
    return `${choice === undefined ? 'parallel_tool_calls' : 'tool_choice'}: only with tools`;
  if (parallel !== undefined && typeof parallel !== 'boolean') return 'parallel_tool_calls: a boolean';
  if (choice === undefined || ['auto', 'none', 'required'].includes(choice as string)) return undefined;
  const asked = isObject(choice) && choice['type'] === 'function' ? choice['function'] : undefined;
  const offered = list(tools).map((tool) =>
    isObject(tool) ? (tool['function'] as { name?: unknown }).name : '',
  );
  return isObject(asked) && offered.includes(asked['name'])
    ? undefined
    : 'tool_choice: auto, none, required or one of the tools';
}

export const TOOL_REFUSALS: readonly Refusal[] = [
  refuse(
    'tool-definition',
    'A tool of another type, with an unknown field, a name outside `^[a-zA-Z0-9_-]{1,64}$` or used twice, or parameters that are no object schema.',
    toolFault,
  ),
  refuse(
    'tool-choice',
    '`tool_choice` or `parallel_tool_calls` without tools, or of another shape, or naming no tool.',
    choiceFault,
  ),
];
