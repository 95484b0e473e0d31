/** Alerts by mail, to a real SMTP server. */
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { rootCertificates } from 'node:tls';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { AlertMessage } from '../../../gateway/alerts/alert-message';
import { createAllowedAddresses } from '../../../gateway/alerts/allowed-addresses';
import { createMailSender } from '../../../gateway/alerts/mail';
import { startAlertReceiver, type AlertReceiver } from '../support/alert-receiver';

const PASSWORD = 'p@ss%word-0123456789';
const USER = 'alerts@example.com';

let files: AlertReceiver;
const closers: (() => Promise<void>)[] = [];
beforeAll(async () => {
  files = await startAlertReceiver();
});
afterAll(async () => {
  for (const close of closers) await close();
  await files.close();
});

interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
  readonly secure: boolean;
}

async function serve(options: SMTPServerOptions = {}): Promise<{ mails: Mail[]; port: number }> {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    ...files.certificate,
    onAuth({ username, password }, _, tell) {
      if (username === USER && password === PASSWORD) tell(null, { user: username });
      else tell(new Error(`no such user ${password}`));
    },
    onData(stream, session, tell) {
      let text = '';
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          text,
          secure: session.secure,
        });
        tell();
      });
    },
    ...options,
  });
  server.on('error', () => {});
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
  closers.push(() => new Promise((done) => server.close(() => done())));
  return { mails, port: (server.server.address() as AddressInfo).port };
}

const message: AlertMessage = {
  event: 'budget/7/2026-11-28/80',
  kind: 'budget_step',
  severity: 'warning',
  subject: 'key/0123456789ab',
  raisedAt: new Date('2026-11-28T08:00:00Z'),
  words: {
    title: ['The key ', { name: 'Bcc: x@example.com é' }, ' has used 80 % of its budget.'],
    facts: [['Spent', ['$8.00 of $10.00']]],
    whatToDo: 'Nothing.',
  },
};

interface Sending {
  readonly scheme?: string;
  readonly port: number;
  readonly password?: string;
  readonly named?: string;
  readonly trusted?: boolean;
  readonly limitMs?: number;
}

function send({
  scheme = 'smtp',
  port,
  password = PASSWORD,
  named = 'localhost',
  trusted = true,
  limitMs,
}: Sending) {
  const sender = createMailSender(
    {
      kind: 'mail',
      name: 'mail',
      smtpUrl: `${scheme}://${encodeURIComponent(USER)}:${encodeURIComponent(password)}@localhost:${port}`,
      from: 'gateway@example.com',
      to: ['ops@example.com', 'boss@example.com'],
    },
    {
      addresses: createAllowedAddresses(new Set([named])),
      authorities: trusted ? [...rootCertificates, readFileSync(files.authority, 'utf8')] : undefined,
      ...(limitMs === undefined ? {} : { limitMs }),
    },
  );
  return sender.send(message);
}

test.each([
  ['smtp', false],
  ['smtps', true],
])(
  'over %s it arrives as plain text, by TLS, with an id by which repeats are told',
  async (scheme, secure) => {
    const { mails, port } = await serve({ secure });
    expect([await send({ scheme, port }), await send({ scheme, port })]).toEqual([
      { ok: true },
      { ok: true },
    ]);
    const [mail, again] = mails;
    expect(mail).toMatchObject({
      from: 'gateway@example.com',
      to: ['ops@example.com', 'boss@example.com'],
      secure: true,
    });
    expect(mail?.text).toMatch(/^Content-Type: text\/plain/m);
    expect(mail?.text).not.toMatch(/^Bcc:/im);
    expect(mail?.text).toMatch(/^Auto-Submitted: auto-generated/m);
    const id = /^Message-ID: (.*)$/im;
    expect(id.exec(mail?.text ?? '')?.[1]).toBe(id.exec(again?.text ?? '')?.[1]);
  },
);

test('a wrong password, a certificate that nobody vouches for, and an address that is not named', async () => {
  const { mails, port } = await serve();
  expect(await send({ port, password: 'wrong-password-0123' })).toEqual({
    ok: false,
    fault: 'did not accept the user and password (535)',
  });
  expect(await send({ port, trusted: false })).toEqual({
    ok: false,
    fault: expect.stringContaining('ALERT_CA') as string,
  });
  expect(await send({ port, named: 'mail.example.com' })).toEqual({
    ok: false,
    fault: expect.stringContaining('ALERT_PRIVATE_HOSTS') as string,
  });
  expect(mails).toEqual([]);
});

test('a server that offers no TLS is told neither password nor alert', async () => {
  let wasAsked = false;
  const { mails, port } = await serve({
    hideSTARTTLS: true,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: (_auth, _session, tell) => {
      wasAsked = true;
      tell(null, { user: 'x' });
    },
  });
  expect(await send({ port })).toMatchObject({ ok: false });
  expect([wasAsked, mails]).toEqual([false, []]);
});

test('a server that says a line at a time, and never the last one, is given up', async () => {
  const server = createServer((socket) => {
    const timer = setInterval(() => socket.write('220-wait\r\n'), 50);
    socket.on('close', () => clearInterval(timer)).on('error', () => {});
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  expect(await send({ port, limitMs: 500 })).toEqual({
    ok: false,
    fault: 'did not answer within 10 seconds',
  });
  // Its connection is closed too.
  await new Promise((done) => server.close(done));
});
