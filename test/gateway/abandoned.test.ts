import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually, startTestGateway, type TestGateway } from './support/gateway';

/** What 1,000 output tokens cost, in nano-dollars; the input comes on top. */
const OUTPUT_COST = 1_000 * 15_000;

describe('a call that is left before the provider said anything', () => {
  let provider: Server;
  let received = 0;
  let gateway: TestGateway;
  beforeAll(async () => {
    provider = createServer((request) => {
      request.resume().on('end', () => (received += 1));
    });
    await new Promise<void>((done) => provider.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
    gateway = await startTestGateway({ env: { ANTHROPIC_BASE_URL: url }, limits: { drainMs: 300 } });
  });
  afterAll(async () => {
    await gateway.close();
    provider.closeAllConnections();
    provider.close();
  });
  beforeEach(async () => {
    received = 0;
    await gateway.clearLedger();
  });

  test.each([false, true])('is booked at its worst, since it may be billed (stream: %s)', async (stream) => {
    const key = await gateway.workspaceKey({ workspace: { id: `w-${stream}`, name: 'dev' } });
    const client = new AbortController();
    const body = { max_tokens: 1_000, stream, messages: [{ role: 'user', content: 'hi' }] };
    const answer = gateway.chat(key, body, { signal: client.signal });
    const gone = expect(answer).rejects.toThrow();
    await eventually(() => (received === 1 ? true : undefined));
    client.abort();
    await gone;
    const [row] = await gateway.ledger(1);
    expect(row).toMatchObject({ status: 499, estimated: true, streamed: stream });
    expect(Number(row?.['cost_nano'])).toBeGreaterThan(OUTPUT_COST);
  });
});
