import type { Protocol } from '../protocol';
import { readRequest } from './read-request';
import { renderAnswer } from './render-answer';
import { ChunkWriter } from './stream-writer';

/** OpenAI chat completions. */
export const openAiChat: Protocol = {
  name: 'openai-chat',
  dialect: 'openai',
  readRequest,
  renderAnswer,
  streamWriter: (frame) => new ChunkWriter(frame),
};
