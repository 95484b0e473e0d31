/** Events of Anthropic's Messages API, as short as tests want them. */

export type Event = Record<string, unknown> & { type: string };

export const start = (usage: object = { input_tokens: 1, output_tokens: 1 }): Event => ({
  type: 'message_start',
  message: { id: 'msg_1', type: 'message', role: 'assistant', content: [], usage },
});
export const blockStart = (index: number, content_block: object): Event => ({
  type: 'content_block_start',
  index,
  content_block,
});
export const delta = (index: number, change: object): Event => ({
  type: 'content_block_delta',
  index,
  delta: change,
});
export const blockStop = (index: number): Event => ({ type: 'content_block_stop', index });
export const text = (words: string, index = 0): Event => delta(index, { type: 'text_delta', text: words });
export const end = (stop_reason: string, usage: object = { output_tokens: 5 }): Event[] => [
  { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage },
  { type: 'message_stop' },
];
