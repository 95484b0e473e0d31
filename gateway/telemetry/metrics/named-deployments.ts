/** The deployments of the document that may be asked. */
import { nameOf, type Candidate } from '../../providers/candidate';
import { providerKey } from '../../providers/provider';
import type { Services } from '../../services';

/** By their names, as headers and logs have them; each once, however many models have it. */
export function deploymentsOf({ documents, providers }: Services): ReadonlyMap<string, Candidate> {
  const found = new Map<string, Candidate>();
  for (const { deployments } of documents.current.document.models)
    for (const deployment of deployments) {
      const provider = providers.get(providerKey(deployment));
      if (provider) found.set(nameOf({ deployment, provider }), { deployment, provider });
    }
  return found;
}
