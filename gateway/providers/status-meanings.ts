/** What the status of a provider's refusal means, whoever the provider is. */
import type { ErrorCode } from '../errors';

export interface StatusMeaning {
  readonly code: ErrorCode;
  /** Whether the provider's own words help the client; they are about our account otherwise. */
  readonly passMessage?: boolean;
}

const MEANINGS: Readonly<Record<number, StatusMeaning>> = {
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

export const meaningOf = (status: number): StatusMeaning => MEANINGS[status] ?? { code: 'provider_failed' };
