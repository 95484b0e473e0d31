import type { Endpoint } from '../../config/endpoints';
import type { Provider } from '../provider';
import { ChatEventReader } from './event-stream';
import { readAnswer } from './read-answer';
import { readError } from './read-error';
import { writeBody } from './write-body';

const USER_AGENT = 'contractor-workspace-gateway';

/** Whatever speaks OpenAI's chat completions at an address: a server of one's own, another vendor, another gateway. */
export function openAiCompatible({ name, baseUrl, apiKey }: Endpoint): Provider {
  const { origin, pathname } = new URL(baseUrl);
  // bounded: whoever runs the gateway sets it
  const path = `${pathname.replace(/\/+$/, '')}/chat/completions`;
  return {
    name: `openai-compatible/${name}`,
    writeBody: (request, model) => writeBody(request, model, name),
    writeRequest: ({ id, max_tokens_field: limit = 'max_tokens' }, body, { maxTokens, stream }) => ({
      origin,
      path,
      headers: {
        'content-type': 'application/json',
        accept: stream ? 'text/event-stream' : 'application/json',
        ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
        'user-agent': USER_AGENT,
      },
      body: body.members.after(
        `{"model":${JSON.stringify(id)},"${limit}":${maxTokens},"stream":${stream},${
          stream ? '"stream_options":{"include_usage":true},' : ''
        }`,
      ),
    }),
    readAnswer,
    eventReader: (listener) => new ChatEventReader(listener),
    readError,
  };
}
