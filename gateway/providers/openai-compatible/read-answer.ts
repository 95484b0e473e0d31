/** Reads whole chat completions, and the pieces that streams share with them. */
import { GatewayError } from '../../errors';
import type { AnswerBlock, ModelAnswer, StopReason } from '../../model/answer';
import { isJsonObject, type Json } from '../messages/read-answer';
import { sanitize } from '../sanitize';
import { readUsage } from './chat-usage';
import { ERROR_CODES, readErrorObject } from './read-error';

const STOP_REASONS: Readonly<Record<string, StopReason>> = {
  stop: 'end',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  function_call: 'tool_use',
  content_filter: 'refusal',
};

/** @param hasCalls some servers say "stop" where clients wait for "tool_calls" to run them */
export function readStopReason(value: unknown, hasCalls: boolean): StopReason {
  const reason =
    (typeof value === 'string' && Object.hasOwn(STOP_REASONS, value) ? STOP_REASONS[value] : undefined) ??
    'end';
  return reason === 'end' && hasCalls ? 'tool_use' : reason;
}

export const thoughtsOf = (message: Json): string =>
  textOf(message['reasoning_content'] ?? message['reasoning']);
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

export function readAnswer(text: string): ModelAnswer {
  const answer = parse(text);
  if (isJsonObject(answer['error'])) {
    const { kind, message } = readErrorObject(answer['error']);
    throw new GatewayError(ERROR_CODES[kind], { message: sanitize(message) });
  }
  const choice: unknown = Array.isArray(answer['choices']) ? answer['choices'][0] : undefined;
  if (!isJsonObject(choice) || !isJsonObject(choice['message']))
    throw new GatewayError('provider_failed', {
      message: "The provider's answer is not one this gateway can read.",
    });
  const { message } = choice;
  const calls = Array.isArray(message['tool_calls']) ? message['tool_calls'].flatMap(readCall) : [];
  return {
    id: textOf(answer['id']) || 'unnamed',
    blocks: [
      ...textBlock('thinking', thoughtsOf(message)),
      ...textBlock('text', textOf(message['content']) + textOf(message['refusal'])),
      ...calls,
    ],
    stopReason: readStopReason(choice['finish_reason'], calls.length > 0),
    ...readUsage(answer['usage']),
  };
}

function parse(text: string): Json {
  try {
    const parsed: unknown = JSON.parse(text);
    return isJsonObject(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

const textBlock = (type: 'text' | 'thinking', text: string): AnswerBlock[] =>
  text === '' ? [] : [{ type, text }];

function readCall(call: unknown, index: number): AnswerBlock[] {
  const definition = isJsonObject(call) ? call['function'] : undefined;
  if (!isJsonObject(call) || !isJsonObject(definition) || textOf(definition['name']) === '')
    throw new GatewayError('provider_failed', { message: 'The provider sent a tool call without a name.' });
  return [
    {
      type: 'tool_use',
      id: textOf(call['id']) || callId(index),
      name: textOf(definition['name']),
      input: readArguments(definition['arguments']),
    },
  ];
}

/** For servers that give none; clients tell calls apart by it. */
export const callId = (index: number): string => `call_${index}_${Math.random().toString(36).slice(2, 12)}`;

/** Models write what is no JSON object at times; the client's tool has to say so to them. */
function readArguments(value: unknown): unknown {
  const written = typeof value === 'string' ? value : JSON.stringify(value ?? {});
  if (written.trim() === '') return {};
  const parsed = parse(written);
  return Object.keys(parsed).length > 0 || written.trim() === '{}' ? parsed : { arguments: written };
}
