/** A webhook that answers as it should not, or does not: what is said of it, and how long it is waited for. */
import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import type { AlertMessage } from '../../../gateway/alerts/alert-message';
import { createAllowedAddresses } from '../../../gateway/alerts/allowed-addresses';
import { createWebhookSender, type SenderOptions } from '../../../gateway/alerts/webhook';
import { HOOK, ok, startAlertReceiver, type AlertReceiver, type Behaviour } from '../support/alert-receiver';

let receiver: AlertReceiver;
beforeAll(async () => {
  receiver = await startAlertReceiver();
});
afterAll(() => receiver.close());

const message: AlertMessage = {
  event: 'test/1',
  kind: 'test',
  severity: 'info',
  subject: 'test',
  raisedAt: new Date(),
  words: { title: ['A test.'], facts: [], whatToDo: 'Nothing.' },
};

async function send(
  changes: Partial<SenderOptions> & { url?: string } = {},
): Promise<{ ok: boolean; fault?: string; waitMs?: number }> {
  const { url = receiver.url, ...options } = changes;
  const sender = createWebhookSender(
    { kind: 'json', name: 'webhook', url, secret: undefined },
    {
      addresses: createAllowedAddresses(new Set(['localhost'])),
      authorities: [...rootCertificates, readFileSync(receiver.authority, 'utf8')],
      now: () => new Date(),
      ...options,
    },
  );
  try {
    return await sender.send(message);
  } finally {
    await sender.close();
  }
}

const answering =
  (status: number, headers: Record<string, string> = {}): Behaviour =>
  (_, response) =>
    void response.writeHead(status, headers).end('nothing to see');

test.each<[string, Behaviour, Partial<Record<'fault' | 'waitMs', unknown>>]>([
  [
    '429 with a time',
    answering(429, { 'retry-after': '7' }),
    { fault: 'answered with status 429', waitMs: 7_000 },
  ],
  ['429 with a time without end', answering(429, { 'retry-after': '999999999' }), { waitMs: 3_600_000 }],
  ['500', answering(500), { fault: 'answered with status 500' }],
  [
    'a redirect',
    answering(307, { location: 'https://localhost:1/elsewhere' }),
    { fault: 'answered with a redirect (307), and none is followed' },
  ],
  ['a cut connection', (request) => void request.socket.destroy(), { fault: 'ended the connection' }],
])('%s', async (_, behaviour, expected) => {
  receiver.behave(behaviour);
  const before = receiver.received.length;
  expect(await send()).toMatchObject({ ok: false, ...expected });
  expect(receiver.received).toHaveLength(before + 1);
});

test('of an answer without end no more is read than is of use', async () => {
  let written = 0;
  const closed = new Promise<void>((done) =>
    receiver.behave((_, response) => {
      response.writeHead(200);
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(64 * 1024))) written += 64 * 1024;
        response.once('drain', more);
      };
      response.once('close', done);
      more();
    }),
  );
  expect(await send()).toEqual({ ok: true });
  await closed;
  // What lies in the buffers of two sockets.
  expect(written).toBeLessThan(32 * 1024 * 1024);
});

test.each<[string, Behaviour]>([
  ['hangs', () => {}],
  [
    'trickles its head',
    ({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const timer = setInterval(() => socket.write('x-slow: 1\r\n'), 50);
      socket.once('close', () => clearInterval(timer)).on('error', () => {});
    },
  ],
  [
    'trickles its body',
    (_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'), 50);
      response.once('close', () => clearInterval(timer));
    },
  ],
])('who %s is given up after the time there is', async (_, behaviour) => {
  receiver.behave(behaviour);
  expect(await send({ limitMs: 500 })).toEqual({ ok: false, fault: 'did not answer within 10 seconds' });
  receiver.behave(ok);
});

test('addresses that no setting names, strangers’ certificates and nobody', async () => {
  receiver.behave(ok);
  const before = receiver.received.length;
  const addresses = createAllowedAddresses(new Set());
  const refused = { ok: false, fault: expect.stringContaining('ALERT_PRIVATE_HOSTS') as string };
  expect(await send({ addresses })).toEqual(refused);
  const { port } = new URL(receiver.url);
  for (const host of ['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]'])
    expect(await send({ addresses, url: `https://${host}:${port}/${HOOK}` })).toEqual(refused);
  expect(await send({ authorities: undefined })).toEqual({
    ok: false,
    fault: expect.stringContaining('ALERT_CA') as string,
  });
  expect(await send({ url: 'https://localhost:1/x' })).toEqual({ ok: false, fault: 'does not listen' });
  expect(receiver.received).toHaveLength(before);
});
