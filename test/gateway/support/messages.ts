/** Calls of Anthropic's Messages API at a test gateway, and what comes back. */
import type { Answer, TestGateway } from './gateway';

export interface MessageBody {
  readonly type: string;
  readonly model: string;
  readonly content: readonly Record<string, unknown>[];
  readonly stop_reason: string;
  readonly usage: Record<string, unknown>;
  readonly error: { readonly type: string; readonly message: string };
  readonly request_id: string;
}

export interface MessageEvent {
  readonly name: string;
  readonly data: Record<string, unknown> & {
    readonly message?: MessageBody;
    readonly index?: number;
    readonly delta?: Record<string, unknown>;
    readonly error?: MessageBody['error'];
  };
}

export interface MessageAnswer extends Omit<Answer, 'json'> {
  readonly json: MessageBody;
  readonly events: readonly MessageEvent[];
}

export interface MessageOptions {
  readonly headers?: Record<string, string>;
  readonly path?: string;
}

/** Asks as Claude Code does: with the key as `x-api-key`, and a query. */
export async function askMessages(
  gateway: TestGateway,
  key: string,
  body: Record<string, unknown> = {},
  { headers = {}, path = '/v1/messages?beta=true' }: MessageOptions = {},
): Promise<MessageAnswer> {
  const answer = await gateway.request(path, {
    headers: { 'x-api-key': key, 'anthropic-version': '2023-06-01', ...headers },
    body: {
      model: 'claude-sonnet-4-5',
      ...(path.includes('count_tokens') ? {} : { max_tokens: 1_000 }),
      messages: [{ role: 'user', content: 'hi' }],
      ...body,
    },
  });
  return { ...answer, json: answer.json as unknown as MessageBody, events: readEvents(answer.text) };
}

/** The events of a stream; throws when one is not framed as Anthropic frames them. */
function readEvents(text: string): MessageEvent[] {
  if (!text.startsWith('event:')) return [];
  return text
    .split('\n\n')
    .filter((part) => part !== '')
    .map((part) => {
      const match = /^event: (\w+)\ndata: (.+)$/.exec(part);
      if (!match) throw new Error(`not an event: ${part}`);
      const data = JSON.parse(match[2] ?? '') as MessageEvent['data'];
      if (data['type'] !== match[1]) throw new Error(`name and type differ: ${part}`);
      return { name: match[1] ?? '', data };
    });
}

/** A tool of the client's. */
export const tool = (name: string, extra: Record<string, unknown> = {}) => ({
  name,
  description: `does ${name}`,
  input_schema: { type: 'object', properties: { path: { type: 'string' } } },
  ...extra,
});
