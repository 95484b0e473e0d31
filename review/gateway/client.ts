/** Asks the gateway, in OpenAI's protocol: no tools are offered, nothing else on the network is reached. */
import { CliError, EXIT } from '../../terminal/fault';
import { withoutKeys } from '../../terminal/terminal-text';
import type { Place } from './place';

/** Milliseconds for an answer. */
const PATIENCE_MS = 300_000;
/** Bytes of an answer that are read. */
const LONGEST = 1024 * 1024;
/** How often one question is asked while the gateway has no room, and the longest wait in between, in milliseconds. */
const TRIES = 4;
const LONGEST_WAIT_MS = 65_000;

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; undefined: none, or too much of it. */
  readonly json: unknown;
  readonly isTooLong: boolean;
}

/** The gateway said no to a question, which others may still get an answer to. */
export class Refusal extends CliError {
  constructor(
    /** What the gateway calls it: type and code of its error. */
    readonly kinds: readonly string[],
    message: string,
    status: number,
  ) {
    super(message, EXIT.refused, status);
  }
}

export interface Client {
  /** @throws Refusal, or CliError when the gateway is not reached */
  get(path: string): Promise<Answered>;
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answered>;
}

export interface ClientProps {
  readonly stop?: AbortSignal;
  /** Milliseconds that a wait takes. @default - as long as the gateway says */
  readonly wait?: (ms: number) => Promise<void>;
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

export function connect({ url, key }: Place, { stop, wait = pause }: ClientProps = {}): Client {
  async function send(path: string, init: RequestInit): Promise<Answered> {
    const limits = [AbortSignal.timeout(PATIENCE_MS), ...(stop === undefined ? [] : [stop])];
    let response: Response;
    try {
      response = await fetch(url + path, {
        ...init,
        headers: {
          authorization: `Bearer ${key}`,
          'content-type': 'application/json',
          'user-agent': 'contractor-workspace-review',
          ...init.headers,
        },
        redirect: 'error',
        signal: AbortSignal.any(limits),
      });
    } catch (fault) {
      stop?.throwIfAborted();
      throw unreached(url, fault);
    }
    return { status: response.status, headers: response.headers, ...(await read(response)) };
  }

  async function ask(path: string, init: RequestInit): Promise<Answered> {
    for (let tried = 1; ; tried += 1) {
      const answer = await send(path, init);
      if (answer.status < 400) return answer;
      const mayHaveRoom =
        [429, 503, 529].includes(answer.status) && answer.headers.get('x-should-retry') !== 'false';
      const after = secondsAfter(answer.headers);
      if (!mayHaveRoom || tried >= TRIES || after * 1_000 > LONGEST_WAIT_MS) throw refusalOf(answer);
      await wait(after * 1_000);
    }
  }

  return {
    get: (path) => ask(path, { method: 'GET' }),
    post: (path, body, headers = {}) => ask(path, { method: 'POST', body: JSON.stringify(body), headers }),
  };
}

const secondsAfter = (headers: Headers): number => {
  const seconds = Number(headers.get('retry-after') ?? '2');
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : 2;
};

const unreached = (url: string, fault: unknown): CliError => {
  const isLate = fault instanceof Error && fault.name === 'TimeoutError';
  return new CliError(
    isLate
      ? `The gateway did not answer within ${PATIENCE_MS / 1_000} s at ${url}.`
      : `The gateway does not answer at ${url}. Is AI_GATEWAY_URL right, and the gateway running?`,
    EXIT.unreachable,
  );
};

async function read(response: Response): Promise<Pick<Answered, 'json' | 'isTooLong'>> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  try {
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
      parts.push(part.value);
      length += part.value.length;
      if (length > LONGEST) {
        await reader?.cancel();
        return { json: undefined, isTooLong: true };
      }
    }
    return { json: JSON.parse(Buffer.concat(parts).toString('utf8')) as unknown, isTooLong: false };
  } catch {
    return { json: undefined, isTooLong: false };
  }
}

function refusalOf({ status, json }: Answered): CliError {
  const error = (json as { error?: Readonly<Record<string, unknown>> } | undefined)?.error;
  const kinds = [error?.['type'], error?.['code']].filter((each) => typeof each === 'string');
  const words =
    typeof error?.['message'] === 'string' ? withoutKeys(error['message'].slice(0, 500)) : `status ${status}`;
  const says =
    status === 401 ? `The gateway does not take the key: ${words}` : `The gateway refused: ${words}`;
  return new Refusal(kinds, says, status);
}
