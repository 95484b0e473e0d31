import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTransport } from '../../gateway/providers/transport';
import { outliving } from './support/outliving';

const CALLS = 4_000;
const AT_ONCE = 8;

test('a call that is over is gone with the next quick collection, and all that waited for it', async () => {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.end('{}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const transport = createTransport(30_000);

  const ask = (): Promise<number> =>
    new Promise((resolve, reject) => {
      // Stands for all that a call carries.
      const ballast = new Array<number>(500).fill(1);
      const upstream = transport.send(
        { origin, path: '/v1/messages', headers: { 'content-type': 'application/json' }, body: '{}' },
        {
          head: (status) => ballast.push(status),
          data: () => {},
          end: () => resolve(upstream.wasSent() ? ballast.length : 0),
          fail: (error) => reject(error),
        },
      );
    });
  const kept = await outliving(async () => {
    for (let done = 0; done < CALLS; done += AT_ONCE)
      expect(await Promise.all(Array.from({ length: AT_ONCE }, ask))).toEqual(new Array(AT_ONCE).fill(501));
  });
  await transport.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  // The ballast alone comes to 16 MB.
  expect(kept).toBeLessThan(8_000_000);
});
