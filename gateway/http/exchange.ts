/** One HTTP request and its answer: credentials, text in, JSON out, errors out. */
import { isAscii } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { GatewayError, renderErrorBody, type ErrorDialect } from '../errors';
import { endBeforeRest, isLongRest, restOf } from './unread-body';

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

/** Answers with JSON text, whether or not the request's body was read. */
export function sendJson(
  { id, request, response }: Exchange,
  status: number,
  body: string,
  headers: Headers = {},
): void {
  const rest = restOf(request);
  const isClosing = isLongRest(rest) || headers['connection'] === 'close';
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    ...headers,
    ...(isClosing ? { connection: 'close' } : {}),
    ...identify(id),
  });
  if (rest > 0) endBeforeRest(request, response, body, isClosing);
  else response.end(body);
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
