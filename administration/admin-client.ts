/** Asks the gateway's admin listener. The key comes from the environment or a file of one's own, never from argv. */
import { readFileSync, statSync } from 'node:fs';
import { forTerminal } from '../terminal/terminal-text';

/** A message for the person at the terminal; nothing else is said. */
export class CliError extends Error {
  constructor(
    message: string,
    readonly exitCode: number = 1,
    /** HTTP status of the gateway's answer, where there was one. */
    readonly status?: number,
  ) {
    super(message);
  }
}

export const EXIT = { failed: 1, usage: 2, refused: 3, unreachable: 4, differs: 5 } as const;

type Environment = Readonly<Record<string, string | undefined>>;
type Row = Readonly<Record<string, unknown>>;

export interface AdminClient {
  get<T = Row>(
    path: string,
    query?: Readonly<Record<string, string | number | boolean | undefined>>,
  ): Promise<T>;
  post<T = Row>(path: string, body: Readonly<Record<string, unknown>>): Promise<T>;
  /** What takes long, and says how far it is. */
  follow<T = Row>(path: string, onProgress: (progress: Progress) => void): Promise<T>;
}

export interface Progress {
  readonly checking: string;
  readonly pieces: number;
  readonly of: number;
}

interface Line<T> {
  readonly progress?: Progress;
  readonly result?: T;
  readonly error?: { readonly message: string };
}

/** Milliseconds until an answer, or between two words of one that takes long. A report may wait before it is made. */
const SILENCE_MS = 300_000;
/** Milliseconds between two lines about progress. */
const PROGRESS_MS = 5_000;

export function connect(environment: Environment): AdminClient {
  const base = (environment['GATEWAY_ADMIN_URL'] ?? 'http://127.0.0.1:4001').replace(/\/+$/, '');
  if (!URL.canParse(base) || !/^https?:/.test(base))
    throw new CliError('GATEWAY_ADMIN_URL must be a URL that starts with http:// or https://.', EXIT.usage);
  refuseClearText(new URL(base));
  const key = readKey(environment);

  const unreachable = () =>
    new CliError(
      `The admin listener does not answer at ${base}. Is the gateway running, and GATEWAY_ADMIN_URL right?`,
      EXIT.unreachable,
    );

  const ask = (path: string, init: RequestInit): Promise<Response> =>
    fetch(base + path, {
      ...init,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...init.headers },
      redirect: 'error',
    }).catch(() => {
      throw unreachable();
    });

  async function send<T>(path: string, init: RequestInit): Promise<T> {
    const response = await ask(path, { ...init, signal: AbortSignal.timeout(SILENCE_MS) });
    return read<T>(response);
  }

  async function read<T>(response: Response): Promise<T> {
    const body: unknown = await response.json().catch(() => undefined);
    if (response.ok) return body as T;
    const message = (body as { error?: { message?: unknown } } | null | undefined)?.error?.message;
    // Whoever answers there may be somebody else.
    throw new CliError(
      typeof message === 'string' ? forTerminal(message) : `The admin listener answered ${response.status}.`,
      EXIT.refused,
      response.status,
    );
  }

  return {
    get: (path, query = {}) => {
      const words = Object.entries(query).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, String(value)]],
      );
      const text = new URLSearchParams(words).toString();
      return send(text === '' ? path : `${path}?${text}`, { method: 'GET' });
    },
    post: (path, body) => send(path, { method: 'POST', body: JSON.stringify(body) }),
    async follow(path, onProgress) {
      const response = await ask(path, { method: 'GET', headers: { accept: 'application/x-ndjson' } });
      if (!(response.headers.get('content-type') ?? '').startsWith('application/x-ndjson'))
        return read(response);
      let said = 0;
      for await (const text of lines(response)) {
        const line = JSON.parse(text) as Line<never>;
        if (line.error) throw new CliError(line.error.message, EXIT.refused);
        if (line.result !== undefined) return line.result;
        if (line.progress === undefined || Date.now() - said < PROGRESS_MS) continue;
        said = Date.now();
        onProgress(line.progress);
      }
      throw new CliError('The answer broke off before its end.', EXIT.failed);
    },
  };
}

async function* lines(response: Response): AsyncGenerator<string> {
  let rest = '';
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    const parts = (rest + decoder.decode(read.value, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** The key would be anybody's who listens. A container's own network is said to be private by a variable. */
function refuseClearText({ protocol, hostname }: URL): void {
  if (protocol === 'https:' || LOOPBACK.test(hostname) || !hostname.includes('.')) return;
  throw new CliError(
    `GATEWAY_ADMIN_URL leads to ${hostname} in the clear: use https, or a tunnel to this machine.`,
    EXIT.usage,
  );
}

function readKey(environment: Environment): string {
  const names = ['GATEWAY_ADMIN_KEY', 'GATEWAY_MASTER_KEY', 'LITELLM_MASTER_KEY'];
  const file = environment['GATEWAY_ADMIN_KEY_FILE'];
  const given = names.map((name) => environment[name]).find((value) => value !== undefined && value !== '');
  if (given !== undefined) return given;
  if (file === undefined || file === '')
    throw new CliError(
      `Set ${names[0]} or ${names[1]}, or GATEWAY_ADMIN_KEY_FILE to a file that only you can read.`,
      EXIT.usage,
    );
  try {
    if ((statSync(file).mode & 0o077) !== 0)
      throw new CliError(`${file} can be read by others: chmod 600 ${file}`, EXIT.usage);
    const text = readFileSync(file, 'utf8');
    return (/^(?:GATEWAY_ADMIN_KEY|GATEWAY_MASTER_KEY)=(.+)$/m.exec(text)?.[1] ?? text).trim();
  } catch (fault) {
    if (fault instanceof CliError) throw fault;
    throw new CliError(`GATEWAY_ADMIN_KEY_FILE: ${file} cannot be read.`, EXIT.usage);
  }
}
