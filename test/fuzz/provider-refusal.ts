/**
 * Whether a provider would refuse what the gateway made of an OpenAI call: its conversation is put together anew, so
 * that how it is put together is the gateway's part. What the client's own values break is the client's.
 */
import type { Protocol } from '../../gateway/protocols/protocol';
import type { Provider, UpstreamRequest } from '../../gateway/providers/provider';
import { isObject, MESSAGES, type Call } from '../standins/anthropic/call';
import { BETAS, catalogModels } from '../standins/anthropic/knowledge';
import { findRefusal } from '../standins/anthropic/refusals';
import { ANTHROPIC } from './providers';

/** Of two lives of cache marks the longer comes first; the client set both. */
const ORDER_OF_LIVES = /must not come after/;

/** Rules that only what the client wrote can break. */
const CLIENTS_OWN = [
  'body-too-large',
  'image-source',
  'prompt-too-long',
  'thinking-signature',
  'tool-definition',
  'tool-name-twice',
];

const known: Call['known'] = {
  apiKey: 'sk-ant-fuzz',
  models: catalogModels(),
  betas: BETAS,
  isIssued: () => true,
};

export function refusalOf(
  protocol: Protocol,
  provider: Provider,
  { headers, body: text }: UpstreamRequest,
): string | undefined {
  if (provider !== ANTHROPIC || protocol.dialect !== 'openai') return undefined;
  const parsed: unknown = JSON.parse(text);
  const body = isObject(parsed) ? parsed : {};
  const size = Buffer.byteLength(text);
  const refused = findRefusal({ method: 'POST', path: MESSAGES, headers, size, parsed, body, known });
  if (refused === undefined || CLIENTS_OWN.includes(refused.refusal.id)) return undefined;
  if (refused.refusal.id === 'cache-control' && ORDER_OF_LIVES.test(refused.message)) return undefined;
  return `${refused.refusal.id}: ${refused.message}`;
}
