/** What Node's HTTP parser refuses never becomes a request; it is answered and logged like any other refusal. */
import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { GatewayError, renderErrorBody, type ErrorCode } from '../errors';
import type { Logger } from '../log';
import { dialectOf } from '../routes';
import { identify } from './exchange';
import { newRequestId } from './request-id';

/** https://nodejs.org/api/http.html#event-clienterror and, for the names, the parser itself. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_too_slow',
};

/** Milliseconds the answer gets to be read before the connection is cut. */
const LINGER_MS = 1_000;

interface ParserFault extends Error {
  readonly code?: string;
  /** The bytes the parser was at. */
  readonly rawPacket?: Buffer;
}

/** Where Node keeps the answer that a connection is at; no public name leads to it. */
interface Connection extends Duplex {
  readonly _httpMessage?: ServerResponse | null;
}

export function answerParserFault(logger: Logger, fault: ParserFault, socket: Connection): void {
  // The client has gone, or is in the middle of an answer: bytes of another one would spoil it.
  if (fault.code === 'ECONNRESET' || !socket.writable || socket._httpMessage?.headersSent) {
    socket.destroy();
    return;
  }
  const error = new GatewayError(CODES[fault.code ?? ''] ?? 'http_malformed');
  const id = newRequestId();
  logger.info('request refused', {
    request_id: id,
    status: error.status,
    error: error.code,
    cause: fault.code,
  });
  const body = renderErrorBody(error, dialectOf(pathIn(fault.rawPacket)), id);
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    'cache-control': 'no-store',
    ...error.headers,
    ...identify(id),
  };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}\r\n${head.join('')}\r\n${body}`);
  // The other side need not close: what it goes on sending must not keep the connection.
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

/** Empty when the bytes do not begin with a request line. */
const pathIn = (bytes: Buffer | undefined): string =>
  // bounded: the 256 bytes it is cut to
  /^[A-Z]+ (\/[^\s?]*)/.exec(bytes?.toString('latin1', 0, 256) ?? '')?.[1] ?? '';
