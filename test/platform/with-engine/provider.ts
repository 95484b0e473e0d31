/** A stand-in for the provider where containers reach it, that takes one key. */
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startAnthropicStandin, type AnthropicStandin } from '../../standins/anthropic';

export interface Provider {
  readonly url: string;
  readonly standin: AnthropicStandin;
  close(): Promise<void>;
}

/** @param address of this machine */
export async function startProvider(address: string): Promise<Provider> {
  const standin = await startAnthropicStandin();
  const server = createServer((asked, answer) => {
    if (asked.url?.startsWith('/v1/models')) {
      const isKnown = asked.headers['x-api-key'] === standin.apiKey;
      answer.writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' });
      return void answer.end(JSON.stringify(isKnown ? { data: [] } : { type: 'error' }));
    }
    const on = request(
      `${standin.url}${asked.url}`,
      { method: asked.method, headers: asked.headers },
      (answered) => {
        answer.writeHead(answered.statusCode ?? 500, answered.headers);
        answer.flushHeaders();
        answered.pipe(answer);
      },
    );
    on.once('error', () => answer.destroy());
    answer.once('close', () => on.destroy());
    asked.pipe(on);
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  return {
    url: `http://${address}:${(server.address() as AddressInfo).port}`,
    standin,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await standin.close();
    },
  };
}
