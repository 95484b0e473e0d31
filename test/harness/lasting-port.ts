import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * A port that can be left and taken again: systems give out those from 32768 on, or higher ones, to whoever asks for
 * any, which other tests do all the time.
 */
export async function lastingPort(): Promise<number> {
  for (;;) {
    const port = randomInt(15_000, 30_000);
    const server = createServer();
    const isFree = await new Promise<boolean>((found) => {
      server.once('error', () => found(false)).listen(port, '127.0.0.1', () => found(true));
    });
    await new Promise((closed) => server.close(closed));
    if (isFree) return port;
  }
}
