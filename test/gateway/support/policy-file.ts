/** Gateway documents of tests, each in a file that goes away with it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderGatewayDocument } from '../../../src/gateway-document';
import type { Allowance, Policy, Scope } from '../../../src/policy';
import { noonPolicy as policy } from './calendar';
import { lastingCatalog as catalog } from './lasting-catalog';
import { putFile } from './put-file';

export interface DocumentFile {
  /** For the gateway's environment. */
  readonly env: { readonly GATEWAY_CONFIG: string };
  remove(): Promise<void>;
}

/** The project's own catalog and policy, by the calendar of tests. */
export async function ownDocument(): Promise<DocumentFile> {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-document-'));
  const path = join(folder, 'config.json');
  await putFile(path, JSON.stringify(renderGatewayDocument(catalog, policy)));
  return { env: { GATEWAY_CONFIG: path }, remove: () => rm(folder, { recursive: true, force: true }) };
}

export interface PolicyFile extends DocumentFile {
  /** Puts another policy in its place; a gateway takes it at its next look. */
  write(changes: PolicyChanges): Promise<void>;
}

export interface PolicyChanges extends Partial<Omit<Policy, 'scopes' | 'owner'>> {
  /** Of the scope of workspaces. */
  readonly workspace?: Partial<Scope>;
  readonly owner?: Partial<Allowance>;
  /** The models, instead of the project's own. */
  readonly models?: typeof catalog.models;
}

/** Allowances that no test comes near, for tests of one thing that should not trip over another. */
export const WIDE: Allowance = {
  maxBudget: 1_000,
  budgetDuration: '1d',
  rpmLimit: 1_000_000,
  tpmLimit: 1_000_000_000,
  maxParallelRequests: 100_000,
};

export async function policyFile(changes: PolicyChanges = {}): Promise<PolicyFile> {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-policy-'));
  const path = join(folder, 'config.json');
  const write: PolicyFile['write'] = async ({ workspace, owner, models = catalog.models, ...others }) => {
    const document = renderGatewayDocument(
      { ...catalog, models },
      {
        ...policy,
        ...others,
        scopes: { ...policy.scopes, workspace: { ...policy.scopes.workspace, ...WIDE, ...workspace } },
        owner: { ...WIDE, ...owner },
      },
    );
    await putFile(path, JSON.stringify(document));
  };
  await write(changes);
  return {
    env: { GATEWAY_CONFIG: path },
    write,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
