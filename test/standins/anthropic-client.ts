/** Plain requests to the stand-in, and the parts that bodies are made of. */
import { fetch } from 'undici';
import type { AnthropicStandin } from './anthropic';

export type Json = Record<string, unknown>;

export const MODEL = 'claude-sonnet-4-5-20250929';

export const user = (content: unknown): Json => ({ role: 'user', content });
export const assistant = (content: unknown): Json => ({ role: 'assistant', content });
export const tool = (more: Json = {}): Json => ({ name: 'read', input_schema: { type: 'object' }, ...more });
export const use = (id = 'a', more: Json = {}): Json => ({
  type: 'tool_use',
  id,
  name: 'read',
  input: {},
  ...more,
});
export const result = (id = 'a', more: Json = {}): Json => ({
  type: 'tool_result',
  tool_use_id: id,
  ...more,
});
export const enabled = { type: 'enabled', budget_tokens: 1024 };
export const sound = (more: Json = {}): Json => ({
  model: MODEL,
  max_tokens: 2048,
  messages: [user('Hello there')],
  ...more,
});

export interface Reply {
  status: number;
  body: Json;
  headers: Record<string, string>;
}

export interface Request {
  body?: unknown;
  headers?: Record<string, string | undefined>;
  method?: string;
  path?: string;
}

export async function send(
  standin: AnthropicStandin,
  { body = sound(), headers = {}, method = 'POST', path = '/v1/messages' }: Request = {},
): Promise<Reply> {
  const all = { 'x-api-key': standin.apiKey, 'anthropic-version': '2023-06-01', ...headers };
  const given = Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const response = await fetch(standin.url + path, {
    method,
    headers: Object.fromEntries(given),
    ...(method === 'POST' ? { body: typeof body === 'string' ? body : JSON.stringify(body) } : {}),
  });
  return {
    status: response.status,
    body: (await response.json()) as Json,
    headers: Object.fromEntries(response.headers),
  };
}

/** The events of a stream as they came, and the error that ended it, if one did. */
export async function streamed(
  standin: AnthropicStandin,
  more: Json = {},
): Promise<{ events: Json[]; broken: boolean }> {
  const response = await fetch(`${standin.url}/v1/messages`, {
    method: 'POST',
    headers: { 'x-api-key': standin.apiKey, 'anthropic-version': '2023-06-01' },
    body: JSON.stringify(sound({ stream: true, ...more })),
  });
  const mediaType = response.headers.get('content-type');
  if (!mediaType?.startsWith('text/event-stream')) throw new Error(`no stream: ${await response.text()}`);
  let raw = '';
  let broken = false;
  const decoder = new TextDecoder();
  try {
    for await (const chunk of response.body ?? [])
      raw += decoder.decode(chunk as Uint8Array, { stream: true });
  } catch {
    broken = true;
  }
  const events = raw.split('\n\n').flatMap((frame) => {
    const match = /^event: (\w+)\ndata: (.*)$/.exec(frame);
    if (!match) return [];
    const event = JSON.parse(match[2] as string) as Json;
    if (event['type'] !== match[1]) throw new Error(`event ${match[1]} carries ${String(event['type'])}`);
    return [event];
  });
  return { events, broken };
}
