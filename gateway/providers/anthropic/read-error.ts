/** What a refusal by Anthropic means for the client: never that the client's own key was wrong. */
import { GatewayError, type ErrorDetail } from '../../errors';
import type { UpstreamHeaders } from '../provider';
import { readWait } from '../retry-after';
import { sanitize } from '../sanitize';
import { meaningOf } from '../status-meanings';
import { isJsonObject } from '../messages/read-answer';

export function readError(status: number, headers: UpstreamHeaders, text: string): GatewayError {
  const meaning = meaningOf(status);
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
