import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CONNECTIONS } from '../../bench/cases';
import { openLoad, type Load } from '../../bench/load';

const CALL = { path: '/', body: '{}', headers: [{}] };

let server: Server | undefined;
let opened: Load | undefined;
afterEach(async () => {
  await opened?.close();
  server?.closeAllConnections();
  await new Promise((closed) => server?.close(closed));
});

async function against(answer: RequestListener, check: (text: string) => void = () => {}): Promise<Load> {
  server = createServer((request, response) => {
    request.resume().on('end', () => void answer(request, response));
  });
  await new Promise<void>((listening) => server?.listen(0, '127.0.0.1', listening));
  opened = openLoad(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, check);
  return opened;
}

test('asks over every connection, and again once it is answered', async () => {
  const ports = new Set<number | undefined>();
  const load = await against(({ socket }, response) => {
    ports.add(socket.remotePort);
    response.end('whole');
  });
  const slice = await load.run(CALL, 0.3);
  expect(ports.size).toBe(CONNECTIONS);
  expect(slice.requests).toBeGreaterThanOrEqual(CONNECTIONS);
  expect(slice.latencies).toHaveLength(slice.requests);
});

test('asks no more often than it is told to', async () => {
  const load = await against((_, response) => void response.end('whole'));
  const { requests } = await load.run(CALL, 0.5, 64);
  // The first connection's turn is at once; where the machine is late for another's, that one is left out.
  expect(requests).toBeGreaterThanOrEqual(1);
  expect(requests).toBeLessThanOrEqual(32);
});

test('fails when one answer has another status', async () => {
  let asked = 0;
  const load = await against((_, response) => {
    asked += 1;
    response.writeHead(asked === 20 ? 429 : 200).end('whole');
  });
  await expect(load.run(CALL, 30)).rejects.toThrow('an answer had status 429: whole');
});

test('fails when one answer is shorter than the others', async () => {
  let asked = 0;
  const load = await against((_, response) => void response.end((asked += 1) === 40 ? 'whol' : 'whole'));
  await expect(load.run(CALL, 30)).rejects.toThrow('an answer of 4 bytes is not whole: 5 were expected');
});

test('fails when the first answer does not say what it should', async () => {
  const load = await against(
    (_, response) => void response.end('something else'),
    (text) => {
      if (text !== 'whole') throw new Error(`not the answer: ${text}`);
    },
  );
  await expect(load.run(CALL, 30)).rejects.toThrow('not the answer: something else');
});
