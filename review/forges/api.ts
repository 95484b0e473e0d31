/** HTTP to a platform: bounded in time, tries and bytes; the token is in a header and nowhere else. */
import { CliError, EXIT } from '../../terminal/fault';
import { forTerminal } from '../../terminal/terminal-text';
import { Unsure } from './forge';

/** Milliseconds for an answer. */
const PATIENCE_MS = 60_000;
/** How often one request is sent, and the longest wait in between, in milliseconds. */
const TRIES = 4;
const LONGEST_WAIT_MS = 60_000;
/** Bytes of an answer that are read. */
const LONGEST = 32 * 1024 * 1024;
/** UTF-16 units of what a platform says of a refusal. */
const LONGEST_WORDS = 300;
/** Comments of one change that are read: GitLab allows no more. */
const MOST_COMMENTS = 5_000;
/** Comments on a page; where those are too long for one answer, fewer. */
const PAGE_SIZES = [50, 10, 1] as const;

export interface Answer {
  readonly status: number;
  /** Parsed JSON. @default - none, or none that is JSON */
  readonly json: unknown;
  /** It says that a list goes on. */
  readonly hasNext: boolean;
}

export interface ApiProps {
  /** As people call it. */
  readonly title: string;
  /** Base of all paths, without a closing slash. */
  readonly url: string;
  /** Of every request; one of them holds the token. */
  readonly headers: Readonly<Record<string, string>>;
  /** Never shown. */
  readonly token: string;
  /** What to do about a refusal, by its status. */
  readonly advice: Readonly<Record<401 | 403 | 404, string>>;
  readonly stop?: AbortSignal;
  /** Milliseconds that a wait takes. @default - as long as it says */
  readonly wait?: (ms: number) => Promise<void>;
}

export interface SendProps {
  readonly body?: unknown;
  /** Refusals that the caller wants to see, by their status. */
  readonly accept?: readonly number[];
  /** Sent twice it is done once. @default - all but POST */
  readonly isRepeatable?: boolean;
  /** Another address of the same platform. @default - the path at the base */
  readonly url?: string;
}

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT';

export interface Api {
  readonly title: string;
  /** @throws ForgeRefusal, Unsure for what may have been done, or CliError when nothing answers */
  send(method: Method, path: string, props?: SendProps): Promise<Answer>;
  /**
   * Every item of a list.
   *
   * @param sizeName how the platform calls the size of a page
   * @param keep what is kept of an item. @default - undefined: nothing
   */
  list<T>(path: string, sizeName: string, keep: (item: unknown) => T | undefined): Promise<T[]>;
}

export class ForgeRefusal extends CliError {}

/** There is more of it than is read. */
class TooLong extends CliError {}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

export function connectApi(props: ApiProps): Api {
  const { title, url: base, stop, wait = pause } = props;
  const hide = (text: string): string => forTerminal(text.replaceAll(props.token, '…'));

  async function once(method: Method, url: string, body: unknown): Promise<Response | undefined> {
    const limits = [AbortSignal.timeout(PATIENCE_MS), ...(stop === undefined ? [] : [stop])];
    try {
      return await fetch(url, {
        method,
        headers: {
          accept: 'application/json',
          'user-agent': 'contractor-workspace-review',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...props.headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        // The token is for this address alone.
        redirect: 'manual',
        signal: AbortSignal.any(limits),
      });
    } catch {
      stop?.throwIfAborted();
      return undefined;
    }
  }

  async function send(method: Method, path: string, sent: SendProps = {}): Promise<Answer> {
    const { body, accept = [], isRepeatable = method !== 'POST' } = sent;
    for (let tried = 1; ; tried += 1) {
      const response = await once(method, sent.url ?? base + path, body);
      const isLast = tried >= TRIES;
      if (response === undefined || response.status >= 500) {
        await response?.body?.cancel();
        const what = response === undefined ? 'does not answer' : `answers ${response.status}`;
        if (!isRepeatable) throw new Unsure(`${title} ${what} at ${base}.`);
        if (isLast)
          throw new CliError(`${title} ${what} at ${base}, also after ${TRIES} tries.`, EXIT.unreachable);
        await wait(1_000 * 2 ** (tried - 1));
        continue;
      }
      const answer = {
        status: response.status,
        json: await read(response, title),
        hasNext: hasNext(response.headers),
      };
      if (answer.status < 300 || accept.includes(answer.status)) return answer;
      const ms = isLimited(response, answer) ? waitFor(response.headers) : undefined;
      if (ms === undefined || isLast || ms > LONGEST_WAIT_MS) throw refusal(answer, ms);
      await wait(ms);
    }
  }

  function refusal({ status, json }: Answer, waitMs: number | undefined): CliError {
    const words = hide(wordsOf(json));
    const said = `${title} answers ${status}${words === '' ? '' : ` (${words})`}.`;
    if (waitMs !== undefined)
      return new ForgeRefusal(
        `${said} Its limit of requests is reached: run the job again in ${Math.ceil(waitMs / 60_000)} min.`,
        EXIT.failed,
        status,
      );
    if (status >= 300 && status < 400)
      return new ForgeRefusal(
        `${said} It sends us elsewhere, where the token does not go: has the repository another name by now?`,
        EXIT.failed,
        status,
      );
    const advice = status === 401 || status === 403 || status === 404 ? ` ${props.advice[status]}` : '';
    return new ForgeRefusal(said + advice, EXIT.failed, status);
  }

  async function list<T>(
    path: string,
    sizeName: string,
    keep: (item: unknown) => T | undefined,
  ): Promise<T[]> {
    const kept: T[] = [];
    const sign = path.includes('?') ? '&' : '?';
    /** @returns whether there may be more; pages are counted in their own size */
    const readPage = async (page: number, at: number): Promise<boolean> => {
      const size = PAGE_SIZES[at] ?? 1;
      try {
        const { json, hasNext: goesOn } = await send('GET', `${path}${sign}${sizeName}=${size}&page=${page}`);
        const items: unknown[] = Array.isArray(json) ? json : [];
        for (const item of items) {
          const found = keep(item);
          if (found !== undefined) kept.push(found);
        }
        return items.length > 0 && (items.length >= size || goesOn);
      } catch (fault) {
        const smaller = PAGE_SIZES[at + 1];
        if (!(fault instanceof TooLong) || smaller === undefined) throw fault;
        const parts = size / smaller;
        for (let part = 1; part <= parts; part += 1)
          if (!(await readPage((page - 1) * parts + part, at + 1))) return false;
        return true;
      }
    };
    for (let page = 1; ; page += 1) {
      if ((page - 1) * PAGE_SIZES[0] >= MOST_COMMENTS)
        throw new CliError(
          `${title} has more than ${MOST_COMMENTS} comments on this change: ours cannot be found among them, and none is written.`,
        );
      if (!(await readPage(page, 0))) return kept;
    }
  }

  return { title, send, list };
}

/** A platform may give fewer on a page than it is asked for. */
const hasNext = (headers: Headers): boolean =>
  (headers.get('link') ?? '').slice(0, 4_096).includes('rel="next"');

/** GitHub says with 403 as well that it was asked too often. */
const isLimited = ({ headers }: Response, { status, json }: Answer): boolean =>
  status === 429 ||
  (status === 403 &&
    (headers.has('retry-after') ||
      headers.get('x-ratelimit-remaining') === '0' ||
      /rate limit/i.test(wordsOf(json))));

function waitFor(headers: Headers): number {
  const after = Number(headers.get('retry-after') ?? NaN);
  if (Number.isFinite(after) && after >= 0) return after * 1_000;
  const reset = Number(headers.get('x-ratelimit-reset') ?? headers.get('ratelimit-reset') ?? NaN);
  if (Number.isFinite(reset) && reset > 0) return Math.max(1_000, reset * 1_000 - Date.now());
  return 5_000;
}

function wordsOf(json: unknown): string {
  const { message, error } = (json ?? {}) as { message?: unknown; error?: unknown };
  const said = message ?? error ?? '';
  return (typeof said === 'string' ? said : JSON.stringify(said)).slice(0, LONGEST_WORDS);
}

async function read(response: Response, title: string): Promise<unknown> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  try {
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
      parts.push(part.value);
      length += part.value.length;
      if (length <= LONGEST) continue;
      await reader?.cancel();
      throw new TooLong(`${title} answers with more than ${LONGEST / 1024 / 1024} MiB at once.`);
    }
    return JSON.parse(Buffer.concat(parts).toString('utf8')) as unknown;
  } catch (fault) {
    if (fault instanceof TooLong) throw fault;
    return undefined;
  }
}
