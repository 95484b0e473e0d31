/**
 * Metrics by OTLP, at every interval: loaded only where they are on. Nothing waits in line: what did not arrive is told by
 * the next delivery, since each tells all that was counted so far. So memory stays what it is, and nobody waits for it.
 */
import { randomUUID } from 'node:crypto';
import { setImmediate as pause, setTimeout as delay } from 'node:timers/promises';
import type { HrTime } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { describeFault, type Logger } from '../../log';
import { deliverMetrics, type Delivery } from '../otlp/deliver';
import type { OtlpEndpoint } from '../otlp/endpoint';
import { checkOtlp, lookAtOtlp } from '../otlp/endpoint-look';
import { EndpointStanding } from '../otlp/endpoint-standing';
import type { Exporter } from '../otlp/exporters';
import type { ExportSettings } from './export-settings';
import { piecesOf, type Piece } from './otlp-points';
import type { Readout } from './readout';

export interface MetricExport extends Exporter {
  /** Tells the last figures, for so many milliseconds at most. */
  close(limitMs: number): Promise<void>;
}

const LONGEST_WAIT_MS = 600_000;
const MS_A_SECOND = 1_000;
const NS_A_MS = 1_000_000;

export function startExport(
  endpoint: OtlpEndpoint,
  { intervalMs, timeoutMs, resource: attributes }: ExportSettings,
  read: () => Promise<readonly Readout[]>,
  logger: Logger,
): MetricExport {
  const standing = new EndpointStanding(endpoint, 'metrics', logger);
  // Without it, processes of one gateway would be one, whose figures jump.
  const resource = resourceFromAttributes({ 'service.instance.id': randomUUID(), ...attributes });
  const from = now();
  let waiting = 0;
  let notBefore = 0;
  let run: Promise<void> | undefined;

  checkOtlp(standing, logger).catch((fault: unknown) =>
    logger.warn('the endpoint of metrics was not looked at', { ...describeFault(fault) }),
  );
  const timer = setInterval(() => {
    if (run !== undefined || performance.now() < notBefore) return;
    run = send()
      .catch((fault: unknown) => logger.warn('metrics were not sent', { ...describeFault(fault) }))
      .finally(() => (run = undefined));
  }, intervalMs).unref();

  async function send(): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    const pieces = [...piecesOf(await read(), resource, { from, to: now() })];
    waiting = pieces.reduce((all, { count }) => all + count, 0);
    for (const piece of pieces) {
      const leftMs = Math.floor(deadline - performance.now());
      if (leftMs <= 0) {
        standing.away(`not all arrived within ${timeoutMs} ms`);
        break;
      }
      const delivery = await sendPiece(piece, Math.min(leftMs, endpoint.timeoutMs));
      if (delivery.outcome === 'away') {
        notBefore = performance.now() + Math.min(delivery.waitMs ?? 0, LONGEST_WAIT_MS);
        break;
      }
      // Calls go first.
      await pause();
    }
    standing.dropped += waiting;
    waiting = 0;
  }

  async function sendPiece({ metrics, count }: Piece, limitMs: number): Promise<Delivery> {
    const delivery = await deliverMetrics({ ...endpoint, timeoutMs: limitMs }, metrics, count);
    if (delivery.outcome !== 'taken') {
      standing.away(delivery.reason);
      if (delivery.outcome === 'away') return delivery;
    } else standing.up();
    const rejected = delivery.outcome === 'taken' ? delivery.rejected : count;
    standing.dropped += rejected;
    standing.delivered += count - rejected;
    waiting -= count;
    return delivery;
  }

  return {
    host: standing.host,
    figures: () => standing.figures(waiting),
    look: () => lookAtOtlp(endpoint),
    async close(limitMs) {
      clearInterval(timer);
      // Who was away may well be still.
      const last = (run ?? Promise.resolve()).then(() => (standing.isUp === false ? undefined : send()));
      await Promise.race([last.catch(() => {}), delay(limitMs, undefined, { ref: false })]);
    },
  };
}

function now(): HrTime {
  const ms = Date.now();
  const seconds = Math.floor(ms / MS_A_SECOND);
  return [seconds, (ms - seconds * MS_A_SECOND) * NS_A_MS];
}
