import type { Logger } from '../../log';
import { BEDROCK } from '../fit/server';
import { readAnswer } from '../messages/read-answer';
import { writeMembers } from '../messages/write-members';
import type { Provider } from '../provider';
import type { BedrockAccess } from './access';
import { BedrockEventReader } from './event-stream';
import { fitRequest, knownBetas } from './fit-request';
import { readError } from './read-error';
import { authorization } from './signature';

/** In the body here, where Anthropic has a header. */
const API_VERSION = 'bedrock-2023-05-31';
const EVENT_STREAM = 'application/vnd.amazon.eventstream';

/** AWS Bedrock's InvokeModel, which takes Claude's calls in the Messages format. It has no count of tokens. */
export function bedrock(access: BedrockAccess, logger: Logger): Provider {
  const { origin, pathname } = new URL(access.url);
  // bounded: whoever runs the gateway sets it
  const base = `${pathname.replace(/\/+$/, '')}/model/`;
  const { authorize, refused } = authorization(access, logger);
  return {
    name: 'bedrock',
    writeBody(sent, model) {
      const { request, betas, dropped } = fitRequest(sent);
      const body = writeMembers(request, model, BEDROCK);
      return {
        ...body,
        betas: knownBetas([...sent.betas, ...betas, ...body.betas]),
        dropped: [...body.dropped, ...dropped],
      };
    },
    writeRequest: (deployment, body, { maxTokens, stream, betas }) =>
      authorize({
        origin,
        path: `${base}${encodeURIComponent(deployment.id)}/${stream ? 'invoke-with-response-stream' : 'invoke'}`,
        headers: {
          'content-type': 'application/json',
          accept: stream ? EVENT_STREAM : 'application/json',
        },
        body: body.members.after(
          `{"anthropic_version":"${API_VERSION}",${writeBetas(betas)}"max_tokens":${maxTokens},`,
        ),
      }),
    readAnswer,
    eventReader: (listener) => new BedrockEventReader(listener),
    readError(status, headers, text) {
      const error = readError(status, headers, text);
      if (error.code === 'provider_credentials') refused();
      return error;
    },
  };
}

const writeBetas = (betas: readonly string[]): string =>
  betas.length > 0 ? `"anthropic_beta":${JSON.stringify(betas)},` : '';
