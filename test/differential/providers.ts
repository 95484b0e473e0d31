/** What each provider answers, as strict as its stand-in with sockets. */
import type { Provider } from '../../gateway/providers/provider';
import type { SentRequest } from '../fuzz/provider-refusal';
import { ANTHROPIC, BEDROCK, COMPATIBLE } from '../fuzz/providers';
import type { ScriptedAnswer } from '../standins/anthropic';
import { isObject, type Json } from '../standins/anthropic/call';
import { frame, planStream } from '../standins/anthropic/events';
import { makeAnswer, wholeBody, type Answer } from '../standins/anthropic/message';
import { operationOf } from '../standins/bedrock/as-anthropic-call';
import { chunk } from '../standins/bedrock/frames';
import { chunksOf, wholeAnswer } from '../standins/openai-compatible/answer';
import { asChatScript } from './chat-script';

/** Of an answer one of the two. */
export interface ProviderAnswer {
  readonly whole?: string;
  readonly stream?: Buffer;
}

type Answering = (sent: SentRequest, body: Json, script: ScriptedAnswer) => ProviderAnswer;

const ANSWERING: ReadonlyMap<Provider, Answering> = new Map([
  [ANTHROPIC, answerOfAnthropic],
  [BEDROCK, answerOfBedrock],
  [COMPATIBLE, answerOfEndpoint],
]);

/** What it answers to what it takes. */
export function answerOf(
  provider: Provider,
  sent: SentRequest,
  body: Json,
  script: ScriptedAnswer,
): ProviderAnswer {
  const answering = ANSWERING.get(provider);
  if (answering === undefined) throw new Error(`nobody knows what ${provider.name} answers`);
  return answering(sent, body, script);
}

export const bodyOf = ({ body: text }: SentRequest): Json => {
  const body: unknown = JSON.parse(text.toString());
  return isObject(body) ? body : {};
};

const NO_CACHE = {
  input_tokens: 0,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
};

const made = (script: ScriptedAnswer, body: Json): Answer =>
  makeAnswer(script, 1, 'claude-sonnet-4-5-20250929', Number(body['max_tokens']), NO_CACHE);

function answerOfAnthropic(_: SentRequest, body: Json, script: ScriptedAnswer): ProviderAnswer {
  const answer = made(script, body);
  if (body['stream'] !== true) return { whole: JSON.stringify(wholeBody(answer)) };
  return { stream: Buffer.from(planStream(answer, script).events.map(frame).join('')) };
}

function answerOfBedrock({ path }: SentRequest, body: Json, script: ScriptedAnswer): ProviderAnswer {
  const answer = made(script, body);
  if (operationOf(path)?.isStreamed !== true) return { whole: JSON.stringify(wholeBody(answer)) };
  return { stream: Buffer.concat(planStream(answer, script).events.map(chunk)) };
}

function answerOfEndpoint(_: SentRequest, body: Json, script: ScriptedAnswer): ProviderAnswer {
  const chat = asChatScript(script);
  if (body['stream'] !== true) return { whole: JSON.stringify(wholeAnswer(chat, 1, body)) };
  const events = chunksOf(chat, 1, body).map(({ data }) => JSON.stringify(data));
  return { stream: Buffer.from([...events, '[DONE]'].map((data) => `data: ${data}\n\n`).join('')) };
}
