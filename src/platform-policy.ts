import { GATEWAY_NAMES, GATEWAY_PORT } from './gateway-names';
import { policy, type Policy } from './policy';

/** A policy for the platform, whose gateway speaks TLS: for its stack and for the templates of its workspaces. */
export const withTlsGateways = (given: Policy): Policy => ({
  ...given,
  gateways: GATEWAY_NAMES.map((name) => `https://${name}:${GATEWAY_PORT}`),
});

/** The policy as we ship it, for the platform. */
export const platformPolicy: Policy = withTlsGateways(policy);
