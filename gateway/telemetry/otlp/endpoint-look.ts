/** Whether an endpoint would take what is sent to it, found without sending anything of a call. */
import type { Logger } from '../../log';
import { deliverNothing } from './deliver';
import type { OtlpEndpoint } from './endpoint';
import type { EndpointStanding } from './endpoint-standing';

/**
 * `refuses`: the credentials are not taken. `other`: what answers is not what it should be. `old`: it is, of a version that
 * may not do. `away`: nobody answers, or not now.
 */
export type LookState = 'answers' | 'refuses' | 'other' | 'old' | 'away';

export interface EndpointLook {
  readonly state: LookState;
  /** A status, a code of the system's: never words of the other side's. Undefined: all is well. */
  readonly reason: string | undefined;
  /** What it says it is, where it says so. */
  readonly version: string | undefined;
}

export const isCredentialStatus = (status: number | undefined): boolean => status === 401 || status === 403;

export async function lookAtOtlp(endpoint: OtlpEndpoint): Promise<EndpointLook> {
  const delivery = await deliverNothing(endpoint);
  const look = (state: LookState, reason?: string): EndpointLook => ({ state, reason, version: undefined });
  if (delivery.outcome === 'taken') return look('answers');
  if (delivery.outcome === 'away') return look('away', delivery.reason);
  const { status, reason } = delivery;
  if (isCredentialStatus(status)) return look('refuses', reason);
  // Servers that are strict will not have a delivery of nothing.
  return status === 400 ? look('answers', reason) : look('other', reason);
}

/** At start: one line of the log says how the endpoint is. */
export async function checkOtlp(standing: EndpointStanding, logger: Logger): Promise<void> {
  const { endpoint, host, signal } = standing;
  const { state, reason } = await lookAtOtlp(endpoint);
  if (state === 'answers')
    logger.info(`the endpoint of ${signal} answers`, { endpoint: endpoint.name, host });
  else if (standing.isUp === undefined)
    standing.away(state === 'refuses' ? `${reason}: it refuses the headers` : (reason ?? state));
}
