/** What a refusal by Bedrock means for the client: never that the client's own key was wrong. */
import { GatewayError } from '../../errors';
import { cut } from '../../model/cut';
import type { UpstreamHeaders } from '../provider';
import { readWait } from '../retry-after';
import { sanitize } from '../sanitize';
import { meaningOf } from '../status-meanings';
import { exceptionOf } from './exceptions';
import { messageOf, parseObject } from './json';

/** A model that our account may not use, or not by this id, comes as if the client had asked for something wrong. */
const MODEL_MISSING =
  /access to the model|model identifier is invalid|on-demand throughput|inference profile|end of its life/i;

/** Characters of a message that are looked at. */
const LONGEST_MESSAGE = 16_384;

export function readError(status: number, headers: UpstreamHeaders, text: string): GatewayError {
  const body = parseObject(text);
  const type = headers['x-amzn-errortype'] ?? body?.['__type'];
  const named = exceptionOf(typeof type === 'string' ? type : undefined);
  // Where no exception is named, what stands between the gateway and Bedrock answered.
  const { code, passMessage } = named ?? meaningOf(status);
  const said = messageOf(body);
  const message = said && cut(said, LONGEST_MESSAGE);
  // A refused signature comes with all that was signed, the session token among it, from the second line on.
  // bounded: `LONGEST_MESSAGE`
  const cause = new Error(sanitize(message?.split('\n', 1)[0] ?? `status ${status}`));
  // bounded: `LONGEST_MESSAGE`
  if (message !== undefined && status < 500 && MODEL_MISSING.test(message))
    return new GatewayError('provider_model_missing', { cause });
  return new GatewayError(code, {
    ...(passMessage && message ? { message: `The provider refused the request: ${sanitize(message)}` } : {}),
    ...readWait(headers),
    cause,
  });
}
