/**
 * Passes connections on: `forward.js 4001=ai-gateway-admin:4001 …`. The name is asked for at each connection, and each of
 * its addresses is tried until one answers, so that processes may come and go behind it.
 */
import { lookup } from 'node:dns/promises';
import { connect, createServer, type Socket } from 'node:net';

/** Connections at once, of each port: it stands before people and scripts, not before workspaces. */
const MOST = 1_024;
const CONNECT_LIMIT_MS = 5_000;

interface Way {
  readonly port: number;
  readonly host: string;
  readonly to: number;
}

function wayOf(word: string): Way {
  const [, port, host, to] = /^(\d{1,5})=([\w.-]{1,253}):(\d{1,5})$/.exec(word) ?? [];
  if (port === undefined || host === undefined || to === undefined)
    throw new Error(`"${word}" must be PORT=HOST:PORT, such as 4001=ai-gateway-admin:4001`);
  return { port: Number(port), host, to: Number(to) };
}

/** A connection to the first of the addresses that answers, or nothing. */
async function reach({ host, to }: Way): Promise<Socket | undefined> {
  const addresses = (await lookup(host, { all: true })).map(({ address }) => address);
  // Not always the same one first.
  const first = Math.floor(Math.random() * addresses.length);
  for (const address of [...addresses.slice(first), ...addresses.slice(0, first)]) {
    const socket = await connected(address, to);
    if (socket !== undefined) return socket;
  }
  return undefined;
}

const connected = (host: string, port: number): Promise<Socket | undefined> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: CONNECT_LIMIT_MS });
    const giveUp = (): void => {
      socket.destroy();
      resolve(undefined);
    };
    socket.once('timeout', giveUp).once('error', giveUp);
    socket.once('connect', () => {
      socket.setTimeout(0).off('timeout', giveUp).off('error', giveUp);
      resolve(socket);
    });
  });

async function pass(client: Socket, way: Way): Promise<void> {
  client.on('error', () => client.destroy());
  const server = await reach(way).catch(() => undefined);
  if (server === undefined || client.destroyed) {
    server?.destroy();
    client.destroy();
    return;
  }
  server.on('error', () => client.destroy()).once('close', () => client.destroy());
  client.once('close', () => server.destroy());
  client.pipe(server).pipe(client);
}

function start(words: readonly string[]): void {
  if (words.length === 0) throw new Error('name a way at least: PORT=HOST:PORT');
  const servers = words.map(wayOf).map((way) => {
    const server = createServer({ pauseOnConnect: true, noDelay: true, allowHalfOpen: true }, (client) => {
      void pass(client, way);
    });
    server.maxConnections = MOST;
    server.once('error', (fault) => fail(fault));
    return server.listen(way.port, () =>
      process.stdout.write(`port ${way.port} leads to ${way.host}:${way.to}\n`),
    );
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => {
      servers.forEach((server) => server.close());
      process.exit(0);
    });
}

function fail(fault: unknown): never {
  process.stderr.write(`${(fault as Error).message}\n`);
  process.exit(1);
}

try {
  start(process.argv.slice(2));
} catch (fault) {
  fail(fault);
}
