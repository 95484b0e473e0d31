/** One HTTP request and its answer: credentials, body, JSON out, errors out. */
import { isAscii } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { GatewayError, renderErrorBody, type ErrorDialect } from '../errors';

export interface Exchange {
  readonly id: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Set by whoever writes the log line of this request; the listener writes one for the rest. */
  isLogged?: boolean;
}

/** The credential of a request, from `Authorization: Bearer …` or `x-api-key`; undefined when there is none. */
export function credentialOf({ request }: Exchange): string | undefined {
  // bounded: a header or an address is no longer than Node takes
  const bearer = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  const key = request.headers['x-api-key'];
  return typeof key === 'string' && key !== '' ? key : undefined;
}

/** Headers of every answer: the id under our own name, under Anthropic's and under LiteLLM's. */
export const identify = (id: string): Record<string, string> => ({
  'x-request-id': id,
  'request-id': id,
  'x-litellm-call-id': id,
});

type Headers = Readonly<Record<string, string>>;

/** Answers with JSON text. */
export function sendJson(
  { id, response }: Exchange,
  status: number,
  body: string,
  headers: Headers = {},
): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    ...headers,
    ...identify(id),
  });
  response.end(body);
}

/** Gives the client so many milliseconds to read the rest of an ended answer, which fills memory until then. */
export function cutOffUnread(response: ServerResponse, limitMs: number): void {
  if (response.writableLength === 0) return;
  // Not the connection's own idle time, which whatever the client sends would begin anew.
  const timer = setTimeout(() => response.destroy(), limitMs);
  response.once('close', () => clearTimeout(timer));
}

/** Answers with an error, or cuts the answer off when one has begun already. */
export function sendError(
  exchange: Exchange,
  error: GatewayError,
  dialect: ErrorDialect,
  headers: Headers = {},
): void {
  if (exchange.response.headersSent) exchange.response.destroy();
  else
    sendJson(exchange, error.status, renderErrorBody(error, dialect, exchange.id), {
      ...headers,
      ...error.headers,
    });
}

/** The whole body, at most so many bytes. */
export const readBody = async (exchange: Exchange, limit: number): Promise<Buffer> =>
  Buffer.concat(await readChunks(exchange, limit));

/** The whole body as it came, at most so many bytes. */
export function readChunks({ request }: Exchange, limit: number): Promise<Buffer[]> {
  return new Promise((resolve, reject) => {
    const tooLarge = () =>
      reject(
        new GatewayError('body_too_large', {
          message: `The request body is larger than the ${limit} bytes this gateway accepts.`,
        }),
      );
    if (Number(request.headers['content-length'] ?? 0) > limit) return tooLarge();
    let chunks: Buffer[] = [];
    let size = 0;
    let isWhole = false;
    const broken = (): void => {
      // Every request closes in the end, and an error is dear to make: it records where it was made.
      if (!isWhole) reject(new GatewayError('body_incomplete'));
    };
    // A client may have gone while its key was looked up: then nothing more is heard of the request.
    if (request.destroyed) return broken();
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) {
        request.removeAllListeners('data');
        request.resume();
        return tooLarge();
      }
      chunks.push(chunk);
    });
    request.on('end', () => {
      isWhole = true;
      resolve(chunks);
      // The request stays until it is answered, and its listeners with it.
      chunks = [];
    });
    request.on('error', broken);
    request.on('close', broken);
  });
}

/**
 * What a body says, as text; bytes that are no UTF-8 become U+FFFD.
 *
 * @param isPlain whether it is ASCII, as most are; that is told in a tenth of the time that decoding saves
 */
export const textOf = (body: Buffer, isPlain = isAscii(body)): string =>
  body.toString(isPlain ? 'latin1' : 'utf8');

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the body, which is content.
    throw new GatewayError('body_not_json');
  }
}

/** A fault as the client may see it: one of the table, or the plain admission that ours it was. */
export function asGatewayError(fault: unknown): GatewayError {
  if (fault instanceof GatewayError) return fault;
  if (fault instanceof RangeError && fault.message.includes('call stack'))
    return new GatewayError('body_too_deep');
  return new GatewayError('internal_error', { cause: fault });
}
