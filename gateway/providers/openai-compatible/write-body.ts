/** Writes a call as a chat completion request: the part that is the same for every deployment of an endpoint. */
import type { ModelDocument } from '../../config/document';
import { GatewayError } from '../../errors';
import { JsonMembers } from '../../json/json-members';
import { show } from '../../model/cut';
import type { AnswerFormat, ModelRequest, ToolChoice, ToolDefinition } from '../../model/request';
import { opaqueUser } from '../../model/user-id';
import { isJsonObject, type Json } from '../messages/read-answer';
import { fitRequest } from '../fit';
import { CHAT_COMPLETIONS } from '../fit/server';
import type { SharedBody } from '../provider';
import { weighParts, writeMessages } from './write-messages';

/** @param endpoint its name, by which the model's deployments there are known */
export function writeBody(request: ModelRequest, model: ModelDocument, endpoint: string): SharedBody {
  const fitted = fitRequest(request, model, CHAT_COMPLETIONS);
  const { turns, system, toolChoice, toolNames, stopSequences, reasoning } = fitted;
  const { temperature, topP } = fitted.sampling;
  const strictTools = new Set(request.strictTools);
  const dropped = [...fitted.dropped];
  // By the client's names, in the same order.
  const isStrict = (index: number): boolean => strictTools.has(request.tools[index]?.name ?? '');
  const tools = fitted.tools.map((tool, index) => writeTool(tool, index, isStrict(index)));
  const format = formatOf(request);
  const thoughtsField = model.deployments.find((each) => each.endpoint === endpoint)?.thoughts_field;
  const messages = writeMessages({ system, turns }, thoughtsField);
  if (thoughtsField === undefined && hasThoughts(request)) dropped.push('thinking');
  const user = request.userId === undefined ? undefined : opaqueUser(request.userId);
  if (user === undefined && request.userId !== undefined)
    dropped.push(request.dialect === 'anthropic' ? 'metadata.user_id' : 'user');
  const members = new JsonMembers({
    messages,
    ...(tools.length > 0 ? { tools } : {}),
    ...(toolChoice ? writeToolChoice(toolChoice) : {}),
    ...(temperature !== undefined ? { temperature } : {}),
    ...(topP !== undefined ? { top_p: topP } : {}),
    ...(stopSequences.length > 0 ? { stop: stopSequences } : {}),
    ...(user !== undefined ? { user } : {}),
    ...(reasoning.effort !== undefined ? { reasoning_effort: reasoning.effort } : {}),
    ...(format ? { response_format: writeFormat(format) } : {}),
    ...request.chatMembers,
  });
  for (const name of ['service_tier', 'top_k']) if (name in request.ownMembers) dropped.push(name);
  return {
    members,
    media: weighParts(messages),
    betas: [],
    leastTokens: 1,
    dropped,
    ...(toolNames === undefined ? {} : { toolNames }),
  };
}

/** OpenAI's clients send them along whether or not anybody asked for them. */
const hasThoughts = ({ dialect, turns }: ModelRequest): boolean =>
  dialect === 'anthropic' && turns.some(({ content }) => content.some(({ type }) => type === 'thinking'));

function writeTool(tool: ToolDefinition, index: number, isStrict: boolean): Json {
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
      ...(strict === true || isStrict ? { strict: true } : {}),
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
