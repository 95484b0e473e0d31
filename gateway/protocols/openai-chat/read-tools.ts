/** Reads the functions that a chat offers: each in a tool, or by itself in the older form. */
import type { ToolDefinition } from '../../model/request';
import { invalid, isAbsent, list, object, optionalText, text, type Fields } from '../fields';
import { checkSchema } from '../schema-limits';
import { readMark } from './read-content';

export interface OfferedTools {
  readonly tools: ToolDefinition[];
  /** Names of those whose calls are to follow their schema to the letter. */
  readonly strictTools: string[];
}

const TOOL_NAME = /^[A-Za-z0-9_-]{1,128}$/;

export function readTools(value: unknown, dropped: Set<string>): OfferedTools {
  if (isAbsent(value)) return { tools: [], strictTools: [] };
  const strictTools: string[] = [];
  const tools = list('tools', value, 'tools').map((entry, index) => {
    const param = `tools[${index}]`;
    const tool = object(param, entry);
    if (tool['type'] !== 'function') throw invalid(`${param}.type`, '"function"', tool['type']);
    const definition = object(`${param}.function`, tool['function']);
    const mark = readMark(tool['cache_control'] ?? definition['cache_control'], dropped);
    const read = readFunction(`${param}.function`, definition);
    if (definition['strict'] === true) strictTools.push(read.name);
    return mark ? { ...read, cache_control: mark } : read;
  });
  return { tools, strictTools };
}

export function readFunction(param: string, definition: Fields): ToolDefinition {
  const name = text(`${param}.name`, definition['name'], 'toolName');
  // bounded: `toolName`
  if (!TOOL_NAME.test(name)) throw invalid(`${param}.name`, 'at most 128 letters, digits, "_" and "-"', name);
  const description = optionalText(`${param}.description`, definition['description']);
  return {
    name,
    ...(description ? { description } : {}),
    input_schema: readSchema(`${param}.parameters`, definition['parameters']),
  };
}

function readSchema(param: string, value: unknown): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) return { type: 'object', properties: {} };
  // Providers insist on an object at the top, whatever the client's generator wrote there.
  const schema = object(param, value);
  checkSchema(param, schema);
  return { ...schema, type: 'object' };
}
