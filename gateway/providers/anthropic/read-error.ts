/** What a refusal by Anthropic means for the client: never that the client's own key was wrong. */
import { GatewayError, type ErrorCode, type ErrorDetail } from '../../errors';
import type { UpstreamHeaders } from '../provider';
import { readWait } from '../retry-after';
import { sanitize } from '../sanitize';
import { isJsonObject } from '../messages/read-answer';

interface Meaning {
  readonly code: ErrorCode;
  /** Whether the provider's own words help the client; they are about our account otherwise. */
  readonly passMessage?: boolean;
}

const MEANINGS: Readonly<Record<number, Meaning>> = {
  400: { code: 'provider_rejected', passMessage: true },
  422: { code: 'provider_rejected', passMessage: true },
  401: { code: 'provider_credentials' },
  402: { code: 'provider_credentials' },
  403: { code: 'provider_credentials' },
  404: { code: 'provider_model_missing' },
  408: { code: 'provider_timeout' },
  413: { code: 'provider_too_large' },
  429: { code: 'provider_rate_limited' },
  503: { code: 'provider_overloaded' },
  504: { code: 'provider_timeout' },
  529: { code: 'provider_overloaded' },
};

export function readError(status: number, headers: UpstreamHeaders, text: string): GatewayError {
  const meaning = MEANINGS[status] ?? { code: 'provider_failed' };
  const message = meaning.passMessage ? messageOf(text) : undefined;
  // An empty account of ours comes as a 400, as if the client had asked for something wrong.
  if (message?.includes('credit balance')) return new GatewayError('provider_credentials');
  const detail: ErrorDetail = {
    ...(message ? { message: `The provider refused the request: ${sanitize(message)}` } : {}),
    ...readWait(headers),
  };
  return new GatewayError(meaning.code, detail);
}

function messageOf(text: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    const error = isJsonObject(parsed) ? parsed['error'] : undefined;
    return isJsonObject(error) && typeof error['message'] === 'string' ? error['message'] : undefined;
  } catch {
    return undefined;
  }
}
