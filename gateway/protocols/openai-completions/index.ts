import type { Protocol } from '../protocol';
import { readRequest } from './read-request';
import { renderAnswer } from './render-answer';
import { CompletionWriter } from './stream-writer';

/** OpenAI's legacy completions: one prompt in, text out. The model is asked as in a chat of one message. */
export const openAiCompletions: Protocol = {
  name: 'openai-completions',
  dialect: 'openai',
  readRequest,
  renderAnswer,
  streamWriter: (frame) => new CompletionWriter(frame),
};
