/** Sends alerts to a webhook: over https, to an address that is allowed, without following where it points to. */
import { createHmac } from 'node:crypto';
import { isIP } from 'node:net';
import { Agent, request } from 'undici';
import type { WebhookChannel } from '../config/alert-channels';
import { DELIVERY_LIMIT_MS, type AlertMessage, type DeliveryResult, type Sender } from './alert-message';
import type { AllowedAddresses } from './allowed-addresses';
import { describeDeliveryFault, TOO_SLOW } from './delivery-fault';
import { WEBHOOK_SHAPES } from './webhook-shapes';

/** Bytes of an answer that are read; nothing of it is needed. */
const LONGEST_ANSWER = 4 * 1024;
/** Milliseconds that a receiver may ask for. */
const LONGEST_WAIT_MS = 3_600_000;

export interface SenderOptions {
  readonly addresses: AllowedAddresses;
  /** PEM text of authorities beside the well-known ones. */
  readonly authorities: readonly string[] | undefined;
  readonly now: () => Date;
  /** Milliseconds. @default DELIVERY_LIMIT_MS */
  readonly limitMs?: number;
}

/** `t=<seconds>,v1=<hex>`: HMAC-SHA256 of `<seconds>.<body>` with the secret, as docs/alerts.md says. */
export const signatureOf = (secret: string, seconds: number, body: string): string =>
  `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;

export function createWebhookSender(
  { kind, url, secret }: WebhookChannel,
  { addresses, authorities, now, limitMs = DELIVERY_LIMIT_MS }: SenderOptions,
): Sender {
  const { hostname } = new URL(url);
  const agent = new Agent({
    connect: {
      timeout: limitMs,
      lookup: addresses.lookup,
      ...(authorities === undefined ? {} : { ca: [...authorities] }),
    },
    headersTimeout: limitMs,
    bodyTimeout: limitMs,
    maxHeaderSize: 16 * 1024,
    // Few and far between: the other side would have closed it meanwhile.
    keepAliveTimeout: 1_000,
    pipelining: 1,
  });

  async function post(message: AlertMessage, signal: AbortSignal): Promise<DeliveryResult> {
    // What is an address already is looked up by no socket.
    const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
    if (isIP(bare) !== 0) await addresses.find(bare);
    const body = JSON.stringify(WEBHOOK_SHAPES[kind](message));
    const seconds = Math.floor(now().getTime() / 1_000);
    const signed =
      kind === 'json' && secret !== undefined
        ? { 'x-alert-signature': signatureOf(secret, seconds, body) }
        : {};
    const {
      statusCode,
      headers,
      body: answer,
    } = await request(url, {
      method: 'POST',
      dispatcher: agent,
      signal,
      body,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'contractor-workspace-alerts',
        'x-alert-id': message.event,
        ...signed,
      },
    });
    let read = 0;
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      read += chunk.length;
      if (read > LONGEST_ANSWER) break;
    }
    if (statusCode >= 200 && statusCode < 300) return { ok: true };
    const waitMs = waitOf(headers['retry-after'], now());
    if (statusCode >= 300 && statusCode < 400)
      return { ok: false, fault: `answered with a redirect (${statusCode}), and none is followed` };
    return {
      ok: false,
      fault: `answered with status ${statusCode}`,
      ...(waitMs === undefined ? {} : { waitMs }),
    };
  }

  return {
    async send(message) {
      const signal = AbortSignal.timeout(limitMs);
      try {
        return await post(message, signal);
      } catch (fault) {
        return { ok: false, fault: signal.aborted ? TOO_SLOW : describeDeliveryFault(fault) };
      }
    },
    close: () => agent.destroy(),
  };
}

function waitOf(value: string | string[] | undefined, now: Date): number | undefined {
  const text = [value].flat()[0]?.slice(0, 64) ?? '';
  // bounded: cut above
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now.getTime();
  return Number.isFinite(ms) && ms > 0 ? Math.min(ms, LONGEST_WAIT_MS) : undefined;
}
