/** How an attempt failed, and what follows from it. */
import type { ErrorCode, GatewayError } from '../../errors';
import { PROVIDER_ERRORS } from '../../errors/provider-errors';

export interface Failure {
  readonly error: GatewayError;
  /** `client`: every deployment would refuse the request. `provider`: another one may answer. `gateway`: neither's. */
  readonly blame: 'client' | 'provider' | 'gateway';
  /** Something of the answer was before the client already, and so was the error. */
  readonly isShown: boolean;
  /** Milliseconds the provider asks to be left alone, if it said so. */
  readonly waitMs: number | undefined;
}

const CLIENTS_FAULTS: readonly ErrorCode[] = ['provider_rejected', 'provider_too_large'];

export const failureOf = (
  error: GatewayError,
  { isShown = false, waitMs }: { isShown?: boolean; waitMs?: number | undefined } = {},
): Failure => ({ error, isShown, waitMs, blame: blameFor(error.code) });

function blameFor(code: ErrorCode): Failure['blame'] {
  if (CLIENTS_FAULTS.includes(code)) return 'client';
  return Object.hasOwn(PROVIDER_ERRORS, code) ? 'provider' : 'gateway';
}
