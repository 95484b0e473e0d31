/** Asks a listener of the site's: bounded in time and length, and never with more than one answer. */
import { rootCertificates } from 'node:tls';
import { Agent, request } from 'undici';

export interface Address {
  readonly url: string;
  /** Name that the certificate has to have, where the address has another. */
  readonly servername?: string;
  /** PEM of what is trusted beside the public authorities. */
  readonly authority?: string;
}

export interface Question {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly signal: AbortSignal;
  /** Milliseconds. @default 10 s */
  readonly limitMs?: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Undefined: no JSON. */
  readonly json: unknown;
  /** Milliseconds from question to answer, and this machine's clock half-way between. */
  readonly tookMs: number;
  readonly at: Date;
}

const LIMIT_MS = 10_000;
/** Bytes. */
const LONGEST = 4 * 1024 * 1024;

/** Why nobody has answered: completes "… does not answer". */
export class NoAnswer extends Error {}

/** @throws NoAnswer */
export async function ask({ url, ...how }: Address, question: Question): Promise<Answer> {
  const { method = 'GET', headers = {}, body, signal, limitMs = LIMIT_MS } = question;
  const agent = new Agent({ connect: connectionOf(how) });
  const began = Date.now();
  try {
    const response = await request(url, {
      method,
      dispatcher: agent,
      signal: AbortSignal.any([signal, AbortSignal.timeout(limitMs)]),
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of response.body) {
      length += (chunk as Buffer).length;
      if (length > LONGEST) throw new NoAnswer('it answers with more than can be read');
      chunks.push(chunk as Buffer);
    }
    const ended = Date.now();
    return {
      status: response.statusCode,
      headers: response.headers,
      json: parsed(Buffer.concat(chunks).toString('utf8')),
      tookMs: ended - began,
      at: new Date((began + ended) / 2),
    };
  } catch (thrown) {
    throw thrown instanceof NoAnswer ? thrown : new NoAnswer(reasonOf(thrown, limitMs));
  } finally {
    await agent.destroy().catch(() => {});
  }
}

/** What `tls.connect` takes of an address. */
export const connectionOf = ({ servername, authority }: Omit<Address, 'url'>) => ({
  ...(servername === undefined ? {} : { servername }),
  // Naming one takes the place of those that are known.
  ...(authority === undefined ? {} : { ca: [...rootCertificates, authority] }),
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'its name leads nowhere from here',
  EHOSTUNREACH: 'there is no way to it from here',
  ECONNRESET: 'it closes the connection',
  UND_ERR_SOCKET: 'it closes the connection',
  UND_ERR_CONNECT_TIMEOUT: 'it does not answer',
  EAI_AGAIN: 'its name leads nowhere from here just now',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for other names',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'nobody who is trusted here has signed its certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'nobody who is trusted here has signed its certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'nobody who is trusted here has signed its certificate',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'nobody who is trusted here has signed its certificate',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it speaks no TLS: its address begins with http://',
  HPE_INVALID_CONSTANT: 'it speaks no HTTP: perhaps TLS, whose addresses begin with https://',
};

/** In words, of a fault of connecting. */
export function reasonOf(thrown: unknown, limitMs = LIMIT_MS): string {
  const { name, code, cause, message = '' } = thrown as NodeJS.ErrnoException & { cause?: { code?: string } };
  if (name === 'TimeoutError') return `no answer within ${limitMs / 1_000} seconds`;
  if (name === 'AbortError') return 'the time for all checks was over';
  const found = code ?? cause?.code ?? '';
  return REASONS[found] ?? (found === '' ? message.slice(0, 200) : found);
}
