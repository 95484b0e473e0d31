/** A site with a gateway, a store, a Coder and two providers, in which each thing can be made to be wrong. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Deployment, Model } from '../../src/catalog';
import { eventually, startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { lastingCatalog } from '../gateway/support/lasting-catalog';
import { policyFile, type PolicyChanges } from '../gateway/support/policy-file';
import { startStore, type TestStore } from '../gateway/support/store';
import { startCoderStandin, type CoderStandin } from '../standins/coder';
import { patientServer } from '../standins/patient-server';
import { examine, type Examined } from './support';

const ADMIN = '00000000-0000-4000-8000-0000000000aa';

export const deployment = (extra: Partial<Deployment> = {}): Deployment => ({
  provider: 'openai-compatible',
  endpoint: 'local',
  id: 'local-1',
  price: { input: 2, output: 8, cacheWrite: 2, cacheRead: 0.5 },
  ...extra,
});

export const model = (extra: Partial<Model> = {}): Model => ({
  name: 'local',
  displayName: 'local',
  contextWindow: 100_000,
  maxOutputTokens: 8_000,
  minCacheTokens: 0,
  supportsImages: false,
  aliases: [],
  deployments: [deployment()],
  ...extra,
});

/** Those of the project's own that Anthropic serves. */
export const SERVED = lastingCatalog.models
  .map((each) => ({
    ...each,
    deployments: each.deployments.filter(({ provider }) => provider === 'anthropic'),
  }))
  .filter(({ deployments }) => deployments.length > 0);
const WELL: PolicyChanges = { models: [...SERVED, model()] };

export interface ExaminedSite {
  readonly gateway: TestGateway;
  readonly store: TestStore;
  readonly coder: CoderStandin;
  /** Folder of the prompts. */
  readonly prompts: string;
  /** What the endpoint "local" answers when it is asked for its models. */
  endpointStatus: number;
  /** Another policy, in force when it resolves. */
  write(changes: PolicyChanges): Promise<void>;
  look(...args: string[]): Promise<Examined>;
  close(): Promise<void>;
}

export async function startExaminedSite(): Promise<ExaminedSite> {
  const coder = await startCoderStandin();
  coder.users.push({ id: ADMIN, username: 'ann', status: 'active' });
  const endpoint = patientServer((_, response) => response.writeHead(site.endpointStatus).end('{"data":[]}'));
  await new Promise<void>((listens) => endpoint.listen(0, '127.0.0.1', listens));
  const prompts = mkdtempSync(join(tmpdir(), 'prompts-'));
  cpSync(join(__dirname, '../../prompts'), prompts, { recursive: true });
  const store = await startStore();
  const file = await policyFile(WELL);
  const gateway = await startTestGateway({
    store,
    promptDirectory: prompts,
    env: {
      ...file.env,
      GATEWAY_KEY_SECRET: 'a-secret-of-the-keys-0123456789abcdef',
      CODER_URL: coder.url,
      // Once: the next look is no part of a test.
      GATEWAY_CODER_POLL_SECONDS: '3600',
      CODER_TOKEN: coder.token(ADMIN, { isWide: true }),
      OPENAI_COMPATIBLE_ENDPOINTS: JSON.stringify({
        local: { base_url: `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/v1` },
      }),
    },
  });
  await eventually(() => gateway.gateway.services.coderStanding.current);
  await store.query('update site set backed_up_at = now()');
  const site: ExaminedSite = {
    gateway,
    store,
    coder,
    prompts,
    endpointStatus: 200,
    async write(changes) {
      await file.write({ ...WELL, ...changes });
      await gateway.gateway.services.documents.refresh();
    },
    look: (...args) => examine(gateway.adminUrl, ['--data-url', gateway.dataUrl, ...args]),
    async close() {
      await gateway.close();
      await store.remove();
      await coder.close();
      await file.remove();
      endpoint.closeAllConnections();
      await new Promise((closed) => endpoint.close(closed));
      rmSync(prompts, { recursive: true, force: true });
    },
  };
  return site;
}
