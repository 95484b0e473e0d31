/** Translations in process: what a client's body becomes at the provider, and what a provider's answer becomes. */
import { ElementAllowance } from '../../gateway/http/element-allowance';
import type { ModelDocument } from '../../gateway/config/document';
import type { StreamEvent } from '../../gateway/model/answer';
import { openAiChat } from '../../gateway/protocols/openai-chat';
import type { AnswerFrame, Protocol } from '../../gateway/protocols/protocol';
import { anthropic } from '../../gateway/providers/anthropic';
import type { SharedBody } from '../../gateway/providers/provider';
import { modelNamed } from '../gateway/support/models';
import { isObject, type Json } from '../standins/anthropic/call';
import { BETAS, catalogModels } from '../standins/anthropic/knowledge';
import { signatureFor } from '../standins/anthropic/message';
import { findRefusal } from '../standins/anthropic/refusals';

const API_KEY = 'sk-ant-test';
const provider = anthropic(API_KEY, 'https://provider.test');

/** What Anthropic is sent for a chat; fails when the stand-in would refuse it. */
export interface Sent {
  readonly body: Json;
  readonly headers: Readonly<Record<string, string>>;
  readonly shared: SharedBody;
  /** All that is named to the client as left out. */
  readonly dropped: readonly string[];
}

export const user = (content: unknown = 'hi') => ({ role: 'user', content });
export const tool = (
  name: string,
  parameters: Json = { type: 'object', properties: {} },
  extra: Json = {},
) => ({
  type: 'function',
  function: { name, parameters, ...extra },
});
export const toolCall = (id: string, name = 'read', args: unknown = '{}') => ({
  id,
  type: 'function',
  function: { name, arguments: args },
});
export const result = (id: string, content: unknown = 'done') => ({
  role: 'tool',
  tool_call_id: id,
  content,
});

/** @param facts of the model, in place of what the catalog says; what they make of the body is not asked of the stand-in */
export function sendChat(body: Json, name = 'claude-sonnet-4-5', facts?: Partial<ModelDocument>): Sent {
  const model = modelNamed(name, facts);
  const elements = new ElementAllowance(200_000);
  const request = openAiChat.readRequest({ model: name, messages: [user()], ...body }, {}, elements);
  const shared = provider.writeBody(request, model);
  const deployment = model.deployments[0];
  if (deployment === undefined) throw new Error('the model has no deployment');
  const maxTokens = Math.min(request.maxTokens ?? 32_000, model.max_output_tokens);
  const upstream = provider.writeRequest(deployment, shared, {
    maxTokens,
    stream: false,
    betas: shared.betas,
  });
  if (upstream instanceof Promise) throw new Error('nothing has to be asked for first');
  const parsed: unknown = JSON.parse(upstream.body.toString());
  const sent = isObject(parsed) ? parsed : {};
  const refused = findRefusal({
    method: 'POST',
    path: '/v1/messages',
    headers: upstream.headers,
    size: upstream.body.length,
    parsed,
    body: sent,
    known: {
      apiKey: API_KEY,
      models: catalogModels(),
      betas: BETAS,
      isIssued: (text, signature) => signature === signatureFor(text),
    },
  });
  if (refused && facts === undefined) throw new Error(`${refused.refusal.id}: ${refused.message}`);
  return {
    body: sent,
    headers: upstream.headers,
    shared,
    dropped: [...request.droppedFields, ...shared.dropped],
  };
}

/** The refusal a chat gets; fails when it gets none. */
export function refusalOf(body: Json, protocol: Protocol = openAiChat): { message: string; param: unknown } {
  try {
    protocol.readRequest(
      { model: 'claude-sonnet', messages: [user()], ...body },
      {},
      new ElementAllowance(200_000),
    );
  } catch (fault) {
    return fault as { message: string; param: unknown };
  }
  throw new Error('it was not refused');
}

export const FRAME: AnswerFrame = {
  model: 'claude-sonnet',
  created: 1,
  requestId: 'req_1',
  includeUsage: true,
};

/** Anthropic's events as they come over the wire. */
export const frame = (...events: readonly (Json & { type: string })[]): Buffer =>
  Buffer.from(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''));

export interface Streamed {
  /** What the client is written. */
  readonly text: string;
  readonly events: readonly StreamEvent[];
}

/** Anthropic's stream, cut into chunks, as a protocol writes it. */
export function translateStream(
  chunks: readonly Buffer[],
  { protocol = openAiChat, frame: about = FRAME }: { protocol?: Protocol; frame?: AnswerFrame } = {},
): Streamed {
  const writer = protocol.streamWriter(about);
  const events: StreamEvent[] = [];
  let text = '';
  const reader = provider.eventReader((event) => {
    events.push(event);
    text += writer.write(event);
  });
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
  return { text, events };
}

/** A whole answer of Anthropic's, as a chat has it. */
export const translateAnswer = (message: Json, about: AnswerFrame = FRAME): Json =>
  JSON.parse(
    openAiChat.renderAnswer(
      provider.readAnswer(JSON.stringify({ id: 'msg_1', type: 'message', content: [], ...message })),
      about,
    ),
  ) as Json;
