import type { Protocol } from '../protocol';
import { MessageEventWriter } from './event-writer';
import { readCountRequest, readRequest } from './read-request';
import { renderAnswer } from './render-answer';

/** Anthropic's Messages API, which is also the gateway's own tongue: what policy does not change passes unchanged. */
export const anthropicMessages: Protocol = {
  name: 'anthropic-messages',
  dialect: 'anthropic',
  readRequest,
  renderAnswer,
  streamWriter: (frame) => new MessageEventWriter(frame),
};

/** How many input tokens a request comes to: nothing is answered, so nothing is charged. */
export const anthropicCount: Protocol = {
  ...anthropicMessages,
  name: 'anthropic-count-tokens',
  readRequest: readCountRequest,
};
