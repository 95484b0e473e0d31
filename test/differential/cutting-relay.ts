/** Stands before a provider and passes its answers on in chunks of other lengths than they came in. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cut } from './cut';

export interface CuttingRelay {
  readonly url: string;
  /** Lengths in bytes of the chunks from now on, in turn; none: all at once. */
  cuts: readonly number[];
  close(): Promise<void>;
}

/** About the connection and not about the request. */
const OWN_HEADERS = ['host', 'connection', 'content-length', 'transfer-encoding'];
/** Of the answer; the rest is about a connection that ends here. */
const PASSED_HEADERS = ['content-type', 'request-id', 'retry-after'];

export async function startCuttingRelay(provider: string): Promise<CuttingRelay> {
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const asked = Object.entries(request.headers).filter(([name]) => !OWN_HEADERS.includes(name));
    const answer = await fetch(provider + (request.url ?? '/'), {
      method: request.method ?? 'POST',
      headers: asked.map(([name, value]): [string, string] => [name, String(value)]),
      body: new Uint8Array(Buffer.concat(parts)),
    });
    const passed = PASSED_HEADERS.map((name) => [name, answer.headers.get(name)] as const);
    const known = passed.filter((pair): pair is [string, string] => pair[1] !== null);
    response.writeHead(answer.status, Object.fromEntries(known));
    response.socket?.setNoDelay(true);
    for (const chunk of cut(Buffer.from(await answer.arrayBuffer()), relay.cuts)) {
      response.write(chunk);
      // Each in a packet of its own, as far as the system allows.
      await new Promise((resume) => setImmediate(resume));
    }
    response.end();
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const relay: CuttingRelay = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cuts: [],
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
  return relay;
}
