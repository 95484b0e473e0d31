/** Which budget or limit a call was refused by. */
import type { GatewayError } from '../../errors';

export const LIMIT_REASONS = ['budget', 'held', 'closed', 'requests', 'tokens', 'parallel'] as const;
export type LimitReason = (typeof LIMIT_REASONS)[number];

/** As `refuse-admission.ts` names the limit to the client. */
const BY_LIMIT: Readonly<Record<string, LimitReason>> = {
  requests: 'requests',
  tokens: 'tokens',
  max_parallel_requests: 'parallel',
};

/** Undefined: it was refused for another reason. */
export function limitReasonOf({ code, headers }: GatewayError): LimitReason | undefined {
  switch (code) {
    case 'budget_exceeded':
      return 'budget';
    case 'budget_held':
      return 'held';
    case 'key_closed':
      return 'closed';
    case 'rate_limited':
      return BY_LIMIT[headers['rate_limit_type'] ?? ''];
    default:
      return undefined;
  }
}
