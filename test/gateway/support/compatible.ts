/** A gateway whose catalog has models of an OpenAI-compatible endpoint, with a stand-in behind it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Deployment, Model } from '../../../src/catalog';
import { renderGatewayDocument } from '../../../src/gateway-document';
import { startOpenAiCompatibleStandin, type OpenAiCompatibleStandin } from '../../standins/openai-compatible';
import { noonPolicy as policy } from './calendar';
import { startTestGateway, type TestGateway } from './gateway';
import { lastingCatalog as catalog } from './lasting-catalog';
import { WIDE } from './policy-file';
import { putFile } from './put-file';

/** Tokens; what a call with an image of unknown size reserves. */
export const CONTEXT_WINDOW = 100_000;
/** US dollars per million tokens. */
export const PRICE = { input: 2, output: 8, cacheWrite: 2, cacheRead: 0.5 };

export interface CompatibleGateway extends TestGateway {
  readonly endpoint: OpenAiCompatibleStandin;
  /** Takes `max_completion_tokens` only. */
  readonly otherEndpoint: OpenAiCompatibleStandin;
  /** Wants thoughts back, as DeepSeek does. */
  readonly thinker: OpenAiCompatibleStandin;
}

/**
 * Models: `local`, and `local-plain` that neither thinks nor takes sampling; `other`, of the other endpoint; `mixed`,
 * of the endpoint first and of Anthropic second; `nowhere`, of an endpoint that is not configured; `thinker`, that wants
 * its thoughts back.
 */
export async function startCompatibleGateway(): Promise<CompatibleGateway> {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-compatible-'));
  const endpoint = await startOpenAiCompatibleStandin();
  const otherEndpoint = await startOpenAiCompatibleStandin({ tokenLimitField: 'max_completion_tokens' });
  const thinker = await startOpenAiCompatibleStandin({ thoughtsField: 'reasoning_content' });
  const at = (name: string, extra: Partial<Deployment> = {}): Deployment => ({
    provider: 'openai-compatible',
    endpoint: name,
    id: endpoint.model,
    price: PRICE,
    ...extra,
  });
  const claude = catalog.models[0]?.deployments[0];
  if (claude === undefined) throw new Error('the catalog has lost its models');
  const model = (name: string, deployments: readonly Deployment[], extra: Partial<Model> = {}): Model => ({
    name,
    displayName: name,
    contextWindow: CONTEXT_WINDOW,
    maxOutputTokens: 8_000,
    minCacheTokens: 0,
    supportsImages: true,
    reasoning: 'effort',
    aliases: [],
    deployments,
    ...extra,
  });
  const models = [
    ...catalog.models,
    model('local', [at('local')]),
    model('local-plain', [at('local', { maxImageTokens: 700 })], { reasoning: 'none', sampling: 'none' }),
    model('other', [at('other', { maxTokensField: 'max_completion_tokens' })]),
    model('mixed', [at('local'), claude]),
    model('nowhere', [at('nowhere')]),
    model('thinker', [at('thinker', { thoughtsField: 'reasoning_content' })]),
  ];
  const document = renderGatewayDocument(
    { ...catalog, models },
    {
      ...policy,
      scopes: { ...policy.scopes, workspace: { ...policy.scopes.workspace, ...WIDE } },
      owner: WIDE,
    },
  );
  await putFile(join(folder, 'config.json'), JSON.stringify(document));
  const gateway = await startTestGateway({
    // Each test asks the endpoint anew, whatever it did to the one before.
    limits: { coolDownMs: 0 },
    env: {
      GATEWAY_CONFIG: join(folder, 'config.json'),
      OPENAI_COMPATIBLE_ENDPOINTS: JSON.stringify({
        local: { base_url: endpoint.url, api_key: endpoint.apiKey },
        thinker: { base_url: thinker.url, api_key: thinker.apiKey },
        other: { base_url: `${otherEndpoint.url}/`, api_key: otherEndpoint.apiKey },
      }),
    },
  });
  return {
    ...gateway,
    endpoint,
    otherEndpoint,
    thinker,
    async close() {
      await gateway.close();
      await endpoint.close();
      await otherEndpoint.close();
      await thinker.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
