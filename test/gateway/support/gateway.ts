/**
 * A whole gateway in the test's own process: real listeners on free ports, a real Postgres, and a stand-in for the
 * provider. `startTestGateway()` is enough for most tests.
 */
import { startGateway, type Gateway } from '../../../gateway/gateway';
import { readSettings, type Environment } from '../../../gateway/config/environment';
import { createLogger } from '../../../gateway/log';
import type { Limits } from '../../../gateway/services';
import { startAnthropicStandin, type AnthropicStandin } from '../../standins/anthropic';
import { CLAIM_SECRET, makeClaim, signClaim, type Claim } from './claims';
import { ownDocument } from './policy-file';
import { startStore, type TestStore } from './store';

export const MASTER_KEY = 'sk-master-key-for-tests-0123456789abcdef';

export interface TestGatewayOptions {
  /** Added to the test environment; an empty value takes a variable out. */
  readonly env?: Environment;
  /** Shared with another gateway; otherwise one is started and ends with this gateway. */
  readonly store?: TestStore;
  readonly standin?: AnthropicStandin;
  readonly limits?: Partial<Limits>;
  readonly promptDirectory?: string;
  readonly now?: () => Date;
}

/** Fields of the answers tests look at, as if each answer had them all; a test expects what it needs. */
export interface AnswerBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string;
    readonly code: string;
  };
  readonly key: string;
  readonly reused: boolean;
  readonly level: string;
  readonly owner: { readonly id: string };
  readonly data: readonly { readonly id: string }[];
}

/** A chunk of a streamed answer. */
export interface Chunk {
  readonly choices?: readonly {
    readonly delta: {
      readonly role?: string;
      readonly content?: string;
      readonly reasoning_content?: string;
      readonly thinking_blocks?: readonly unknown[];
      readonly tool_calls?: readonly {
        readonly index: number;
        readonly id?: string;
        readonly function: { readonly name?: string; readonly arguments: string };
      }[];
    };
    readonly finish_reason: string | null;
  }[];
  readonly error?: AnswerBody['error'];
}

/** A body the provider got. */
export interface SentBody {
  readonly max_tokens: number;
  readonly system?: readonly { readonly text: string }[];
  readonly messages: readonly { readonly role: string; readonly content: readonly unknown[] }[];
  readonly tools?: readonly unknown[];
  readonly tool_choice?: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body parsed. */
  readonly json: AnswerBody;
}

export interface TestGateway {
  readonly dataUrl: string;
  readonly adminUrl: string;
  readonly gateway: Gateway;
  readonly store: TestStore;
  readonly standin: AnthropicStandin;
  /** Log lines so far. */
  readonly logs: readonly string[];
  /** A request to the data listener, or to a whole URL. */
  request(
    path: string,
    options?: { method?: string; key?: string; headers?: Record<string, string>; body?: unknown },
  ): Promise<Answer>;
  /** Asks for a workspace's key with a claim, as the set-up script does. */
  claimKey(changes?: Partial<Claim>, secret?: string): Promise<Answer>;
  /** A key that works. */
  workspaceKey(changes?: Partial<Claim>): Promise<string>;
  chat(key: string, body: Record<string, unknown>, options?: { signal?: AbortSignal }): Promise<Answer>;
  /** The ledger's rows, oldest first and of one moment by attempt, once there are so many and nothing is reserved. */
  ledger(rows: number): Promise<Record<string, unknown>[]>;
  /** Waits until every call that was admitted is booked: that comes a little after its answer. */
  settled(): Promise<void>;
  /** Empties the ledger, once the calls before are booked. */
  clearLedger(): Promise<void>;
  close(): Promise<void>;
}

export async function startTestGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const store = options.store ?? (await startStore());
  const standin = options.standin ?? (await startAnthropicStandin());
  const document = options.env?.['GATEWAY_CONFIG'] === undefined ? await ownDocument() : undefined;
  const logs: string[] = [];
  const settings = readSettings({
    GATEWAY_PORT: '0',
    GATEWAY_ADMIN_PORT: '0',
    GATEWAY_MASTER_KEY: MASTER_KEY,
    WORKSPACE_CLAIM_SECRET: CLAIM_SECRET,
    DATABASE_URL: store.url,
    ANTHROPIC_API_KEY: standin.apiKey,
    ANTHROPIC_BASE_URL: standin.url,
    ...document?.env,
    ...options.env,
  });
  const gateway = await startGateway(settings, {
    logger: createLogger('debug', (line) => logs.push(line)),
    // A test may keep its process busy as long as it likes, and must not be ended for it.
    limits: { pollMs: 50, loopStallMs: 3_600_000, ...options.limits },
    ...(options.promptDirectory === undefined ? {} : { promptDirectory: options.promptDirectory }),
    ...(options.now === undefined ? {} : { now: options.now }),
  });
  const { dataUrl, adminUrl } = gateway;

  const request: TestGateway['request'] = async (path, { method, key, headers = {}, body } = {}) => {
    const response = await fetch(path.startsWith('http') ? path : dataUrl + path, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: { ...(key === undefined ? {} : { authorization: `Bearer ${key}` }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return toAnswer(response);
  };

  const claimKey: TestGateway['claimKey'] = (changes, secret) =>
    request('/api/v1/keys/workspace', { key: signClaim(makeClaim(changes), secret), body: {} });

  const settled = async (): Promise<void> => {
    await eventually(async () => (await store.query('select from reservations')).length === 0 || undefined);
  };

  return {
    dataUrl,
    adminUrl,
    gateway,
    store,
    standin,
    logs,
    request,
    claimKey,
    async workspaceKey(changes) {
      const answer = await claimKey(changes);
      if (answer.status !== 200) throw new Error(`no key: ${answer.text}`);
      return (answer.json as { key: string }).key;
    },
    async chat(key, body, { signal } = {}) {
      const response = await fetch(`${dataUrl}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'claude-sonnet-4-5', ...body }),
        ...(signal ? { signal } : {}),
      });
      return toAnswer(response);
    },
    async ledger(rows) {
      return eventually(async () => {
        // In this order: what is settled in between is among the calls then.
        await settled();
        const calls = await store.query('select * from calls order by finished_at, attempts');
        return calls.length >= rows ? calls : undefined;
      });
    },
    settled,
    async clearLedger() {
      await settled();
      await store.query('delete from calls; select restart_sums()');
    },
    async close() {
      await gateway.close();
      await document?.remove();
      if (options.standin === undefined) await standin.close();
      if (options.store === undefined) await store.remove();
    },
  };
}

async function toAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // A stream, or nothing.
  }
  return { status: response.status, headers: response.headers, text, json: json as AnswerBody };
}

/**
 * Asks again until there is an answer; for what happens soon after, not before, something else. The limit is far from
 * what it takes: it bounds a test that fails, and says nothing about speed.
 */
export async function eventually<T>(
  find: () => Promise<T | undefined> | T | undefined,
  limitMs = 60_000,
): Promise<T> {
  const end = Date.now() + limitMs;
  for (;;) {
    const found = await find();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error('it did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Goes away as soon as the provider has the first request, and so surely not before it. */
export async function leaveOnceAsked(standin: AnthropicStandin, client: AbortController): Promise<void> {
  await eventually(() => standin.requests[0]);
  client.abort();
}

/** What the provider was sent last. */
export const lastSent = (standin: AnthropicStandin): SentBody =>
  (standin.requests.at(-1)?.body ?? {}) as SentBody;

/** A streamed answer's chunks, and whether [DONE] came last. */
export function readStream(text: string): { chunks: Chunk[]; isDone: boolean } {
  const data = text
    .split('\n\n')
    .filter((event) => event.startsWith('data: '))
    .map((event) => event.slice('data: '.length));
  const isDone = data.at(-1) === '[DONE]';
  return { chunks: (isDone ? data.slice(0, -1) : data).map((each) => JSON.parse(each) as Chunk), isDone };
}
