/**
 * `GET /metrics`: for Prometheus, which sends a token of its own (GATEWAY_METRICS_TOKEN) or nothing; an admin key of any
 * role opens it as well. To everybody who reaches the listener only where GATEWAY_METRICS_ACCESS says so.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { credentialOf, sendJson, type Exchange } from '../http/exchange';
import type { Services } from '../services';
import type { Metrics } from '../telemetry/metrics/metrics';
import { identify } from './principal';

export const METRICS_PATH = '/metrics';

export async function sendMetrics(services: Services, exchange: Exchange, metrics: Metrics): Promise<void> {
  if (!mayRead(services, exchange)) await identify(services, exchange);
  sendJson(exchange, 200, await metrics.page(), { 'content-type': metrics.contentType });
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

function mayRead({ settings }: Services, exchange: Exchange): boolean {
  const { metricsAccess, metricsToken } = settings;
  if (metricsAccess === 'open') return true;
  const credential = credentialOf(exchange);
  if (metricsToken === undefined || credential === undefined) return false;
  return timingSafeEqual(digest(credential), digest(metricsToken));
}
