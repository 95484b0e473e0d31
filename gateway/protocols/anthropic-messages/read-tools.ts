/** Reads the tools of a request: those the client runs itself pass as they were sent, all others are refused. */
import type { ToolChoice, ToolDefinition } from '../../model/request';
import { GatewayError } from '../../errors';
import { show } from '../../model/cut';
import { checkLength } from '../../model/request-limits';
import { checkSchema } from '../schema-limits';
import { invalid, list, object, text, type Fields } from '../fields';
import { withMark } from './read-mark';
import { extraField, shortName } from './top-level-fields';

/** Members of a tool that change nothing but words and their form. */
const TOOL_FIELDS = [
  'cache_control',
  'description',
  'eager_input_streaming',
  'input_examples',
  'input_schema',
  'name',
  'strict',
  'type',
];

/** Tools whose definition is the provider's, but which the client runs: what may be said about each. */
const RUN_BY_CLIENT: Readonly<Record<string, readonly string[]>> = {
  bash: ['cache_control', 'input_examples', 'name', 'strict', 'type'],
  text_editor: ['cache_control', 'input_examples', 'max_characters', 'name', 'strict', 'type'],
};
const RUN_BY_CLIENT_TYPE = /^(bash|text_editor)_\d{8}$/;

const CHOICES = ['auto', 'any', 'tool', 'none'];
const CHOICE_FIELDS = ['disable_parallel_tool_use', 'name', 'type'];

export function readTools(value: unknown, dropped: Set<string>): ToolDefinition[] {
  if (value === undefined || value === null) return [];
  return list('tools', value, 'tools').map((entry, index) => {
    const param = `tools.${index}`;
    const tool = object(param, entry);
    text(`${param}.name`, tool['name'], 'toolName');
    checkKind(param, tool);
    return withMark(param, tool, dropped) as unknown as ToolDefinition;
  });
}

function checkKind(param: string, tool: Fields): void {
  const { type } = tool;
  const kind =
    typeof type === 'string'
      ? // bounded: `toolType`
        RUN_BY_CLIENT_TYPE.exec(text(`${param}.type`, type, 'toolType'))?.[1]
      : undefined;
  if (kind !== undefined) return refuseOthers(param, tool, RUN_BY_CLIENT[kind] ?? []);
  if (type !== undefined && type !== null && type !== 'custom')
    throw new GatewayError('request_invalid', {
      message: `${param}.type: ${show(type)} is not offered. Tools may be of the client's own making ("custom") or run by it (bash, text_editor); the provider runs none.`,
      param: `${param}.type`,
    });
  checkSchema(`${param}.input_schema`, object(`${param}.input_schema`, tool['input_schema']));
  if (tool['defer_loading'] !== undefined)
    throw new GatewayError('request_invalid', {
      message: `${param}.defer_loading: this field is not offered, since the provider would look for the tool by itself. Leave it out; the model is told of every tool.`,
      param: `${param}.defer_loading`,
    });
  refuseOthers(param, tool, TOOL_FIELDS);
}

function refuseOthers(param: string, fields: Fields, allowed: readonly string[]): void {
  const extra = Object.keys(fields).find((name) => !allowed.includes(name));
  if (extra !== undefined) throw extraField(`${param}.${shortName(extra)}`);
}

export function readToolChoice(value: unknown, tools: readonly ToolDefinition[]): ToolChoice | undefined {
  if (value === undefined || value === null) return undefined;
  const choice = object('tool_choice', value);
  if (typeof choice['type'] !== 'string' || !CHOICES.includes(choice['type']))
    throw invalid('tool_choice.type', `one of ${CHOICES.join(', ')}`, choice['type']);
  refuseOthers('tool_choice', choice, CHOICE_FIELDS);
  if (typeof choice['name'] === 'string') checkLength('tool_choice.name', choice['name'], 'toolName');
  if (tools.length === 0)
    throw new GatewayError('request_invalid', {
      message: 'tool_choice: there are no tools to choose from.',
      param: 'tool_choice',
    });
  return choice as unknown as ToolChoice;
}
