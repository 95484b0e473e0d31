/** Writes a call as a chat completion request: the part that is the same for every deployment of an endpoint. */
import type { ModelDocument } from '../../config/document';
import { GatewayError } from '../../errors';
import { JsonMembers } from '../../json/json-members';
import { show } from '../../model/cut';
import { effortOf } from '../../model/reasoning';
import type { AnswerFormat, ModelRequest, ToolChoice, ToolDefinition } from '../../model/request';
import { opaqueUser } from '../../model/user-id';
import { isJsonObject, type Json } from '../messages/read-answer';
import type { SharedBody } from '../provider';
import { weighParts, writeMessages } from './write-messages';

/** @param endpoint its name, by which the model's deployments there are known */
export function writeBody(request: ModelRequest, model: ModelDocument, endpoint: string): SharedBody {
  const { toolChoice, temperature, topP, stopSequences } = request;
  const strictTools = new Set(request.strictTools);
  const dropped: string[] = [];
  const takesSampling = model.sampling !== 'none';
  if (!takesSampling) {
    if (temperature !== undefined) dropped.push('temperature');
    if (topP !== undefined) dropped.push('top_p');
  }
  const tools = request.tools.map((tool, index) => writeTool(tool, index, strictTools));
  const format = formatOf(request);
  const thoughtsField = model.deployments.find((each) => each.endpoint === endpoint)?.thoughts_field;
  const messages = writeMessages(request, thoughtsField);
  if (thoughtsField === undefined && hasThoughts(request)) dropped.push('thinking');
  const user = request.userId === undefined ? undefined : opaqueUser(request.userId);
  if (user === undefined && request.userId !== undefined)
    dropped.push(request.dialect === 'anthropic' ? 'metadata.user_id' : 'user');
  const members = new JsonMembers({
    messages,
    ...(tools.length > 0 ? { tools } : {}),
    ...(toolChoice ? writeToolChoice(toolChoice) : {}),
    ...(takesSampling && temperature !== undefined ? { temperature } : {}),
    ...(takesSampling && topP !== undefined ? { top_p: topP } : {}),
    ...(stopSequences.length > 0 ? { stop: stopSequences } : {}),
    ...(user !== undefined ? { user } : {}),
    ...writeReasoning(request, model, dropped),
    ...(format ? { response_format: writeFormat(format) } : {}),
    ...request.chatMembers,
  });
  for (const name of ['service_tier', 'top_k']) if (name in request.ownMembers) dropped.push(name);
  return { members, media: weighParts(messages), betas: [], leastTokens: 1, dropped };
}

/** OpenAI's clients send them along whether or not anybody asked for them. */
const hasThoughts = ({ dialect, turns }: ModelRequest): boolean =>
  dialect === 'anthropic' && turns.some(({ content }) => content.some(({ type }) => type === 'thinking'));

function writeTool(tool: ToolDefinition, index: number, strictTools: ReadonlySet<string>): Json {
  // What the definition of such a tool says, only Anthropic's models know.
  const { type, strict } = tool as { readonly type?: unknown; readonly strict?: unknown };
  if (type !== undefined && type !== null && type !== 'custom')
    throw new GatewayError('request_invalid', {
      message: `tools.${index}: ${show(type)} is not known to this model. Describe the tool by an input_schema of its own.`,
      param: `tools.${index}`,
    });
  return {
    type: 'function',
    function: {
      name: tool.name,
      ...(tool.description === undefined ? {} : { description: tool.description }),
      parameters: tool.input_schema,
      ...(strict === true || strictTools.has(tool.name) ? { strict: true } : {}),
    },
  };
}

const CHOICES = { auto: 'auto', any: 'required', none: 'none' } as const;

function writeToolChoice(choice: ToolChoice): Json {
  const isSerial = choice.type !== 'none' && choice.disable_parallel_tool_use === true;
  return {
    tool_choice:
      choice.type === 'tool' ? { type: 'function', function: { name: choice.name } } : CHOICES[choice.type],
    ...(isSerial ? { parallel_tool_calls: false } : {}),
  };
}

function writeReasoning(request: ModelRequest, model: ModelDocument, dropped: string[]): Json {
  const asked = reasoningOf(request);
  if (asked === undefined) return {};
  if (model.reasoning !== undefined && model.reasoning !== 'none') return { reasoning_effort: asked.effort };
  dropped.push(asked.field);
  return {};
}

/** In OpenAI's words, from those of either protocol. */
function reasoningOf({
  reasoning,
  ownMembers,
}: ModelRequest): { readonly effort: string; readonly field: string } | undefined {
  if (reasoning) return { effort: inOpenAiWords(reasoning.effort), field: reasoning.field };
  const output = memberOf(ownMembers, 'output_config');
  const thinking = memberOf(ownMembers, 'thinking');
  const { effort } = output;
  if (typeof effort === 'string') return { effort: inOpenAiWords(effort), field: 'output_config.effort' };
  if (thinking['type'] === 'adaptive') return { effort: 'high', field: 'thinking' };
  if (thinking['type'] !== 'enabled') return undefined;
  const budget = thinking['budget_tokens'];
  const tokens = typeof budget === 'number' && budget > 0 ? budget : 1;
  return { effort: inOpenAiWords(effortOf(tokens)), field: 'thinking' };
}

const inOpenAiWords = (effort: string): string => (effort === 'max' ? 'xhigh' : effort);

const memberOf = (members: Json, name: string): Json => (isJsonObject(members[name]) ? members[name] : {});

function formatOf({ answerFormat, ownMembers }: ModelRequest): AnswerFormat | undefined {
  if (answerFormat) return answerFormat;
  const { format = ownMembers['output_format'] } = memberOf(ownMembers, 'output_config');
  if (!isJsonObject(format) || !isJsonObject(format['schema'])) return undefined;
  return { type: 'json_schema', name: 'answer', schema: format['schema'], strict: true };
}

function writeFormat(format: AnswerFormat): Json {
  if (format.type === 'json_object') return format;
  const { type, ...json_schema } = format;
  return { type, json_schema };
}
