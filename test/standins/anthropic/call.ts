/** One request as the rules see it, and small readers for JSON of unknown shape. */
import type { IncomingHttpHeaders } from 'node:http';

export type Json = Record<string, unknown>;

export interface StandinModel {
  /** Tokens. */
  readonly maxOutputTokens: number;
  /** Tokens. */
  readonly contextWindow: number;
  /** Tokens; a shorter prefix is not cached. */
  readonly minCacheTokens: number;
  /** Whether temperature and top_p together are refused, as from the 4.5 generation on. */
  readonly oneSamplingField: boolean;
  /** Whether it takes temperature, top_p and top_k at all; those of Opus 4.7 and later do not. */
  readonly takesSampling: boolean;
  /** Whether it goes on from an answer that was begun for it. */
  readonly takesPrefill: boolean;
  /** How it is told to think, as the catalog has it. */
  readonly reasoning: 'none' | 'budget' | 'effort' | 'adaptive';
  /** The words it takes for how much it thinks. */
  readonly efforts: readonly string[];
  /** Whether it takes system messages between the turns. */
  readonly systemTurns: boolean;
}

/** What the stand-in knows, independent of a request. */
export interface StandinKnowledge {
  readonly apiKey: string;
  readonly models: ReadonlyMap<string, StandinModel>;
  readonly betas: ReadonlySet<string>;
  /** Whether this signature was issued for this thinking text. */
  readonly isIssued: (thinking: string, signature: string) => boolean;
}

export interface Call {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Bytes of the body. */
  readonly size: number;
  /** Undefined when the body is not JSON. */
  readonly parsed: unknown;
  /** The parsed body when it is an object, else an empty one. */
  readonly body: Json;
  readonly known: StandinKnowledge;
}

export const MESSAGES = '/v1/messages';
export const COUNT_TOKENS = '/v1/messages/count_tokens';

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

export function modelOf(call: Call): StandinModel | undefined {
  return typeof call.body['model'] === 'string' ? call.known.models.get(call.body['model']) : undefined;
}

export function betasOf(call: Call): string[] {
  return String(call.headers['anthropic-beta'] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
}

export interface Message {
  readonly path: string;
  readonly role: unknown;
  readonly fields: Json;
  readonly blocks: readonly Block[];
}

export interface Block {
  /** For example "messages.0.content.1". */
  readonly path: string;
  readonly type: unknown;
  readonly fields: Json;
}

function blocks(path: string, content: unknown): Block[] {
  return list(content).map((entry, index) => {
    const fields = isObject(entry) ? entry : {};
    return { path: `${path}.${index}`, type: fields['type'], fields };
  });
}

/** The messages with their content as blocks; a string is one text block. */
export function messages(call: Call): Message[] {
  return list(call.body['messages']).map((entry, index) => {
    const path = `messages.${index}`;
    const fields = isObject(entry) ? entry : {};
    const { content, role } = fields;
    if (typeof content !== 'string')
      return { path, role, fields, blocks: blocks(`${path}.content`, content) };
    const text = { type: 'text', text: content };
    return { path, role, fields, blocks: [{ path: `${path}.content`, type: 'text', fields: text }] };
  });
}

export function systemBlocks(call: Call): Block[] {
  return blocks('system', call.body['system']);
}

/** Every block of the request, in the order the model reads them: system, messages, and inside tool results. */
export function allBlocks(call: Call): Block[] {
  const own = messages(call).flatMap((message) => message.blocks);
  return [...systemBlocks(call), ...own.flatMap((block) => [block, ...innerBlocks(block)])];
}

export function innerBlocks(block: Block): Block[] {
  return block.type === 'tool_result' ? blocks(`${block.path}.content`, block.fields['content']) : [];
}

export function tools(call: Call): Block[] {
  return blocks('tools', call.body['tools']);
}

/** The first name in `fields` that is not in `allowed`. */
export function extraField(fields: Json, allowed: readonly string[]): string | undefined {
  return Object.keys(fields).find((name) => !allowed.includes(name));
}
