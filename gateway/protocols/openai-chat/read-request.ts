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
import { offerTools } from './offer-tools';
import { readAnswerFormat } from './read-answer-format';
import { readFunctions } from './read-functions';
import { readMessages } from './read-messages';
import { readReasoning } from './read-reasoning';
import { readTools } from './read-tools';

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
  'functions',
  'function_call',
  'parallel_tool_calls',
  'n',
  'user',
  'reasoning_effort',
  'thinking',
  'response_format',
  ...CHAT_MEMBERS,
]);

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
  const legacy = readFunctions(fields, dropped);
  const { tools, strictTools } = legacy ?? readTools(fields['tools'], dropped);
  const toolChoice = legacy ? legacy.toolChoice : readToolChoice(fields, tools);
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
    callsOneFunction: legacy !== undefined,
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
