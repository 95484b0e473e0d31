/** Reads `functions` and `function_call`, which `tools` took the place of; clients of before 2024 know no other form. */
import type { ToolChoice } from '../../model/request';
import { invalid, isAbsent, isFields, list, object, text, type Fields } from '../fields';
import { readFunction, type OfferedTools } from './read-tools';

export interface OfferedFunctions extends OfferedTools {
  readonly toolChoice: ToolChoice;
}

/** @returns undefined for a client that knows tools, or offers nothing */
export function readFunctions(fields: Fields, dropped: Set<string>): OfferedFunctions | undefined {
  const { functions, function_call: asked, tools } = fields;
  if (isAbsent(functions) || !isAbsent(tools)) {
    for (const name of ['functions', 'function_call']) if (!isAbsent(fields[name])) dropped.add(name);
    return undefined;
  }
  const offered = list('functions', functions, 'tools').map((entry, index) => {
    const param = `functions[${index}]`;
    return readFunction(param, object(param, entry));
  });
  if (offered.length === 0) return undefined;
  const names = new Set(offered.map(({ name }) => name));
  return { tools: offered, strictTools: [], toolChoice: readChoice(asked, names) };
}

/** One call an answer: there is no place for another. */
const ALONE = { disable_parallel_tool_use: true } as const;

function readChoice(asked: unknown, names: ReadonlySet<string>): ToolChoice {
  if (isAbsent(asked) || asked === 'auto') return { type: 'auto', ...ALONE };
  if (asked === 'none') return { type: 'none' };
  if (!isFields(asked)) throw invalid('function_call', '"auto", "none" or {"name":…}', asked);
  const name = text('function_call.name', asked['name'], 'toolName');
  if (!names.has(name)) throw invalid('function_call.name', 'the name of one of the functions', name);
  return { type: 'tool', name, ...ALONE };
}
