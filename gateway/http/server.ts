/** An HTTP listener: takes requests to their routes, and everything that goes wrong on the way to an error answer. */
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { Server as NetServer, type AddressInfo, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { SecureContextOptions } from 'node:tls';
import { GatewayError } from '../errors';
import { describeFault, type Logger } from '../log';
import { sanitize } from '../providers/sanitize';
import { dialectOf, type Route } from '../routes';
import type { Services } from '../services';
import type { TlsFiles } from '../config/tls-files';
import type { TlsSource } from '../config/tls-source';
import type { ConnectionLimits } from './connection-limits';
import { allowOrigin, answerPreflight, isPreflight } from './cors';
import { asGatewayError, sendError, type Exchange } from './exchange';
import { answerParserFault } from './parser-fault';
import { newRequestId } from './request-id';
import { unserved } from './unserved';

export interface Listener {
  /** Where it is reached from this machine. */
  readonly url: string;
  /** Where it listens: `0.0.0.0` is every address of the machine, `[::]` as well, those of IPv6 included. */
  readonly address: string;
  /** Host and port of each of the machine's addresses, when it listens on every one; empty otherwise. */
  readonly waysIn: readonly string[];
  /**
   * Stops accepting, and answers on open connections for so many milliseconds, each for the last time: a client that
   * keeps one open comes back by a new one, where a successor is.
   */
  linger(ms: number): Promise<void>;
  /** Stops accepting; resolves when the last request is answered, or cut off after so many milliseconds. */
  close(limitMs: number): Promise<void>;
}

/** The listener cannot be opened; the message says why and what to do. */
export class ListenError extends Error {}

/** Bytes of a request's head. */
const LONGEST_HEAD = 32 * 1024;
/** Milliseconds a connection may be idle; longer than the load balancers in front, so that theirs is not cut off. */
const KEEP_ALIVE_MS = 75_000;

/** Milliseconds that a connection gets, once the listener closes, to finish the head of its first request. */
const FIRST_REQUEST_MS = 500;

type Serve = (exchange: Exchange, path: string) => Promise<void> | void;

export function dataListener(services: Services, routes: readonly Route[]): RequestListener {
  const served = finder(routes);
  const { corsOrigins } = services.settings;
  return listener(services, (exchange, path) => {
    if (allowOrigin(exchange, corsOrigins) && isPreflight(exchange)) {
      const methods = served.methodsAt(path);
      if (methods.length > 0) return answerPreflight(exchange, methods);
    }
    return served.find(path, exchange.request.method ?? '').handle(services, exchange);
  });
}

/** Whatever `serve` throws becomes an error answer, in the dialect of the path. */
export function listener(services: Services, serve: Serve): RequestListener {
  return (request, response) => {
    const exchange: Exchange = { id: newRequestId(), request, response };
    // A connection that breaks is noticed by "close"; its errors say nothing more.
    response.on('error', () => {});
    // bounded: a header or an address is no longer than Node takes
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const fail = (fault: unknown): void => {
      const error = asGatewayError(fault);
      if (error.code === 'internal_error')
        services.logger.error('request failed by a fault of the gateway', {
          request_id: exchange.id,
          ...describeFault(fault),
        });
      else
        services.logger.info('request refused', {
          request_id: exchange.id,
          status: error.status,
          error: error.code,
        });
      sendError(exchange, error, dialectOf(path, request.headers));
    };
    try {
      if (request.headers.host === undefined && request.httpVersion === '1.1')
        throw new GatewayError('host_missing');
      Promise.resolve(serve(exchange, path)).then(() => noteAnswer(services.logger, exchange, path), fail);
    } catch (fault) {
      fail(fault);
    }
  };
}

/** So that every id a client may ask about is in the log; probes come too often to be worth more than a detail. */
function noteAnswer(logger: Logger, { id, isLogged, request, response }: Exchange, path: string): void {
  if (isLogged) return;
  const level = path.startsWith('/health') ? 'debug' : 'info';
  // Some paths of LiteLLM's have a key in them.
  const named = sanitize(path).slice(0, 128);
  logger[level]('request', {
    request_id: id,
    method: request.method,
    path: named,
    status: response.statusCode,
  });
}

const BELOW = '/*';

const isBelow = (path: string, pattern: string): boolean => path.startsWith(pattern.slice(0, -1));

interface Finder {
  readonly find: (path: string, method: string) => Route;
  readonly methodsAt: (path: string) => readonly string[];
}

function finder(routes: readonly Route[]): Finder {
  const byPath = new Map<string, Map<string, Route>>();
  const below = routes.flatMap(({ paths }) => paths.filter((path) => path.endsWith(BELOW)));
  for (const route of routes)
    for (const path of route.paths) {
      const methods = byPath.get(path) ?? new Map<string, Route>();
      byPath.set(path, methods.set(route.method, route));
    }
  const methodsOf = (path: string): ReadonlyMap<string, Route> | undefined =>
    byPath.get(path) ?? byPath.get(below.find((each) => isBelow(path, each)) ?? '');
  return {
    find(path, method) {
      const methods = methodsOf(path);
      if (methods === undefined) throw unserved(path, (other) => methodsOf(other) !== undefined);
      const route = methods.get(method);
      if (route === undefined) throw methodNotAllowed([...methods.keys()]);
      return route;
    },
    methodsAt: (path) => [...(methodsOf(path)?.keys() ?? [])],
  };
}

export function methodNotAllowed(allowed: readonly string[]): GatewayError {
  const allow = allowed.join(', ');
  return new GatewayError('method_not_allowed', {
    message: `Method not allowed: this path takes ${allow}.`,
    headers: { allow },
  });
}

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** The variable that sets the port, for the error that says it is taken. */
  readonly portVariable: string;
  readonly tls: TlsSource | undefined;
  readonly limits: ConnectionLimits;
  readonly logger: Logger;
}

/** Said here since Node's own default may be lowered from outside. */
const contextOf = ({ cert, key }: TlsFiles): SecureContextOptions => ({ cert, key, minVersion: 'TLSv1.2' });

export async function listen(handle: RequestListener, options: ListenOptions): Promise<Listener> {
  const { host, port, tls, limits, logger } = options;
  const http = {
    maxHeaderSize: LONGEST_HEAD,
    headersTimeout: limits.headMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: limits.connectionsCheckMs,
    // Node's own refusal would have no id; the listener has one.
    requireHostHeader: false,
  };
  const secured = (source: TlsSource): Server => {
    const made = createHttpsServer(
      { ...http, handshakeTimeout: limits.headMs, ...contextOf(source.current) },
      handle,
    );
    source.whenChanged((files) => made.setSecureContext(contextOf(files)));
    return made;
  };
  const server = tls === undefined ? createHttpServer(http, handle) : secured(tls);
  server.on('clientError', (fault, socket) => answerParserFault(logger, fault, socket));
  let isLingering = false;
  server.prependListener('request', (_, response) => {
    if (isLingering) response.shouldKeepAlive = false;
  });
  const silent = trackSilent(server, tls === undefined ? 'connection' : 'secureConnection');
  await new Promise<void>((resolve, reject) => {
    server.once('error', (fault: NodeJS.ErrnoException) => reject(new ListenError(explain(fault, options))));
    server.listen(port, host, resolve);
  });
  // A name has become an address, and port 0 a port.
  const { address, port: actual } = server.address() as AddressInfo;
  return {
    url: `${tls ? 'https' : 'http'}://${reachable(host)}:${actual}`,
    address: `${bracketed(address)}:${actual}`,
    waysIn: waysTo(address).map((each) => `${bracketed(each)}:${actual}`),
    linger: async (ms) => {
      if (ms === 0) return;
      isLingering = true;
      // That of HTTP would end idle connections, on which a request may be under way.
      NetServer.prototype.close.call(server);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        server.once('close', () => {
          clearTimeout(timer);
          resolve();
        });
      });
    },
    close: (limitMs) => closeServer(server, silent, limitMs),
  };
}

function explain(fault: NodeJS.ErrnoException, { host, port, portVariable }: ListenOptions): string {
  switch (fault.code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is in use. Stop what listens there, or set ${portVariable} to another port.`;
    case 'EACCES':
      return `Port ${port} may not be opened by this user. Set ${portVariable} to a port above 1023.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      // bounded: whoever runs the gateway sets it
      return `${host} is not an address of this machine. Set ${portVariable.replace('PORT', 'HOST')} to one that is.`;
    default:
      return `Port ${port} on ${host} cannot be opened: ${fault.code ?? fault.message}.`;
  }
}

function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return bracketed(host);
}

/** Those of the link alone are no way in for a client: they need the name of an interface as well. */
function waysTo(address: string): string[] {
  if (address !== '0.0.0.0' && address !== '::') return [];
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, address: each }) =>
      address === '0.0.0.0' ? family === 'IPv4' : each.slice(0, 5).toLowerCase() !== 'fe80:',
    )
    .map(({ address: each }) => each);
}

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/** Connections that have not asked for anything yet; clients open them ahead of need. Node counts them as busy. */
function trackSilent(server: Server, event: 'connection' | 'secureConnection'): ReadonlySet<Socket> {
  const silent = new Set<Socket>();
  server.on(event, (socket: Socket) => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });
  server.on('request', ({ socket }: IncomingMessage) => silent.delete(socket));
  return silent;
}

function closeServer(server: Server, silent: ReadonlySet<Socket>, limitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cutOff = setTimeout(() => server.closeAllConnections(), limitMs);
    // A connection kept alive turns idle only when its last answer is through.
    const sweep = setInterval(() => server.closeIdleConnections(), 50);
    const hush = setTimeout(() => silent.forEach((socket) => socket.destroy()), FIRST_REQUEST_MS);
    server.close(() => {
      clearTimeout(cutOff);
      clearInterval(sweep);
      clearTimeout(hush);
      resolve();
    });
  });
}
