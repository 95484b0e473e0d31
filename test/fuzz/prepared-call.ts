/** A call taken through the pipeline's stages up to the body that a provider would be sent, without a socket. */
import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CallContext } from '../../gateway/call-context';
import type { Candidate } from '../../gateway/providers/candidate';
import { openFileDocument } from '../../gateway/documents/file-document';
import { DEFAULT_PROMPT_DIR, openPrompts } from '../../gateway/config/prompts';
import type { Exchange } from '../../gateway/http/exchange';
import type { KeyRecord } from '../../gateway/keys/key-record';
import { createLogger } from '../../gateway/log';
import type { Protocol } from '../../gateway/protocols/protocol';
import type { UpstreamRequest } from '../../gateway/providers/provider';
import { wantedTokens } from '../../gateway/model/wanted-tokens';
import { DEFAULT_LIMITS, limitsOf, type Services } from '../../gateway/services';
import { decodeBody } from '../../gateway/stages/decode';
import { enforcePrompt } from '../../gateway/stages/enforce-prompt';
import { policy } from '../../gateway/stages/policy';
import { route } from '../../gateway/stages/route';
import { translate } from '../../gateway/stages/translate';
import type { Deployment } from '../../src/catalog';
import { renderGatewayDocument } from '../../src/gateway-document';
import type { Level } from '../../src/levels';
import { policy as rules } from '../../src/policy';
import { OWN_MODEL, SETTINGS } from './providers';
import { lastingCatalog as catalog } from '../gateway/support/lasting-catalog';

const logger = createLogger('error', () => {});

/** The project's own catalog, with one more place behind each model. */
function openCatalog(): Services['documents'] {
  const own = (price: Deployment['price']): Deployment => ({
    provider: 'openai-compatible',
    endpoint: 'own',
    id: OWN_MODEL,
    price,
  });
  const models = catalog.models.map((model) => {
    const [first] = model.deployments;
    return first ? { ...model, deployments: [...model.deployments, own(first.price)] } : model;
  });
  const folder = mkdtempSync(join(tmpdir(), 'prepared-call-'));
  const path = join(folder, 'config.json');
  writeFileSync(path, JSON.stringify(renderGatewayDocument({ ...catalog, models }, rules)));
  const documents = openFileDocument(path, logger, 1_000_000, () => new Date());
  // Read once, and never looked at again.
  documents.close();
  rmSync(folder, { recursive: true });
  return documents;
}

/** What the stages ask of the gateway's parts; whatever else they asked for would be missing, and show. */
export function servicesOf(providers: Services['providers']): Services {
  const services: Partial<Services> = {
    settings: SETTINGS,
    limits: { ...DEFAULT_LIMITS, ...limitsOf(SETTINGS) },
    logger,
    documents: openCatalog(),
    prompts: openPrompts(DEFAULT_PROMPT_DIR, logger, 1_000_000),
    providers,
    now: () => new Date(),
  };
  return services as Services;
}

export const keyOf = (level: Level): KeyRecord => ({
  id: 'key',
  hash: '',
  accountId: 'key',
  prefix: 'sk-',
  lastFour: '0000',
  alias: null,
  scope: 'workspace',
  ownerId: 'owner',
  ownerName: 'ann',
  ownerNames: ['ann'],
  ownerGroups: [],
  areGroupsKnown: true,
  workspaceId: 'workspace',
  workspaceName: 'dev',
  templateName: null,
  ownerTemplates: [],
  level,
  limits: {},
  models: null,
  ownerLimits: {},
  ownerSuspendedAt: null,
  metadata: {},
  budgetId: null,
  createdBy: 'test',
  createdAt: new Date(),
  updatedAt: new Date(),
  validFrom: new Date(),
  expiresAt: null,
  revokedAt: null,
  blockedAt: null,
  pausedAt: null,
  endedBecause: null,
  isReplaced: false,
});

export interface PreparedCall {
  readonly call: CallContext;
  /** For each provider that may be asked. */
  readonly upstream: readonly { readonly candidate: Candidate; readonly request: UpstreamRequest }[];
}

/** As `pipeline.ts` puts the stages in order; throws what they throw, with the call as far as it came. */
export function prepare(
  services: Services,
  protocol: Protocol,
  level: Level,
  headers: IncomingHttpHeaders,
  body: Buffer,
  begun: (call: CallContext) => void,
): PreparedCall {
  const exchange = { id: 'request', request: { headers }, response: new EventEmitter() };
  const call = new CallContext(services, protocol, exchange as unknown as Exchange);
  begun(call);
  call.key = keyOf(level);
  decodeBody(call, body);
  policy(call);
  enforcePrompt(call);
  route(call);
  translate(call);
  const { stream } = call.request;
  const upstream = call.candidates.flatMap((candidate) => {
    const { provider, deployment } = candidate;
    const shared = call.bodies.get(provider);
    if (shared === undefined) throw new Error(`${provider.name} was not translated for`);
    const options = { maxTokens: wantedTokens(call.request, call.model), stream, betas: shared.betas };
    const request = provider.writeRequest(deployment, shared, options);
    if (request instanceof Promise) throw new Error(`${provider.name} takes its time to write`);
    return [{ candidate, request }];
  });
  return { call, upstream };
}
