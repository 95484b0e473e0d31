/** Which deployments may answer, in the order they are tried. */
import type { Candidate, CallContext } from '../call-context';
import { GatewayError } from '../errors';
import { providerKey } from '../providers/provider';

export function route(call: CallContext): void {
  const { providers } = call.services;
  call.candidates = call.model.deployments.flatMap((deployment): Candidate[] => {
    const provider = providers.get(providerKey(deployment));
    return provider ? [{ deployment, provider }] : [];
  });
  if (call.candidates.length > 0) return;
  const wanted = [...new Set(call.model.deployments.map(providerKey))].join(', ');
  throw new GatewayError('provider_not_configured', {
    message: `The model ${call.model.name} is served by: ${wanted}. This gateway has no such provider configured; choose another model or ask an administrator.`,
  });
}
