/** An answer as the events of a stream, in the API's order and spelling. */
import type { Answer, ContentBlock } from './message';
import type { ScriptedAnswer } from './script';

export interface StreamEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface StreamPlan {
  readonly events: readonly StreamEvent[];
  /** What follows the last event. */
  readonly ending: 'end' | 'cut';
}

export function frame(event: StreamEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

export const isContent = (event: StreamEvent): boolean => event.type === 'content_block_delta';

function emptied(block: ContentBlock): object {
  switch (block.type) {
    case 'text':
      return { type: 'text', text: '' };
    case 'tool_use':
      return { ...block, input: {} };
    case 'thinking':
      return { type: 'thinking', thinking: '', signature: '' };
    case 'redacted_thinking':
      return block;
  }
}

function deltas(block: ContentBlock, pieces: readonly string[]): object[] {
  switch (block.type) {
    case 'text':
      return pieces.map((text) => ({ type: 'text_delta', text }));
    case 'tool_use':
      // The API opens with an empty piece; an empty input has no other.
      return ['', ...pieces].map((partial_json) => ({ type: 'input_json_delta', partial_json }));
    case 'thinking':
      return [
        { type: 'thinking_delta', thinking: block.thinking },
        { type: 'signature_delta', signature: block.signature },
      ];
    case 'redacted_thinking':
      return [];
  }
}

/** All events of the answer, with the faults that the script asks for. */
export function planStream(answer: Answer, script: ScriptedAnswer): StreamPlan {
  const start: StreamEvent = {
    type: 'message_start',
    message: {
      id: answer.id,
      type: 'message',
      role: 'assistant',
      model: answer.model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      // The count of output at this point is a placeholder.
      usage: { ...answer.usage, output_tokens: 1, service_tier: 'standard' },
    },
  };
  const pings = Array.from({ length: script.pings ?? 1 }, (): StreamEvent => ({ type: 'ping' }));
  const content = answer.content.flatMap((block, index): StreamEvent[] => [
    { type: 'content_block_start', index, content_block: emptied(block) },
    ...deltas(block, answer.pieces[index] ?? []).map((delta) => ({
      type: 'content_block_delta',
      index,
      delta,
    })),
    { type: 'content_block_stop', index },
  ]);
  const end: StreamEvent[] = [
    {
      type: 'message_delta',
      delta: {
        stop_reason: answer.stopReason,
        stop_sequence: answer.stopSequence,
        ...(answer.stopDetails ? { stop_details: answer.stopDetails } : {}),
      },
      // Cumulative: the whole usage once more, and the only place of the real output count.
      usage: { ...answer.usage, input_tokens: script.finalInputTokens ?? answer.usage.input_tokens },
    },
    { type: 'message_stop' },
  ];

  // Without any piece of content, "after the first piece" is after all there is.
  const firstPiece = content.findIndex(isContent) + 1 || content.length;
  const { interruption } = script;
  if (!interruption) {
    const again = script.duplicateMessageStart ? [start] : [];
    const events = [
      start,
      ...pings,
      ...content.slice(0, firstPiece),
      ...again,
      ...content.slice(firstPiece),
      ...end,
    ];
    return { events, ending: 'end' };
  }
  const reached = { start: 0, content: firstPiece, end: content.length }[interruption.after];
  const type = interruption.errorType ?? 'overloaded_error';
  const error: StreamEvent = {
    type: 'error',
    error: { type, message: interruption.errorMessage ?? `scripted ${type}` },
  };
  return {
    events: [start, ...pings, ...content.slice(0, reached), ...(interruption.how === 'error' ? [error] : [])],
    ending: interruption.how === 'cut' ? 'cut' : 'end',
  };
}
