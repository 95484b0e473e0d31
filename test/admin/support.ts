/** The admin API of a test gateway, as a program of an administrator would ask it. */
import { MASTER_KEY, type TestGateway } from '../gateway/support/gateway';

/** An answer of the admin API; a test expects what it needs. */
export interface AdminAnswer {
  readonly status: number;
  readonly text: string;
  readonly json: Record<string, unknown> & {
    readonly key: string;
    readonly token: string;
    readonly error: {
      readonly message: string;
      readonly type: string;
      readonly param: string;
      readonly code: string;
    };
    readonly info: Record<string, unknown>;
    readonly keys: readonly Record<string, unknown>[];
    readonly entries: readonly Record<string, unknown>[];
    readonly user_info: Record<string, unknown>;
  };
}

export interface AdminOptions {
  readonly key?: string;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Record<string, string>;
}

export const adminOf =
  (gateway: TestGateway) =>
  async (path: string, body?: unknown, options: AdminOptions = {}): Promise<AdminAnswer> => {
    const { key = MASTER_KEY, method, headers } = options;
    const answer = await gateway.request(gateway.adminUrl + path, {
      key,
      ...(body === undefined ? {} : { body }),
      ...(method === undefined ? {} : { method }),
      ...(headers === undefined ? {} : { headers }),
    });
    return { status: answer.status, text: answer.text, json: answer.json as unknown as AdminAnswer['json'] };
  };

export type Admin = ReturnType<typeof adminOf>;

export const ASK = { model: 'claude-haiku', messages: [{ role: 'user', content: 'hi' }], max_tokens: 10 };

/** A call for which some $0.13 are set aside, and that may cost $0.1. */
export const LONG_ASK = { ...ASK, messages: [{ role: 'user', content: 'x'.repeat(100_000) }] };

/** Its usage at so many dollars: haiku, at a dollar a million input tokens. */
export const costing = (usd: number) => ({ input_tokens: Math.round(usd * 1e6), output_tokens: 0 });
