/** Asks the gateway's admin listener. The key comes from the environment or a file of one's own, never from argv. */
import { readFileSync, statSync } from 'node:fs';
import type * as Undici from 'undici';
import type { GatewayPlace } from '../platform/gateway-place';
import { CliError, EXIT, UsageError } from '../terminal/fault';
import { inTypedWords, type OwnFlags } from './typed-words';

type Environment = Readonly<Record<string, string | undefined>>;
type Row = Readonly<Record<string, unknown>>;

export interface AdminClient {
  get<T = Row>(
    path: string,
    query?: Readonly<Record<string, string | number | boolean | undefined>>,
  ): Promise<T>;
  post<T = Row>(path: string, body: Readonly<Record<string, unknown>>): Promise<T>;
  /** What takes long, and says how far it is. */
  follow<T = Row>(
    path: string,
    onProgress: (progress: Progress) => void,
    method?: 'GET' | 'POST',
  ): Promise<T>;
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
/** Bytes of a refusal that are read: whoever answers there may be somebody else. */
const LONGEST_REFUSAL = 64 * 1024;

export interface ConnectProps {
  /** What the command calls fields of the API, where it is not what all call them. */
  readonly flags?: OwnFlags;
  /** In the place of what the environment says. */
  readonly place?: GatewayPlace | undefined;
  /** Ends whatever is asked. */
  readonly stop?: AbortSignal;
}

export function connect(
  environment: Environment,
  { flags = {}, place, stop }: ConnectProps = {},
): AdminClient {
  const base = place?.url ?? addressIn(environment);
  const { key, from } = place === undefined ? readKey(environment) : { key: place.key, from: place.keyFrom };
  const ways = place?.servername === undefined ? fetch : fetchAt(place);

  const ask = (path: string, init: RequestInit): Promise<Response> =>
    ways(base + path, {
      ...init,
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        'user-agent': 'contractor-workspace',
        ...init.headers,
      },
      redirect: 'error',
    }).catch(() => {
      throw new CliError(
        place === undefined
          ? `The admin listener does not answer at ${base}. Is the gateway running, and GATEWAY_ADMIN_URL right?`
          : `The admin listener does not answer at ${base}: "contractor-workspace status" says how the platform is.`,
        EXIT.unreachable,
      );
    });

  async function send<T>(path: string, init: RequestInit): Promise<T> {
    const limits = [AbortSignal.timeout(SILENCE_MS), ...(stop === undefined ? [] : [stop])];
    const response = await ask(path, { ...init, signal: AbortSignal.any(limits) });
    return read<T>(response);
  }

  async function read<T>(response: Response): Promise<T> {
    if (response.ok) return (await response.json().catch(() => undefined)) as T;
    const error = errorIn(await beginningOf(response));
    throw new CliError(
      response.status === 401
        ? `The gateway does not take the key of ${from}: it is neither its master key nor an admin key that holds.`
        : typeof error?.message === 'string'
          ? inTypedWords(error.message, typeof error.param === 'string' ? error.param : undefined, flags)
          : `The admin listener answered ${response.status}.`,
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
    async follow(path, onProgress, method = 'GET') {
      const response = await ask(path, { method, headers: { accept: 'application/x-ndjson' } });
      if (!(response.headers.get('content-type') ?? '').startsWith('application/x-ndjson'))
        return read(response);
      let said = 0;
      for await (const text of lines(response)) {
        const line = JSON.parse(text) as Line<never>;
        if (line.error)
          throw new CliError(inTypedWords(String(line.error.message), undefined, flags), EXIT.refused);
        if (line.result !== undefined) return line.result;
        if (line.progress === undefined || Date.now() - said < PROGRESS_MS) continue;
        said = Date.now();
        onProgress(line.progress);
      }
      throw new CliError('The answer broke off before its end.', EXIT.failed);
    },
  };
}

interface Refusal {
  readonly message?: unknown;
  readonly param?: unknown;
}

function errorIn(text: string): Refusal | undefined {
  try {
    const body = JSON.parse(text) as { error?: Refusal } | null;
    return body?.error;
  } catch {
    return undefined;
  }
}

async function beginningOf(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  try {
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
      parts.push(part.value);
      length += part.value.length;
      if (length > LONGEST_REFUSAL) break;
    }
  } catch {
    // What has come may be enough.
  }
  await reader?.cancel().catch(() => {});
  return Buffer.concat(parts).toString('utf8');
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

/** Node's own `fetch` knows one list of authorities for all, which is read as the process starts. */
function fetchAt({ servername, authority }: GatewayPlace): typeof fetch {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- it takes time, and most have no use for it
  const { Agent, fetch: ask } = require('undici') as typeof Undici;
  const dispatcher = new Agent({
    connect: {
      ...(servername !== undefined && { servername }),
      ...(authority !== undefined && { ca: readFileSync(authority) }),
    },
  });
  return ((url: string, init: object) => ask(url, { ...init, dispatcher })) as unknown as typeof fetch;
}

function addressIn(environment: Environment): string {
  const base = (environment['GATEWAY_ADMIN_URL'] ?? 'http://127.0.0.1:4001').replace(/\/+$/, '');
  if (!URL.canParse(base) || !/^https?:/.test(base))
    throw new UsageError('GATEWAY_ADMIN_URL must be a URL that starts with http:// or https://.');
  refuseClearText(new URL(base));
  return base;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** The key would be anybody's who listens. A container's own network is said to be private by a variable. */
export function refuseClearText({ protocol, hostname }: URL): void {
  if (protocol === 'https:' || LOOPBACK.test(hostname) || !hostname.includes('.')) return;
  throw new UsageError(
    `GATEWAY_ADMIN_URL leads to ${hostname} in the clear: use https, or a tunnel to this machine.`,
  );
}

const NAMES = ['GATEWAY_ADMIN_KEY', 'GATEWAY_MASTER_KEY', 'LITELLM_MASTER_KEY'] as const;

/** Whether it says anything about where the gateway is, or what opens it. */
export const namesGateway = (environment: Environment): boolean =>
  ['GATEWAY_ADMIN_URL', 'GATEWAY_ADMIN_KEY_FILE', ...NAMES].some((name) => (environment[name] ?? '') !== '');

export interface OwnKey {
  readonly key: string;
  /** The variable it was found in or by. */
  readonly from: string;
}

export function readKey(environment: Environment): OwnKey {
  const from = NAMES.find((name) => (environment[name] ?? '') !== '') ?? 'GATEWAY_ADMIN_KEY_FILE';
  const key = from === 'GATEWAY_ADMIN_KEY_FILE' ? readKeyFile(environment[from] ?? '') : environment[from];
  // A header can hold nothing else, and says so with the key in its message.
  if (!/^[\x21-\x7e]{1,4096}$/.test(key ?? ''))
    throw new UsageError(`${from} holds no key: it must be one word of plain letters, digits and signs.`);
  return { key: key ?? '', from };
}

function readKeyFile(file: string): string {
  if (file === '')
    throw new UsageError(
      `Set ${NAMES[0]} or ${NAMES[1]}, or GATEWAY_ADMIN_KEY_FILE to a file that only you can read.`,
    );
  try {
    if ((statSync(file).mode & 0o077) !== 0)
      throw new UsageError(`${file} can be read by others: chmod 600 ${file}`);
    const text = readFileSync(file, 'utf8');
    return (/^(?:GATEWAY_ADMIN_KEY|GATEWAY_MASTER_KEY)=(.+)$/m.exec(text)?.[1] ?? text).trim();
  } catch (fault) {
    if (fault instanceof CliError) throw fault;
    throw new UsageError(`GATEWAY_ADMIN_KEY_FILE: ${file} cannot be read.`);
  }
}
