import type { Provider } from '../provider';
import { AnthropicEventReader } from './event-reader';
import { readAnswer } from './read-answer';
import { readError } from './read-error';
import { writeMembers } from './write-request';

const API_VERSION = '2023-06-01';
const USER_AGENT = 'contractor-workspace-gateway';

/** Anthropic's public API, or whatever speaks it at `baseUrl`. */
export function anthropic(apiKey: string, baseUrl: string): Provider {
  const { origin, pathname } = new URL(baseUrl);
  const path = `${pathname.replace(/\/+$/, '')}/v1/messages`;
  return {
    name: 'anthropic',
    writeBody: writeMembers,
    writeRequest: (deployment, body, { maxTokens, stream }) => ({
      origin,
      path,
      headers: {
        'content-type': 'application/json',
        accept: stream ? 'text/event-stream' : 'application/json',
        'x-api-key': apiKey,
        'anthropic-version': API_VERSION,
        'user-agent': USER_AGENT,
      },
      body: `{"model":${JSON.stringify(deployment.id)},"max_tokens":${maxTokens},"stream":${stream},${body.members}}`,
    }),
    readAnswer,
    eventReader: (listener) => new AnthropicEventReader(listener),
    readError,
  };
}
