/** Whether each deployment of the catalog answers, by questions for which nobody charges. */
import { setTimeout as delay } from 'node:timers/promises';
import { asGatewayError } from '../../http/exchange';
import type { DeploymentDocument, ModelDocument } from '../../config/document';
import { hasEnded } from '../../config/retirement';
import type { ModelRequest } from '../../model/request';
import { askCount } from '../../providers/ask-count';
import { nameOf } from '../../providers/candidate';
import { providerKey, type Provider } from '../../providers/provider';
import type { Services } from '../../services';

export interface DeploymentState {
  readonly model: string;
  readonly provider: string;
  readonly id: string;
  /** Null: there is none for it in the gateway's settings. */
  readonly endpoint: string | null;
  readonly state: 'answers' | 'refuses' | 'silent' | 'not configured' | 'ended' | 'not asked';
  readonly says: string | null;
  readonly is_paused: boolean;
  readonly retires_on: string | null;
  readonly successor: string | null;
}

/** Questions under way at once, and milliseconds for each. */
const AT_ONCE = 8;
const LIMIT_MS = 10_000;

/** One word, as short as a question can be. */
const question = (): ModelRequest => ({
  dialect: 'openai',
  model: '',
  system: [],
  turns: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
  tools: [],
  maxTokens: 1,
  temperature: undefined,
  topP: undefined,
  stopSequences: [],
  userId: undefined,
  ownMembers: {},
  chatMembers: {},
  betas: [],
  leastTokens: 1,
  stream: false,
  includeUsage: false,
  droppedFields: [],
});

export async function deploymentStates(services: Services): Promise<readonly DeploymentState[]> {
  const { models } = services.documents.current.document;
  const waiting = models.flatMap((model) => model.deployments.map((deployment) => ({ model, deployment })));
  const states: DeploymentState[] = [];
  const take = waiting.entries();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const [place, { model, deployment }] of take)
        states[place] = await stateOf(services, model, deployment);
    }),
  );
  return states;
}

async function stateOf(
  services: Services,
  model: ModelDocument,
  deployment: DeploymentDocument,
): Promise<DeploymentState> {
  const provider = services.providers.get(providerKey(deployment));
  const found =
    provider === undefined
      ? { state: 'not configured' as const, says: null }
      : hasEnded(deployment, services.now())
        ? { state: 'ended' as const, says: null }
        : await ask(services, provider, model, deployment);
  return {
    model: model.name,
    provider: deployment.provider,
    id: deployment.id,
    endpoint: deployment.endpoint ?? null,
    ...found,
    is_paused: provider !== undefined && services.health.isPaused(nameOf({ provider, deployment })),
    retires_on: deployment.retires_on ?? null,
    successor: model.successor ?? null,
  };
}

type Found = Pick<DeploymentState, 'state' | 'says'>;

async function ask(
  services: Services,
  provider: Provider,
  model: ModelDocument,
  deployment: DeploymentDocument,
): Promise<Found> {
  try {
    const body = provider.writeBody(question(), model);
    const upstream = provider.writeCount?.(deployment, body, body.betas);
    if (upstream === undefined) return listed(services, deployment);
    const asked = askCount(services.transport, provider, upstream);
    const late = new AbortController();
    const tokens = await Promise.race([
      asked.tokens,
      delay(LIMIT_MS, undefined, { signal: late.signal, ref: false }).catch(() => undefined),
    ]).finally(() => late.abort());
    if (tokens !== undefined) return { state: 'answers', says: null };
    asked.giveUp();
    return silent;
  } catch (fault) {
    const { code, message } = asGatewayError(fault);
    const isAway = ['provider_timeout', 'provider_unreachable', 'provider_stream_broken'].includes(code);
    return { state: isAway ? 'silent' : 'refuses', says: message };
  }
}

const silent: Found = { state: 'silent', says: `no answer within ${LIMIT_MS / 1_000} seconds` };
const notAsked = (says: string): Found => ({ state: 'not asked', says });

/** Servers of OpenAI's protocol list their models; a call is all that tells more, and costs. */
async function listed(services: Services, { provider, endpoint: name }: DeploymentDocument): Promise<Found> {
  const endpoint = name === undefined ? undefined : services.settings.endpoints.get(name);
  if (endpoint === undefined)
    return notAsked(`${provider} answers no question for free: a completion tells (--completions)`);
  const { baseUrl, apiKey } = endpoint;
  try {
    const response = await fetch(`${baseUrl}/models`, {
      headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` },
      redirect: 'error',
      signal: AbortSignal.timeout(LIMIT_MS),
    });
    await response.body?.cancel();
    if (response.ok) return { state: 'answers', says: null };
    if ([401, 403].includes(response.status))
      return {
        state: 'refuses',
        says: `it does not take the key of endpoint "${name}" (${response.status})`,
      };
    return notAsked(`it has no list of models (${response.status}): a completion tells (--completions)`);
  } catch {
    return silent;
  }
}
