/** The admin listener: state for everybody, all else for administrators only, also to learn what there is. */
import type { Principal } from './admin-keys';
import type { RequestListener } from 'node:http';
import { readiness } from '../endpoints/health';
import { GatewayError } from '../errors';
import { sendJson, type Exchange } from '../http/exchange';
import { listener, methodNotAllowed } from '../http/server';
import { notOffered } from '../http/unserved';
import { HEALTH, type Handler } from '../routes';
import { createDashboard } from '../ui/dashboard';
import type { Services } from '../services';
import { UNOFFERED_ADMINISTRATION, UNOFFERED_CALLS, unofferedAt } from '../errors/unoffered';
import type { Metrics } from '../telemetry/metrics/metrics';
import { ENDPOINTS } from './catalogue';
import { methodsOf, serve, type Endpoint, type Method } from './endpoint';
import { answer, freeObject, string } from './json-schema';
import { METRICS_PATH, sendMetrics } from './metrics-page';
import { pathFields, renderOpenApi, type PlainRoute } from './openapi';
import { identify } from './principal';

const PLAIN: readonly PlainRoute[] = [
  ...HEALTH.flatMap(({ paths, handle }) =>
    paths.map((path) => ({
      method: 'GET' as const,
      path,
      isOpen: true,
      ...(handle === readiness
        ? {
            summary: 'Whether the store answers.',
            statuses: [200, 503],
            answer: answer({ status: string, db: string }),
          }
        : { summary: 'Whether the process lives.', statuses: [200], answer: string }),
    })),
  ),
  {
    method: 'GET',
    path: '/openapi.json',
    summary: 'This document.',
    isOpen: false,
    statuses: [200],
    answer: freeObject,
  },
  {
    method: 'GET',
    path: METRICS_PATH,
    summary:
      'Metrics as text for Prometheus, with the token GATEWAY_METRICS_TOKEN or an admin key of any role; docs/metrics.md lists them.',
    isOpen: false,
    statuses: [200],
    answer: string,
    mediaType: 'text/plain',
  },
];

type Answer = (services: Services, exchange: Exchange, admin: Principal) => Promise<void> | void;

interface Served {
  readonly answer: Answer;
}

export interface AdminListener extends RequestListener {
  /** Ends answers that go on for as long as somebody looks. */
  close(): void;
}

export function adminListener(services: Services, metrics: Metrics): AdminListener {
  const open = new Map<string, Handler>(
    HEALTH.flatMap(({ paths, handle }) => paths.map((path) => [path, handle])),
  );
  const find = adminFinder();
  const dashboard = createDashboard(services);
  const serveAll = listener(services, async (exchange, path) => {
    const handle = exchange.request.method === 'GET' ? open.get(path) : undefined;
    if (handle) return handle(services, exchange);
    if (dashboard.serves(path)) return dashboard.serve(exchange, path);
    if (path === METRICS_PATH) {
      if (exchange.request.method !== 'GET') throw methodNotAllowed(['GET']);
      return sendMetrics(services, exchange, metrics);
    }
    const admin = await identify(services, exchange);
    await find(path, exchange.request.method ?? '').answer(services, exchange, admin);
  });
  return Object.assign(serveAll, { close: () => dashboard.close() });
}

function adminFinder(): (path: string, method: string) => Served {
  const exact = new Map<string, Endpoint>();
  const patterns: { readonly pattern: RegExp; readonly names: string[]; readonly endpoint: Endpoint }[] = [];
  for (const endpoint of ENDPOINTS)
    for (const path of endpoint.paths)
      if (!path.includes('{')) exact.set(path, endpoint);
      else
        patterns.push({
          pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '([^/]+)')}$`),
          names: pathFields(path),
          endpoint,
        });

  const byPath = (path: string): { endpoint: Endpoint; fields: Record<string, string> } | undefined => {
    const endpoint = exact.get(path);
    if (endpoint) return { endpoint, fields: {} };
    for (const { pattern, names, endpoint: matched } of patterns) {
      const parts = pattern.exec(path)?.slice(1);
      if (parts)
        return {
          endpoint: matched,
          fields: Object.fromEntries(names.map((name, at) => [name, decode(parts[at])])),
        };
    }
    return undefined;
  };

  return (path, method) => {
    if (path === '/openapi.json') {
      if (method !== 'GET') throw methodNotAllowed(['GET']);
      return { answer: sendDocument };
    }
    const found = byPath(path);
    if (found === undefined) {
      const kind = unofferedAt(path, UNOFFERED_ADMINISTRATION) ?? unofferedAt(path, UNOFFERED_CALLS);
      throw kind === undefined ? new GatewayError('route_unknown') : notOffered(kind);
    }
    const { endpoint, fields } = found;
    if (!methodsOf(endpoint).includes(method as Method)) throw methodNotAllowed(methodsOf(endpoint));
    return { answer: (services, exchange, admin) => serve(endpoint, services, exchange, admin, fields) };
  };
}

function decode(part = ''): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new GatewayError('route_unknown');
  }
}

const sendDocument: Answer = (_, exchange) => {
  const host = exchange.request.headers.host ?? '';
  // A host header is the caller's; only what can be one is told back.
  const url = /^[\w.:[\]-]+$/.test(host) ? `//${host}` : '/';
  sendJson(exchange, 200, JSON.stringify(renderOpenApi(PLAIN, url)));
};
