import type { DeploymentDocument } from '../config/document';
import type { Provider } from './provider';

/** A deployment that may answer, with the provider that serves it. */
export interface Candidate {
  readonly deployment: DeploymentDocument;
  readonly provider: Provider;
}

/** How headers, logs and health name a deployment. */
export const nameOf = ({ deployment, provider }: Candidate): string => `${provider.name}/${deployment.id}`;
