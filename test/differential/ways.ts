/** The ways through the gateway: what its callers speak, and who is behind it. */
import type { Protocol } from '../../gateway/protocols/protocol';
import { anthropicMessages } from '../../gateway/protocols/anthropic-messages';
import { openAiChat } from '../../gateway/protocols/openai-chat';
import type { Provider } from '../../gateway/providers/provider';
import type { Services } from '../../gateway/services';
import { servicesOf } from '../fuzz/prepared-call';
import { ANTHROPIC, BEDROCK, COMPATIBLE } from '../fuzz/providers';
import type { Json } from '../standins/anthropic/call';
import { askedOf } from './asked';
import { askedByChat, askedByMessages } from './asked-as-chat';

export interface Way {
  readonly name: string;
  readonly protocol: Protocol;
  readonly provider: Provider;
  /** Of a gateway that has this provider alone. */
  readonly services: Services;
}

const SERVICES = new Map(
  [ANTHROPIC, BEDROCK, COMPATIBLE].map((provider) => [
    provider,
    servicesOf(new Map([[provider.name, provider]])),
  ]),
);

function way(protocol: Protocol, provider: Provider): Way {
  const services = SERVICES.get(provider);
  if (services === undefined) throw new Error(`no gateway has ${provider.name}`);
  return { name: `${protocol.name} to ${provider.name}`, protocol, provider, services };
}

export const CHAT_TO_ANTHROPIC = way(openAiChat, ANTHROPIC);

export const OTHER_WAYS: readonly Way[] = [
  way(openAiChat, BEDROCK),
  way(openAiChat, COMPATIBLE),
  way(anthropicMessages, ANTHROPIC),
  way(anthropicMessages, BEDROCK),
  way(anthropicMessages, COMPATIBLE),
];

export const PROMPT = CHAT_TO_ANTHROPIC.services.prompts.textOf('standard') ?? '';

/**
 * What the provider of a way was asked, and what it should have been.
 *
 * @param direct the body that Anthropic gets of the same conversation without a gateway
 */
export const bothAsked = (
  provider: Provider,
  sent: Json,
  direct: Json,
): { asked: unknown; expected: unknown } =>
  provider === COMPATIBLE
    ? { asked: askedByChat(sent, PROMPT), expected: askedByMessages(direct) }
    : { asked: askedOf(sent, PROMPT), expected: askedOf(direct, PROMPT) };
