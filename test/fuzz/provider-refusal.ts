/**
 * Whether a provider would refuse what it is sent. What the gateway makes of an OpenAI call is put together anew, so
 * that how it is put together is the gateway's part; what the client's own values break is the client's.
 */
import type { Protocol } from '../../gateway/protocols/protocol';
import type { Provider, UpstreamRequest } from '../../gateway/providers/provider';
import { isObject, MESSAGES, type StandinKnowledge } from '../standins/anthropic/call';
import { BETAS, catalogModels } from '../standins/anthropic/knowledge';
import { findRefusal } from '../standins/anthropic/refusals';
import { asAnthropicCall, operationOf } from '../standins/bedrock/as-anthropic-call';
import { findBedrockRefusal } from '../standins/bedrock/refusals';
import type { Call as ChatCall } from '../standins/openai-compatible/call';
import { findRefusal as findChatRefusal } from '../standins/openai-compatible/refusals';
import { ANTHROPIC, ANTHROPIC_KEY, BEDROCK, COMPATIBLE, OWN_KEY, OWN_MODEL } from './providers';

export interface BrokenRule {
  readonly id: string;
  readonly message: string;
}

export type SentRequest = Pick<UpstreamRequest, 'path' | 'headers' | 'body'>;

const anthropic: StandinKnowledge = {
  apiKey: ANTHROPIC_KEY,
  models: catalogModels(),
  betas: BETAS,
  isIssued: () => true,
};

const bedrock: StandinKnowledge = { ...anthropic, models: catalogModels('bedrock') };
const own: ChatCall['known'] = { apiKey: OWN_KEY, models: [OWN_MODEL], tokenLimitField: 'max_tokens' };

const RULES: ReadonlyMap<Provider, (sent: SentRequest, parsed: unknown) => BrokenRule | undefined> = new Map([
  [ANTHROPIC, brokenAtAnthropic],
  [BEDROCK, brokenAtBedrock],
  [COMPATIBLE, brokenAtEndpoint],
]);

/** @param parsed the body, as JSON @returns the first rule of the provider that is broken */
export function brokenRule(provider: Provider, sent: SentRequest, parsed: unknown): BrokenRule | undefined {
  const rules = RULES.get(provider);
  if (rules === undefined) throw new Error(`nobody knows what ${provider.name} refuses`);
  return rules(sent, parsed);
}

function brokenAtAnthropic({ headers, body: text }: SentRequest, parsed: unknown): BrokenRule | undefined {
  const body = isObject(parsed) ? parsed : {};
  const size = Buffer.byteLength(text);
  const call = { method: 'POST', path: MESSAGES, headers, size, parsed, body, known: anthropic };
  const found = findRefusal(call);
  return found && { id: found.refusal.id, message: found.message };
}

function brokenAtBedrock(
  { headers, path, body: text }: SentRequest,
  parsed: unknown,
): BrokenRule | undefined {
  const operation = operationOf(path);
  if (operation === undefined) return { id: 'path', message: `${path} is not served` };
  const size = Buffer.byteLength(text);
  const call = asAnthropicCall({ headers, parsed, size, model: operation.model }, bedrock);
  return findBedrockRefusal(call, isObject(parsed) ? parsed : {});
}

function brokenAtEndpoint({ headers, path }: SentRequest, parsed: unknown): BrokenRule | undefined {
  const body = isObject(parsed) ? parsed : {};
  const found = findChatRefusal({ method: 'POST', path, headers, parsed, body, known: own });
  return found && { id: found.refusal.id, message: found.message };
}

/** Rules that only what the client wrote can break. */
const CLIENTS_OWN = [
  'body-too-large',
  'image-source',
  'prompt-too-long',
  'thinking-signature',
  'tool-definition',
  'tool-name-twice',
];

/** Rule → what it says when only the client can have broken it. */
const CLIENTS_SHARE: Readonly<Record<string, RegExp>> = {
  // Of two lives the longer comes first; the client set both.
  'cache-control': /must not come after/,
  // Fields that only such endpoints know: they get them as the client wrote them.
  ranges: /^(frequency|presence)_penalty:/,
  // Claude's models need none, and an endpoint gets the client's.
  'response-format': /json_schema\.name:/,
  // How many and how long ones an endpoint takes is its own affair.
  stop: /at most/,
};

const isClientsOwn = ({ id, message }: BrokenRule): boolean =>
  CLIENTS_OWN.includes(id) || CLIENTS_SHARE[id]?.test(message) === true;

/** What is the gateway's part even of a call in the Messages format, whose conversation goes on as it was written. */
const OURS_ALWAYS = [
  'api-key',
  'beta-unknown',
  'body-not-json',
  'field-unknown',
  'max-tokens',
  'model-unknown',
  'path',
  'path-unknown',
  'role',
  'stream',
  'system-first',
  'token-limit',
  'tool-use-id-twice',
  'version',
  'version-header',
];

export function refusalOf(
  protocol: Protocol,
  provider: Provider,
  request: UpstreamRequest,
  parsed: unknown,
): string | undefined {
  const broken = brokenRule(provider, request, parsed);
  if (broken === undefined) return undefined;
  const isOurs = protocol.dialect === 'openai' ? !isClientsOwn(broken) : OURS_ALWAYS.includes(broken.id);
  return isOurs ? `${broken.id}: ${broken.message}` : undefined;
}
