/** A mail server: real SMTP with TLS, which keeps what it takes, taken apart. */
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { startAlertReceiver } from './alert-receiver';
import { eventually } from './gateway';

export interface MailPart {
  readonly headers: Readonly<Record<string, string>>;
  /** Without what it was wrapped in on its way. */
  readonly text: string;
}

export interface ReceivedMail {
  readonly to: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  /** That hold text themselves, in their order. */
  readonly parts: readonly MailPart[];
}

export interface MailReceiver {
  /** For a gateway's environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly mails: ReceivedMail[];
  /** Whether mails are refused just now. */
  isAway: boolean;
  /** Once there are so many. */
  many(count: number): Promise<readonly ReceivedMail[]>;
  close(): Promise<void>;
}

export const MAIL_PASSWORD = 'mail-secret-0123456789abcdef';

export async function startMailReceiver(): Promise<MailReceiver> {
  const files = await startAlertReceiver();
  const mails: ReceivedMail[] = [];
  const receiver: MailReceiver = {
    env: {},
    mails,
    isAway: false,
    many: (count) => eventually(() => (mails.length >= count ? mails : undefined)),
    async close() {
      await new Promise<void>((done) => server.close(() => done()));
      await files.close();
    },
  };
  const server = new SMTPServer({
    ...files.certificate,
    secure: true,
    onAuth: ({ username, password }, _, tell) =>
      password === MAIL_PASSWORD ? tell(null, { user: username }) : tell(new Error('no')),
    onMailFrom: (_, __, tell) => (receiver.isAway ? tell(new Error('away')) : tell()),
    onData(stream, session, tell) {
      let text = '';
      stream.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map(({ address }) => address);
        const whole = partOf(text);
        mails.push({ to, headers: whole.headers, parts: partsOf(whole) });
        tell();
      });
    },
  });
  server.on('error', () => {});
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
  const { port } = server.server.address() as AddressInfo;
  return Object.assign(receiver, {
    env: {
      ALERT_SMTP_URL: `smtps://gateway:${MAIL_PASSWORD}@localhost:${port}`,
      ALERT_MAIL_FROM: 'gateway@example.com',
      ALERT_MAIL_TO: 'boss@example.com,ops@example.com',
      ALERT_PRIVATE_HOSTS: 'localhost',
      ALERT_CA: files.authority,
    },
  });
}

/** A part as it came: its headers, and what is behind the empty line. */
function partOf(text: string): MailPart {
  const at = text.indexOf('\r\n\r\n');
  const head = text.slice(0, at).replace(/\r\n[ \t]+/g, ' ');
  const headers = Object.fromEntries(
    head
      .split('\r\n')
      .map((line) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
  );
  return { headers, text: text.slice(at + 4) };
}

function partsOf({ headers, text }: MailPart): MailPart[] {
  const boundary = /boundary="?([^";]+)/.exec(headers['content-type'] ?? '')?.[1];
  if (boundary !== undefined)
    return text
      .split(`--${boundary}`)
      .slice(1, -1)
      .flatMap((each) => partsOf(partOf(each.replace(/^\r\n/, ''))));
  return [{ headers, text: unwrapped(text, headers['content-transfer-encoding'] ?? '7bit') }];
}

function unwrapped(text: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(text, 'base64').toString('utf8');
  if (encoding !== 'quoted-printable') return Buffer.from(text, 'latin1').toString('utf8');
  const bytes = text
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
