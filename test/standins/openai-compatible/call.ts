/** One request as the rules see it, and small readers for JSON of unknown shape. */
import type { IncomingHttpHeaders } from 'node:http';

export type Json = Record<string, unknown>;

export interface Call {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Undefined when the body is not JSON. */
  readonly parsed: unknown;
  /** The parsed body when it is an object, else an empty one. */
  readonly body: Json;
  readonly known: {
    readonly apiKey: string;
    readonly models: readonly string[];
    /** The only field of the two that is taken. */
    readonly tokenLimitField: 'max_tokens' | 'max_completion_tokens';
    /** The field in which every message of the assistant has to have its thoughts. Undefined: none is known. */
    readonly thoughtsField?: 'reasoning_content' | 'reasoning' | undefined;
    /** The words it takes for how much it thinks. Undefined: OpenAI's. */
    readonly efforts?: readonly string[] | undefined;
  };
}

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const list = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

export interface Message {
  readonly path: string;
  readonly role: unknown;
  readonly fields: Json;
}

export const messages = ({ body }: Call): Message[] =>
  list(body['messages']).map((entry, index) => {
    const fields = isObject(entry) ? entry : {};
    return { path: `messages[${index}]`, role: fields['role'], fields };
  });

/** The first name in `fields` that is not in `allowed`. */
export const extraField = (fields: Json, allowed: readonly string[]): string | undefined =>
  Object.keys(fields).find((name) => !allowed.includes(name));

/** The first defined result. */
export function first<T>(items: readonly T[], check: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const fault = check(item);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** One thing a strict server refuses. Rules are asked in order; each may rely on those before it having passed. */
export interface Refusal {
  readonly id: string;
  readonly status: number;
  /** For people: what is refused. */
  readonly rule: string;
  /** The message of the refusal, naming the path of the fault; undefined when there is none. */
  readonly check: (call: Call) => string | undefined;
}

export const refuse = (id: string, rule: string, check: Refusal['check'], status = 400): Refusal => ({
  id,
  status,
  rule,
  check,
});
