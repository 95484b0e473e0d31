/** Reads whole answers of Anthropic's Messages API. */
import { GatewayError } from '../../errors';
import type { AnswerBlock, ModelAnswer, StopReason } from '../../model/answer';
import { readUsage } from './message-usage';
import { refusalWords } from './refusal-words';

export type Json = Readonly<Record<string, unknown>>;

export const isJsonObject = (value: unknown): value is Json =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

const STOP_REASONS: Readonly<Record<string, StopReason>> = {
  end_turn: 'end',
  stop_sequence: 'end',
  pause_turn: 'end',
  max_tokens: 'max_tokens',
  model_context_window_exceeded: 'max_tokens',
  tool_use: 'tool_use',
  refusal: 'refusal',
};

export function readStopReason(value: unknown): StopReason {
  return (
    (typeof value === 'string' && Object.hasOwn(STOP_REASONS, value) ? STOP_REASONS[value] : undefined) ??
    'end'
  );
}

export function readAnswer(text: string): ModelAnswer {
  const answer = parse(text);
  if (answer['type'] !== 'message' || !Array.isArray(answer['content']) || !isJsonObject(answer['usage']))
    throw new GatewayError('provider_failed', {
      message: "The provider's answer is not one this gateway can read.",
    });
  const stopReason = readStopReason(answer['stop_reason']);
  const blocks = (answer['content'] as unknown[]).flatMap(readBlock);
  if (stopReason === 'refusal') blocks.push({ type: 'refusal', text: refusalWords(answer['stop_details']) });
  return {
    id: String(answer['id']),
    blocks,
    stopReason,
    ...readUsage(answer['usage']),
    message: answer,
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

function readBlock(block: unknown): AnswerBlock[] {
  if (!isJsonObject(block)) return [];
  switch (block['type']) {
    case 'text':
      return [{ type: 'text', text: String(block['text']) }];
    case 'thinking':
      return [
        {
          type: 'thinking',
          text: String(block['thinking']),
          ...(typeof block['signature'] === 'string' ? { signature: block['signature'] } : {}),
        },
      ];
    case 'redacted_thinking':
      return [{ type: 'redacted_thinking', data: String(block['data']) }];
    case 'tool_use':
      return [
        { type: 'tool_use', id: String(block['id']), name: String(block['name']), input: block['input'] },
      ];
    default:
      return [];
  }
}
