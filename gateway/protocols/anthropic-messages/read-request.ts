/** Reads a request of Anthropic's Messages API into the gateway's model of a call, which has the same shape. */
import type { IncomingHttpHeaders } from 'node:http';
import type { ModelRequest, Turn } from '../../model/request';
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
import { withoutAttribution } from './attribution';
import { readBetas } from './betas';
import { readInstructions, readSystem, readTurnContent } from './read-content';
import { readMark, refuseMarks } from './read-mark';
import { readToolChoice, readTools } from './read-tools';
import { CALL_FIELDS, checkFields, COUNT_FIELDS, extraField, LEFT_OUT, shortName } from './top-level-fields';

const ROLES = ['user', 'assistant', 'system'];
const THINKING_TYPES = ['enabled', 'disabled', 'adaptive'];
/** Of those that cost nothing more (`enforcement/beyond-tokens`) the ones that Anthropic knows. */
const SERVICE_TIERS = ['auto', 'standard_only'];
const OUTPUT_FIELDS = ['effort', 'format'];

export function readRequest(body: unknown, headers: IncomingHttpHeaders): ModelRequest {
  const fields = object('request_body', body);
  checkFields(fields, CALL_FIELDS);
  const maxTokens = optionalCount('max_tokens', fields['max_tokens']);
  if (maxTokens === undefined) throw invalid('max_tokens', 'a whole number above 0', undefined);
  return readCommon(fields, headers, maxTokens);
}

export function readCountRequest(body: unknown, headers: IncomingHttpHeaders): ModelRequest {
  const fields = object('request_body', body);
  checkFields(fields, COUNT_FIELDS);
  return readCommon(fields, headers, undefined);
}

function readCommon(
  fields: Fields,
  headers: IncomingHttpHeaders,
  maxTokens: number | undefined,
): ModelRequest {
  const dropped = new Set<string>(LEFT_OUT.filter((name) => !isAbsent(fields[name])));
  const model = text('model', fields['model'], 'model');
  if (model === '') throw invalid('model', 'the name of a model', model);
  const betas = readBetas(headers, dropped);
  const tools = readTools(fields['tools'], dropped);
  const toolChoice = readToolChoice(fields['tool_choice'], tools);
  return {
    dialect: 'anthropic',
    model,
    system: withoutAttribution(readSystem(fields['system'], dropped), dropped),
    turns: readTurns(fields['messages'], dropped),
    tools,
    ...(toolChoice ? { toolChoice } : {}),
    maxTokens,
    temperature: optionalNumber('temperature', fields['temperature'], 0, 1),
    topP: optionalNumber('top_p', fields['top_p'], 0, 1),
    stopSequences: readStops(fields['stop_sequences']),
    userId: readUser(fields['metadata']),
    ownMembers: readOwnMembers(fields, dropped),
    chatMembers: {},
    betas,
    leastTokens: leastTokensOf(fields['thinking'], maxTokens),
    stream: optionalFlag('stream', fields['stream']),
    includeUsage: true,
    droppedFields: [...dropped],
  };
}

function readTurns(value: unknown, dropped: Set<string>): Turn[] {
  const messages = list('messages', value, 'messages');
  if (messages.length === 0) throw invalid('messages', 'at least one message', value);
  return messages.map((entry, index): Turn => {
    const param = `messages.${index}`;
    const { role, content, ...rest } = object(param, entry);
    if (typeof role !== 'string' || !ROLES.includes(role))
      throw invalid(`${param}.role`, '"user", "assistant" or "system"', role);
    const extra = Object.keys(rest)[0];
    if (extra !== undefined) throw extraField(`${param}.${shortName(extra)}`);
    const read = role === 'system' ? readInstructions : readTurnContent;
    return { role: role as Turn['role'], content: read(`${param}.content`, content, dropped) };
  });
}

function readStops(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  return list('stop_sequences', value, 'stopSequences').map((stop, index) =>
    text(`stop_sequences.${index}`, stop, 'stopSequence'),
  );
}

function readUser(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  const { user_id: user, ...rest } = object('metadata', value);
  const extra = Object.keys(rest)[0];
  if (extra !== undefined) throw extraField(`metadata.${shortName(extra)}`);
  return optionalText('metadata.user_id', user, 'userId');
}

function readOwnMembers(fields: Fields, dropped: Set<string>): Fields {
  const own: Record<string, unknown> = {};
  for (const name of ['thinking', 'top_k', 'service_tier', 'output_config', 'output_format'])
    if (fields[name] !== undefined && fields[name] !== null) own[name] = fields[name];
  checkThinking(own['thinking']);
  checkOutput(own['output_config']);
  const tier = own['service_tier'];
  if (tier !== undefined && !SERVICE_TIERS.includes(tier as string))
    throw invalid('service_tier', `one of ${SERVICE_TIERS.join(', ')}`, tier);
  const mark = readMark('cache_control', fields['cache_control'], dropped);
  if (mark) own['cache_control'] = mark;
  return own;
}

function checkThinking(value: unknown): void {
  if (value === undefined) return;
  const thinking = object('thinking', value);
  const { type } = thinking;
  refuseMarks('thinking', thinking);
  if (typeof type !== 'string' || !THINKING_TYPES.includes(type))
    throw invalid('thinking.type', `one of ${THINKING_TYPES.join(', ')}`, type);
}

function checkOutput(value: unknown): void {
  if (value === undefined) return;
  const extra = Object.keys(object('output_config', value)).find((name) => !OUTPUT_FIELDS.includes(name));
  if (extra !== undefined) throw extraField(`output_config.${shortName(extra)}`);
}

// The provider refuses an answer that has no room left after thinking. A budget above what the client asked for
// itself spans several calls, or is the client's mistake.
function leastTokensOf(thinking: unknown, maxTokens: number | undefined): number {
  const budget = isFields(thinking) && thinking['type'] === 'enabled' ? thinking['budget_tokens'] : undefined;
  if (typeof budget !== 'number' || !Number.isSafeInteger(budget) || maxTokens === undefined) return 1;
  return budget > 0 && budget < maxTokens ? budget + 1 : 1;
}
