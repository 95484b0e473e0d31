/** Reads an OpenAI chat completion request into the gateway's model of a call. */
import type { IncomingHttpHeaders } from 'node:http';
import type { ElementAllowance } from '../../http/element-allowance';
import { checkCount } from '../../model/request-limits';
import type { ModelRequest, ToolChoice, ToolDefinition } from '../../model/request';
import { namesPerson } from '../../model/user-id';
import {
  invalid,
  isAbsent,
  isFields,
  list,
  object,
  optionalCount,
  optionalFlag,
  optionalNumber,
  optionalText,
  text,
  type Fields,
} from '../fields';
import { checkSchema } from '../schema-limits';
import { offerTools } from './offer-tools';
import { readMark } from './read-content';
import { readAnswerFormat } from './read-answer-format';
import { readMessages } from './read-messages';
import { readReasoning } from './read-reasoning';

/** Passed to providers that speak OpenAI's protocol: they change nothing but the choice of words. */
const CHAT_MEMBERS = ['frequency_penalty', 'logit_bias', 'presence_penalty', 'seed'] as const;

/** Fields that are read, or that ask for what happens anyway. All others are dropped and named to the client. */
export const READ: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'stream',
  'stream_options',
  'max_tokens',
  'max_completion_tokens',
  'temperature',
  'top_p',
  'stop',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'n',
  'user',
  'reasoning_effort',
  'thinking',
  'response_format',
  ...CHAT_MEMBERS,
]);

const TOOL_NAME = /^[A-Za-z0-9_-]{1,128}$/;
const LONGEST_USER = 256;

export function readRequest(body: unknown, _: IncomingHttpHeaders, elements: ElementAllowance): ModelRequest {
  const fields = object('request_body', body);
  const names = Object.keys(fields);
  checkCount('request_body', names.length, 'bodyFields');
  const dropped = new Set(names.filter((name) => !READ.has(name) && fields[name] !== null));
  const model = text('model', fields['model'], 'model');
  if (model === '') throw invalid('model', 'the name of a model', model);
  refuseSeveralChoices(fields['n']);
  const { system, turns } = readMessages(list('messages', fields['messages'], 'messages'), elements, dropped);
  const { tools, strictTools } = readTools(fields['tools'], dropped);
  const toolChoice = readToolChoice(fields, tools);
  const reasoning = readReasoning(fields);
  const answerFormat = readAnswerFormat(fields['response_format']);
  const maxTokens =
    optionalCount('max_completion_tokens', fields['max_completion_tokens']) ??
    optionalCount('max_tokens', fields['max_tokens']);
  return {
    dialect: 'openai',
    model,
    system,
    turns,
    ...offerTools(tools, toolChoice, turns),
    maxTokens,
    temperature: optionalNumber('temperature', fields['temperature'], 0, 2),
    topP: optionalNumber('top_p', fields['top_p'], 0, 1),
    stopSequences: readStop(fields['stop']),
    userId: readUser(fields['user'], dropped),
    ...(reasoning ? { reasoning } : {}),
    ...(answerFormat ? { answerFormat } : {}),
    strictTools,
    ownMembers: {},
    chatMembers: pick(fields, CHAT_MEMBERS),
    betas: [],
    leastTokens: 1,
    stream: optionalFlag('stream', fields['stream']),
    includeUsage: readIncludeUsage(fields['stream_options']),
    droppedFields: [...dropped],
  };
}

function refuseSeveralChoices(n: unknown): void {
  if (n !== undefined && n !== null && n !== 1) throw invalid('n', '1, since only one choice is offered', n);
}

const pick = (fields: Fields, names: readonly string[]): Fields =>
  Object.fromEntries(names.filter((name) => !isAbsent(fields[name])).map((name) => [name, fields[name]]));

function readTools(value: unknown, dropped: Set<string>): { tools: ToolDefinition[]; strictTools: string[] } {
  if (isAbsent(value)) return { tools: [], strictTools: [] };
  const strictTools: string[] = [];
  const tools = list('tools', value, 'tools').map((entry, index): ToolDefinition => {
    const param = `tools[${index}]`;
    const tool = object(param, entry);
    if (tool['type'] !== 'function') throw invalid(`${param}.type`, '"function"', tool['type']);
    const definition = object(`${param}.function`, tool['function']);
    const name = text(`${param}.function.name`, definition['name'], 'toolName');
    // bounded: `toolName`
    if (!TOOL_NAME.test(name))
      throw invalid(`${param}.function.name`, 'at most 128 letters, digits, "_" and "-"', name);
    if (definition['strict'] === true) strictTools.push(name);
    const description = optionalText(`${param}.function.description`, definition['description']);
    const mark = readMark(tool['cache_control'] ?? definition['cache_control'], dropped);
    return {
      name,
      ...(description ? { description } : {}),
      input_schema: readSchema(`${param}.function.parameters`, definition['parameters']),
      ...(mark ? { cache_control: mark } : {}),
    };
  });
  return { tools, strictTools };
}

function readSchema(param: string, value: unknown): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) return { type: 'object', properties: {} };
  // Providers insist on an object at the top, whatever the client's generator wrote there.
  const schema = object(param, value);
  checkSchema(param, schema);
  return { ...schema, type: 'object' };
}

const CHOICES: Readonly<Record<string, ToolChoice>> = {
  auto: { type: 'auto' },
  required: { type: 'any' },
  none: { type: 'none' },
};

function readToolChoice(fields: Fields, tools: readonly ToolDefinition[]): ToolChoice | undefined {
  const asked = fields['tool_choice'];
  const isSerial = fields['parallel_tool_calls'] === false;
  const parallel = fields['parallel_tool_calls'];
  if (parallel !== undefined && parallel !== null && typeof parallel !== 'boolean')
    throw invalid('parallel_tool_calls', 'true or false', parallel);
  const choice = asked === undefined || asked === null ? undefined : readChoice(asked, tools);
  // Without tools there is nothing to choose from, and providers refuse the field.
  if (tools.length === 0) return undefined;
  if (!isSerial || choice?.type === 'none') return choice;
  return { ...(choice ?? { type: 'auto' }), disable_parallel_tool_use: true };
}

function readChoice(asked: unknown, tools: readonly ToolDefinition[]): ToolChoice {
  const allowed = '"auto", "required", "none" or {"type":"function","function":{"name":…}}';
  if (typeof asked === 'string') {
    const choice = Object.hasOwn(CHOICES, asked) ? CHOICES[asked] : undefined;
    if (choice === undefined) throw invalid('tool_choice', allowed, asked);
    return choice;
  }
  if (!isFields(asked) || asked['type'] !== 'function' || !isFields(asked['function']))
    throw invalid('tool_choice', allowed, asked);
  const name = text('tool_choice.function.name', asked['function']['name'], 'toolName');
  if (!tools.some((tool) => tool.name === name))
    throw invalid('tool_choice.function.name', 'the name of one of the tools', name);
  return { type: 'tool', name };
}

function readStop(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  const stops = typeof value === 'string' ? [value] : list('stop', value, 'stopSequences');
  // A stop of blanks alone is refused by the provider, and would stop at every word.
  return stops
    .map((stop, index) => text(`stop[${index}]`, stop, 'stopSequence'))
    .filter((stop) => stop.trim() !== '');
}

// Providers ask for an opaque id and refuse what names a person.
function readUser(value: unknown, dropped: Set<string>): string | undefined {
  const user = optionalText('user', value);
  if (user === undefined || user === '') return undefined;
  if (user.length <= LONGEST_USER && !namesPerson(user)) return user;
  dropped.add('user');
  return undefined;
}

function readIncludeUsage(value: unknown): boolean {
  if (value === undefined || value === null) return false;
  return optionalFlag('stream_options.include_usage', object('stream_options', value)['include_usage']);
}
