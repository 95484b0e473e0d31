/** A gateway document in which two deployments of the stand-in serve every model, one after the other. */
import type { TestGateway } from './gateway';
import { lastingCatalog as catalog } from './lasting-catalog';
import { policyFile, type PolicyFile } from './policy-file';

export const FIRST = 'claude-sonnet-4-5-20250929';
export const SECOND = 'claude-haiku-4-5-20251001';

export function onlyTwo(): typeof catalog.models {
  const all = catalog.models.flatMap((model) => model.deployments);
  const deployments = [FIRST, SECOND].map((id) => {
    const found = all.find((deployment) => deployment.id === id);
    if (!found) throw new Error(`the catalog has no ${id} any more`);
    return found;
  });
  return catalog.models.map((model) => ({ ...model, deployments }));
}

export const twoDeployments = (): Promise<PolicyFile> => policyFile({ models: onlyTwo() });

/** Which of them the stand-in was asked as, call by call. */
export const asked = ({ standin }: TestGateway): string[] =>
  standin.requests.map(({ body }) => (body as { model: string }).model);
