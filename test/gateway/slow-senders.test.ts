import { connect, type Socket } from 'node:net';
import { eventually, startTestGateway, type TestGateway } from './support/gateway';

describe('a client that sends slowly, or too much', () => {
  let gateway: TestGateway;
  let strict: TestGateway;
  let key: string;
  beforeAll(async () => {
    gateway = await startTestGateway({ limits: { bodyBytes: 10_000 } });
    key = await gateway.workspaceKey();
    // Only the clients below talk to it, and none of them could be served in this time.
    strict = await startTestGateway({
      store: gateway.store,
      standin: gateway.standin,
      limits: { headMs: 500, requestMs: 1_000, connectionsCheckMs: 100 },
    });
  });
  afterAll(async () => {
    await strict.close();
    await gateway.close();
  });

  /** A connection that stays open on its side, whatever the other does; what it sends then comes back as an error. */
  function open(url = strict.dataUrl, allowHalfOpen = true) {
    const socket: Socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', allowHalfOpen });
    const connection = { socket, heard: '', isClosed: false };
    socket
      .on('data', (chunk) => (connection.heard += chunk.toString()))
      .on('error', () => {})
      .on('close', () => (connection.isClosed = true));
    return connection;
  }
  const HEAD = (rest: string) => `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\n${rest}`;

  /** Sends a byte now and then, as long as it is let. Resolves when it is cut off. */
  async function drip(connection: ReturnType<typeof open>, byte: string): Promise<void> {
    await eventually(() => {
      if (!connection.isClosed) connection.socket.write(byte);
      return connection.isClosed || undefined;
    });
  }

  test('a head that never ends is refused with 408, and its connection closed', async () => {
    const connection = open();
    connection.socket.write(HEAD('x-slow: '));
    await drip(connection, 'a');
    expect(connection.heard).toMatch(/^HTTP\/1\.1 408 /);
    expect(connection.heard).toContain('"code":"408"');
  });

  test('a body that never ends is refused with 408, and its connection closed', async () => {
    const connection = open();
    connection.socket.write(HEAD(`authorization: Bearer ${key}\r\ncontent-length: 9000\r\n\r\n{"model":"`));
    await drip(connection, 'a');
    expect(connection.heard).toMatch(/^HTTP\/1\.1 408 /);
    expect(strict.standin.requests).toHaveLength(0);
  });

  test('a body in chunks is no longer than one that says its length', async () => {
    const connection = open(gateway.dataUrl);
    connection.socket.write(HEAD(`authorization: Bearer ${key}\r\ntransfer-encoding: chunked\r\n\r\n`));
    const piece = `400\r\n${'x'.repeat(0x400)}\r\n`;
    await drip(connection, piece);
    expect(connection.heard).toMatch(/^HTTP\/1\.1 413 /);
    expect(strict.standin.requests).toHaveLength(0);
  });

  test('a connection that says nothing is closed', async () => {
    const connection = open(strict.dataUrl, false);
    await eventually(() => connection.isClosed || undefined);
  });

  test('a head too large is refused with 431, and its connection closed', async () => {
    const connection = open(gateway.dataUrl);
    connection.socket.write(HEAD(`x-large: ${'a'.repeat(40 * 1024)}`));
    await drip(connection, 'a');
    expect(connection.heard).toMatch(/^HTTP\/1\.1 431 /);
  });

  test('the admin listener has the same limits', async () => {
    const connection = open(strict.adminUrl);
    connection.socket.write('GET /key/list HTTP/1.1\r\nx-slow: ');
    await drip(connection, 'a');
    expect(connection.heard).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('none of them is in anybody’s way', async () => {
    const held = Array.from({ length: 200 }, () => open(gateway.dataUrl));
    for (const { socket } of held) socket.write(HEAD('x-slow: '));
    const answer = await gateway.chat(key, { messages: [{ role: 'user', content: 'hi' }] });
    expect(answer.status).toBe(200);
    for (const { socket } of held) socket.destroy();
  });
});
