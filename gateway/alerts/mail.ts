/** Sends alerts by mail: as text, with what goes along, always over TLS, to an address that is allowed. */
import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { createTransport } from 'nodemailer';
import type { MailChannel } from '../config/alert-channels';
import { DELIVERY_LIMIT_MS, type AlertMessage, type Sender } from './alert-message';
import { describeDeliveryFault, TOO_SLOW } from './delivery-fault';
import type { SenderOptions } from './webhook';
import { asText } from './words';

const IMPLICIT_TLS_PORT = 465;
const STARTTLS_PORT = 587;

export function createMailSender(
  { smtpUrl, from, to }: MailChannel,
  { addresses, authorities, limitMs = DELIVERY_LIMIT_MS }: Omit<SenderOptions, 'now'>,
): Sender {
  const url = new URL(smtpUrl);
  const secure = url.protocol === 'smtps:';
  const hostname = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname;
  const user = decodeURIComponent(url.username);

  async function post(message: AlertMessage, signal: AbortSignal): Promise<void> {
    const [address] = await within(signal, addresses.find(hostname));
    const transport = createTransport({
      // The one that was looked at; the certificate is still that of the name.
      host: address?.address ?? hostname,
      port: url.port === '' ? (secure ? IMPLICIT_TLS_PORT : STARTTLS_PORT) : Number(url.port),
      secure,
      requireTLS: true,
      tls: {
        ...(isIP(hostname) === 0 ? { servername: hostname } : {}),
        ...(authorities === undefined ? {} : { ca: [...authorities] }),
        minVersion: 'TLSv1.2',
      },
      ...(user === '' ? {} : { auth: { user, pass: decodeURIComponent(url.password) } }),
      connectionTimeout: limitMs,
      greetingTimeout: limitMs,
      socketTimeout: limitMs,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    // A server that answers a line at a time is never silent for long.
    const mail = { ...mailOf(message, from, to), signal };
    await transport.sendMail(mail);
  }

  return {
    async send(message) {
      const signal = AbortSignal.timeout(limitMs);
      try {
        await post(message, signal);
        return { ok: true };
      } catch (fault) {
        return { ok: false, fault: signal.aborted ? TOO_SLOW : describeMailFault(fault) };
      }
    },
    close: () => Promise.resolve(),
  };
}

/** A look-up cannot be called off. */
const within = <T>(signal: AbortSignal, work: Promise<T>): Promise<T> =>
  new Promise((done, fail) => {
    signal.addEventListener('abort', () => fail(new Error(TOO_SLOW)), { once: true });
    work.then(done, fail);
  });

/** What the server says is left out: it may repeat what it was given. */
function describeMailFault(fault: unknown): string {
  const { responseCode } = (fault ?? {}) as { responseCode?: unknown };
  const words = describeDeliveryFault(fault);
  return typeof responseCode === 'number' ? `${words} (${responseCode})` : words;
}

export function mailOf(message: AlertMessage, from: string, to: readonly string[]) {
  const { words, severity, event, raisedAt, files = [] } = message;
  const html = files.find(({ type }) => type === 'text/html')?.body;
  const title = asText(words.title);
  const domain = from.slice(from.lastIndexOf('@') + 1);
  return {
    from,
    to: [...to],
    subject: `[${severity}] ${title}`,
    text: [
      title,
      '',
      ...words.facts.map(([label, value]) => `${label}: ${asText(value)}`),
      `Time: ${raisedAt.toISOString()}`,
      '',
      words.whatToDo,
      '',
      `Alert ${event}`,
      '',
    ].join('\n'),
    ...(html === undefined ? {} : { html }),
    attachments: files
      .filter(({ type }) => type !== 'text/html')
      .map(({ name, type, body }) => ({
        filename: name,
        contentType: `${type}; charset=utf-8`,
        content: body,
      })),
    date: raisedAt,
    // The same for each attempt, so that mail programs show it once.
    messageId: `<${createHash('sha256').update(event).digest('hex').slice(0, 40)}@${domain}>`,
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Alert-Id': event },
  };
}
