/** Stands before a provider and passes its answers on in chunks of other lengths than they came in. */
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cut } from './cut';

export interface CuttingRelay {
  readonly url: string;
  /** Lengths in bytes of the chunks from now on, in turn; none: all at once. */
  cuts: readonly number[];
  close(): Promise<void>;
}

/** Of the answer; the rest is about a connection that ends here. */
const PASSED_HEADERS = ['content-type', 'request-id', 'retry-after', 'x-amzn-requestid', 'x-amzn-errortype'];

async function gather(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** As it came, its `host` included: that may be signed. */
function passOn(
  provider: string,
  { method, url, headers }: IncomingMessage,
  body: Buffer,
): Promise<IncomingMessage> {
  return new Promise((done, fail) => {
    const { hostname, port } = new URL(provider);
    ask({ hostname, port, method, path: url, headers }, done).once('error', fail).end(body);
  });
}

/** @param provider its address, without a path */
export async function startCuttingRelay(provider: string): Promise<CuttingRelay> {
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = await passOn(provider, request, await gather(request));
    const passed = PASSED_HEADERS.flatMap((name) => {
      const value = answer.headers[name];
      return value === undefined ? [] : [[name, value] as const];
    });
    response.writeHead(answer.statusCode ?? 500, Object.fromEntries(passed));
    response.socket?.setNoDelay(true);
    for (const chunk of cut(await gather(answer), relay.cuts)) {
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
