/** What a refusal by such an endpoint means for the client: never that the client's own key was wrong. */
import { GatewayError, type ErrorCode, type ErrorDetail } from '../../errors';
import type { StreamErrorKind } from '../../model/answer';
import { cut } from '../../model/cut';
import { isJsonObject, type Json } from '../messages/read-answer';
import type { UpstreamHeaders } from '../provider';
import { readWait } from '../retry-after';
import { sanitize } from '../sanitize';
import { meaningOf } from '../status-meanings';

const ERROR_CODES: Readonly<Partial<Record<StreamErrorKind, ErrorCode>>> = {
  overloaded: 'provider_overloaded',
  rate_limited: 'provider_rate_limited',
};
type Kind = 'overloaded' | 'rate_limited' | 'failed';

/** In the place of a whole answer. */
export const codeOf = (kind: StreamErrorKind): ErrorCode => ERROR_CODES[kind] ?? 'provider_failed';

/** OpenAI's word for an account of ours that is empty; it comes with the status of a rate limit. */
const NO_MONEY = 'insufficient_quota';

export function readError(status: number, headers: UpstreamHeaders, text: string): GatewayError {
  const error = errorOf(text);
  if (error['code'] === NO_MONEY || error['type'] === NO_MONEY)
    return new GatewayError('provider_credentials');
  const { code, passMessage } = meaningOf(status);
  const message = passMessage ? error['message'] : undefined;
  const detail: ErrorDetail = {
    ...(typeof message === 'string' && message !== ''
      ? { message: `The provider refused the request: ${sanitize(message)}` }
      : {}),
    ...readWait(headers),
  };
  return new GatewayError(code, detail);
}

interface ToldError {
  readonly kind: Kind;
  readonly message: string;
}

/** An error inside a stream or in the place of an answer, wherever the server puts it. Undefined: there is none. */
export function readErrorIn(chunk: Json): ToldError | undefined {
  if (chunk['object'] === 'error') return readErrorObject(chunk);
  const { error, detail, message } = chunk;
  if (isJsonObject(error)) return readErrorObject(error);
  if (isFilled(error)) return readErrorObject({ ...chunk, message: error });
  if (Array.isArray(chunk['choices'])) return errorOfChoice(chunk['choices'][0]);
  const told = isFilled(message) ? message : detail;
  return isFilled(told) ? readErrorObject({ ...chunk, message: told }) : undefined;
}

const isFilled = (value: unknown): value is string => typeof value === 'string' && value !== '';

const errorOfChoice = (choice: unknown): ToldError | undefined =>
  isJsonObject(choice) && isJsonObject(choice['error']) ? readErrorObject(choice['error']) : undefined;

function readErrorObject(error: Json): ToldError {
  const message = typeof error['message'] === 'string' ? error['message'] : 'The provider reported an error.';
  return {
    kind: kindOf([error['type'], error['code'], error['status']].map(wordOf).join(' ')),
    message,
  };
}

const LONGEST_WORD = 256;
const wordOf = (value: unknown): string => cut(String(value), LONGEST_WORD);

function kindOf(words: string): Kind {
  // bounded: three words of `LONGEST_WORD`
  if (/overload|\b(503|529)\b|unavailable/i.test(words)) return 'overloaded';
  // bounded: as before
  return /rate.?limit|\b429\b/i.test(words) ? 'rate_limited' : 'failed';
}

/** OpenAI puts the error into a member of its own; some servers put it at the top, or name it by a text alone. */
function errorOf(text: string): Json {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return {};
  }
  if (!isJsonObject(body)) return {};
  const { error, detail } = body;
  if (isJsonObject(error)) return error;
  if (typeof error === 'string') return { message: error };
  return typeof detail === 'string' ? { message: detail } : body;
}
