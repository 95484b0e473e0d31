/** Bedrock's exceptions and what each means for the client: the same table for answers and for streams. */
import { cut } from '../../model/cut';
import type { StatusMeaning } from '../status-meanings';

/**
 * By name without "Exception", in small letters: the header of an answer has it as `ThrottlingException`, a stream as
 * `throttlingException`. Names: the InvokeModel API, and the errors common to all of AWS's services.
 */
const EXCEPTIONS: Readonly<Record<string, StatusMeaning>> = {
  validation: { code: 'provider_rejected', passMessage: true },
  throttling: { code: 'provider_rate_limited' },
  // Of our account, and answered with 400.
  servicequotaexceeded: { code: 'provider_rate_limited' },
  modelnotready: { code: 'provider_overloaded' },
  serviceunavailable: { code: 'provider_overloaded' },
  modeltimeout: { code: 'provider_timeout' },
  internalserver: { code: 'provider_failed' },
  internalfailure: { code: 'provider_failed' },
  modelerror: { code: 'provider_failed' },
  modelstreamerror: { code: 'provider_failed' },
  resourcenotfound: { code: 'provider_model_missing' },
  accessdenied: { code: 'provider_credentials' },
  expiredtoken: { code: 'provider_credentials' },
  incompletesignature: { code: 'provider_credentials' },
  invalidclienttokenid: { code: 'provider_credentials' },
  invalidsignature: { code: 'provider_credentials' },
  missingauthenticationtoken: { code: 'provider_credentials' },
  optinrequired: { code: 'provider_credentials' },
  requestexpired: { code: 'provider_credentials' },
  unrecognizedclient: { code: 'provider_credentials' },
};

const LONGEST_TYPE = 512;

/** @param type as AWS writes it, with or without a namespace before `#` and an address after `:` */
export function exceptionOf(type: string | undefined): StatusMeaning | undefined {
  const name = /^(?:.*#)?([A-Za-z]+)(?::.*)?$/s.exec(cut(type ?? '', LONGEST_TYPE))?.[1];
  // bounded: a part of what was cut
  const key = name?.replace(/Exception$/, '').toLowerCase() ?? '';
  return Object.hasOwn(EXCEPTIONS, key) ? EXCEPTIONS[key] : undefined;
}
