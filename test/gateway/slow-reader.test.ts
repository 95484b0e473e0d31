import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { eventually, startTestGateway, type TestGateway } from './support/gateway';

const MIB = 1024 * 1024;
/** What the provider has to say, in pieces. */
const PIECE = 'x'.repeat(16 * 1024);
const PIECES = 5 * 1024;
/**
 * What may wait on the way: four socket buffers of the system, which grow to some MiB each, and little in the gateway.
 * A gateway that took what it gets would hold all 80 MiB.
 */
const MOST_WAITING = 32 * MIB;

const event = (type: string, fields: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
const START =
  event('message_start', {
    message: { id: 'm1', type: 'message', content: [], usage: { input_tokens: 1, output_tokens: 1 } },
  }) + event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } });
const DELTA = event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: PIECE } });
const END =
  event('content_block_stop', { index: 0 }) +
  event('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 7 } }) +
  event('message_stop', {});

/** A provider that speaks as fast as it is listened to. */
class FastProvider {
  /** Bytes that the connection has taken. */
  taken = 0;
  /** It waits for the gateway to read on. */
  isHeldBack = false;
  isDone = false;

  async answer(response: ServerResponse): Promise<void> {
    let goOn = (): void => {};
    response.on('drain', () => goOn()).once('close', () => goOn());
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(START);
    for (let piece = 0; piece < PIECES && !response.destroyed; piece += 1) {
      this.taken += DELTA.length;
      if (response.write(DELTA)) continue;
      this.isHeldBack = true;
      await new Promise<void>((resolve) => (goOn = resolve));
      this.isHeldBack = false;
    }
    this.isDone = !response.destroyed;
    response.end(END);
  }
}

describe('a client that does not read', () => {
  let server: Server;
  let provider: FastProvider;
  let gateway: TestGateway;
  let key: string;
  let whole = '';
  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request
        .on('data', (chunk: Buffer) => (body += chunk.toString()))
        .on('end', () => {
          if (body.includes('"stream":true')) void provider.answer(response);
          else response.writeHead(200, { 'content-type': 'application/json' }).end(whole);
        });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    gateway = await startTestGateway({
      env: { ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}` },
      limits: { slowReaderMs: 3_000, drainMs: 60_000 },
    });
    key = await gateway.workspaceKey();
  });
  afterAll(async () => {
    await gateway.close();
    server.closeAllConnections();
    server.close();
  });
  beforeEach(async () => {
    provider = new FastProvider();
    await gateway.clearLedger();
  });

  /** Asks on a socket of its own and reads nothing until told to. */
  function ask(stream: boolean): Socket {
    const body = JSON.stringify({
      model: 'claude-sonnet',
      stream,
      max_tokens: 1_000,
      messages: [{ role: 'user', content: 'hi' }],
    });
    const socket = connect(Number(new URL(gateway.dataUrl).port), '127.0.0.1');
    socket.on('error', () => {});
    socket.pause();
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    return socket;
  }

  test('makes the provider wait, and memory does not grow; it gets everything once it reads', async () => {
    const socket = ask(true);
    await eventually(() => provider.isHeldBack || undefined);
    let received = 0;
    let tail = '';
    let most = 0;
    const ended = new Promise<void>((resolve) => {
      const sample = (chunk: Buffer): void => {
        received += chunk.length;
        most = Math.max(most, provider.taken - received);
        tail = (tail + chunk.toString('latin1')).slice(-200);
        // It stops again and again, for less than what cuts it off.
        if (received % 97 === 0) {
          socket.pause();
          setTimeout(() => socket.resume(), 5);
        }
        if (tail.includes('data: [DONE]')) resolve();
      };
      socket.on('data', sample).on('close', resolve);
    });
    most = provider.taken;
    socket.resume();
    await ended;
    expect(tail).toContain('data: [DONE]');
    expect(received).toBeGreaterThan(PIECES * PIECE.length);
    expect(most).toBeLessThan(MOST_WAITING);
    socket.destroy();
    expect((await gateway.ledger(1))[0]).toMatchObject({ status: 200, output_tokens: '7', estimated: false });
  });

  test('is cut off after a while; the provider is heard out and billed as it bills', async () => {
    const socket = ask(true);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await eventually(() => provider.isHeldBack || undefined);
    expect(provider.taken).toBeLessThan(MOST_WAITING);
    expect((await gateway.ledger(1))[0]).toMatchObject({ status: 499, output_tokens: '7', estimated: false });
    expect(provider.isDone).toBe(true);
    socket.resume();
    await closed;
  });

  test('is cut off too when its answer came in one piece, which would fill memory otherwise', async () => {
    whole = JSON.stringify({
      id: 'm2',
      type: 'message',
      content: [{ type: 'text', text: 'y'.repeat(24 * MIB) }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 1, output_tokens: 9 },
    });
    const socket = ask(false);
    expect((await gateway.ledger(1))[0]).toMatchObject({ status: 200, output_tokens: '9' });
    // What is written to a connection that was cut off comes back as an error; empty lines are no request.
    let isCutOff = false;
    socket.on('error', () => (isCutOff = true));
    await eventually(() => {
      if (!isCutOff) socket.write('\r\n');
      return isCutOff || undefined;
    });
    socket.destroy();
  });
});
