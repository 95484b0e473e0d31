import type { Provider } from '../provider';
import { AnthropicEventReader } from './event-stream';
import { readAnswer } from '../messages/read-answer';
import { readError } from './read-error';
import { writeMembers } from '../messages/write-members';

const API_VERSION = '2023-06-01';
const USER_AGENT = 'contractor-workspace-gateway';

/** Anthropic's public API, or whatever speaks it at `baseUrl`. */
export function anthropic(apiKey: string, baseUrl: string): Provider {
  const { origin, pathname } = new URL(baseUrl);
  // bounded: whoever runs the gateway sets it
  const path = `${pathname.replace(/\/+$/, '')}/v1/messages`;
  const headersOf = (accept: string, betas: readonly string[]): Record<string, string> => ({
    'content-type': 'application/json',
    accept,
    'x-api-key': apiKey,
    'anthropic-version': API_VERSION,
    ...(betas.length > 0 ? { 'anthropic-beta': betas.join(',') } : {}),
    'user-agent': USER_AGENT,
  });
  return {
    name: 'anthropic',
    writeBody: writeMembers,
    writeRequest: (deployment, body, { maxTokens, stream, betas }) => ({
      origin,
      path,
      headers: headersOf(stream ? 'text/event-stream' : 'application/json', betas),
      body: body.members.after(
        `{"model":${JSON.stringify(deployment.id)},"max_tokens":${maxTokens},"stream":${stream},`,
      ),
    }),
    writeCount: (deployment, body, betas) => ({
      origin,
      path: `${path}/count_tokens`,
      headers: headersOf('application/json', betas),
      body: body.members.after(`{"model":${JSON.stringify(deployment.id)},`),
    }),
    writeLeadCount: (deployment, { members, betas }) => ({
      origin,
      path: `${path}/count_tokens`,
      headers: headersOf('application/json', betas),
      body: members.leadAfter(`{"model":${JSON.stringify(deployment.id)},`),
    }),
    readAnswer,
    eventReader: (listener) => new AnthropicEventReader(listener),
    readError,
  };
}
