/** What the stand-ins of platforms have in common: a JSON server of its own port that keeps what was asked, and fails as told. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Record<string, unknown>;
}

export interface Given {
  readonly status: number;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Failure extends Given {
  /** Of which requests, by method and path. */
  readonly when: RegExp;
  /** @default 1 */
  readonly times?: number;
  /** What was asked is done all the same, and the answer is lost. @default false */
  readonly isDone?: boolean;
}

export interface StandinComment {
  readonly id: number;
  author: number;
  body: string;
  readonly path?: string;
  readonly line?: number;
  readonly thread?: string;
  isResolved?: boolean;
}

/** The account that the token is of, and somebody else's. */
export const BOT = 41898282;
export const PERSON = 7;
export const TOKEN = 'token-of-the-job-0123456789';

/** A change as a platform keeps it. */
export class ForgeState {
  head = 'c'.repeat(40);
  comments: StandinComment[] = [];
  inline: StandinComment[] = [];
  /** Lines of the diff by path: their number before the change, or null where they are new. */
  lines: Record<string, Record<number, number | null>> = {};
  mayResolve = true;
  /** UTF-16 units of a comment. */
  longest = 65_536;
  private last = 1_000;

  nextId(): number {
    return (this.last += 1);
  }

  isLine(path: unknown, line: unknown): boolean {
    return this.lines[String(path)]?.[Number(line)] !== undefined;
  }

  find(list: readonly StandinComment[], id: unknown): StandinComment | undefined {
    return list.find((comment) => String(comment.id) === String(id));
  }
}

export type Answering = (asked: Asked, state: ForgeState) => Given;

export interface ForgeStandin {
  readonly url: string;
  readonly state: ForgeState;
  readonly requests: Asked[];
  fail(failure: Failure): void;
  reset(): void;
  /** Everything that writes. */
  writes(): string[];
  close(): Promise<void>;
}

export interface StandinProps {
  readonly answer: Answering;
  /** The header that holds the token, as it has to be. */
  readonly authorization: readonly [string, string];
  /** Answered by others, as git's protocol. @returns whether it was */
  readonly beside?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

export async function startForge({ answer, authorization, beside }: StandinProps): Promise<ForgeStandin> {
  const requests: Asked[] = [];
  const failures: { failure: Failure; left: number }[] = [];
  let state = new ForgeState();
  const server = createServer((request, response) => {
    if (beside?.(request, response)) return;
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const text = Buffer.concat(parts).toString('utf8');
      const asked: Asked = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
      };
      requests.push(asked);
      const [header, value] = authorization;
      const given =
        request.headers[header] === value
          ? answered(asked)
          : { status: 401, json: { message: '401 Unauthorized' } };
      const body = given.json === undefined ? '' : JSON.stringify(given.json);
      response.writeHead(given.status, { 'content-type': 'application/json', ...given.headers }).end(body);
    });
  });
  function answered(asked: Asked): Given {
    const found = failures.find(
      ({ failure, left }) => left > 0 && failure.when.test(`${asked.method} ${asked.path}`),
    );
    if (found === undefined) return answer(asked, state);
    found.left -= 1;
    if (found.failure.isDone) answer(asked, state);
    return found.failure;
  }
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get state() {
      return state;
    },
    requests,
    fail: (failure) => failures.push({ failure, left: failure.times ?? 1 }),
    reset() {
      state = new ForgeState();
      requests.length = failures.length = 0;
    },
    writes: () =>
      requests
        .filter(({ method, path, body }) => method !== 'GET' && !isQuery(path, body))
        .map(({ method, path }) => `${method} ${path}`),
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

const isQuery = (path: string, { query }: Record<string, unknown>): boolean =>
  path.endsWith('/graphql') && String(query).startsWith('query');

/** One page of a list, by the names that a platform has for it. */
export function pageOf<T>(items: readonly T[], path: string, sizeName: string, most = 100): readonly T[] {
  const query = new URL(path, 'http://localhost').searchParams;
  const size = Math.min(most, Number(query.get(sizeName) ?? 30));
  const page = Number(query.get('page') ?? 1);
  return items.slice((page - 1) * size, page * size);
}

/** As GitHub, GitLab and Gitea say that a list goes on. */
export function linkOf<T>(
  items: readonly T[],
  path: string,
  sizeName: string,
  most = 100,
): Record<string, string> {
  const query = new URL(path, 'http://localhost').searchParams;
  const size = Math.min(most, Number(query.get(sizeName) ?? 30));
  const page = Number(query.get('page') ?? 1);
  return page * size < items.length ? { link: `<http://localhost/?page=${page + 1}>; rel="next"` } : {};
}
