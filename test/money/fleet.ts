/** Gateway processes on one store, any of which may be killed and is then started anew. */
import { spawn, type ChildProcess } from 'node:child_process';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = resolve(__dirname, '../..');

export interface Fleet {
  /** Of one of the processes that run, by turns; waits while there is none. */
  url(turn: number): Promise<string>;
  /** Kills one as a crash would, and starts another in its place. */
  kill(index: number): void;
  /** CPU time so far, in microseconds, over the processes that run. */
  cpu(): Promise<number>;
  /** Calls that wait for a budget just now, over the processes that run. */
  waiting(): Promise<number>;
  /** What the processes wrote, line by line. */
  readonly logs: readonly string[];
  close(): Promise<void>;
}

interface Seat {
  child: ChildProcess;
  url: Promise<string>;
  /** Set once it listens, and taken back when it dies. */
  current: string | undefined;
}

export async function startFleet(size: number, environment: Record<string, string>): Promise<Fleet> {
  const logs: string[] = [];
  let isClosing = false;

  function start(): Seat {
    const child = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'gateway-child.ts')], {
      cwd: ROOT,
      env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const url = new Promise<string>((found, failed) => {
      createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
        logs.push(line);
        const { msg, data_url } = JSON.parse(line) as { msg: string; data_url?: string };
        if (msg === 'listening' && data_url !== undefined) found(data_url);
      });
      child.once('exit', (code) => failed(new Error(`a gateway ended with ${code}`)));
    });
    (child.stderr as NodeJS.ReadableStream).on('data', (text: Buffer) => logs.push(text.toString()));
    const seat: Seat = { child, url, current: undefined };
    url.then(
      (found) => (seat.current = found),
      () => {},
    );
    child.once('exit', () => {
      seat.current = undefined;
      const index = seats.indexOf(seat);
      // Also one that could not start, since the store was away just then.
      if (!isClosing && index >= 0) setTimeout(() => (seats[index] = start()), 200);
    });
    return seat;
  }

  /** Never answered by one that is killed meanwhile. */
  const ask = <T>({ child }: Seat, question: string): Promise<T> =>
    new Promise((done) => {
      child.once('message', (answer) => done(answer as T));
      child.send(question);
    });

  const seats: Seat[] = [];
  for (let index = 0; index < size; index += 1) seats.push(start());
  await Promise.all(seats.map(({ url }) => url));

  return {
    async url(turn) {
      for (;;) {
        for (let offset = 0; offset < size; offset += 1) {
          const { current } = seats[(turn + offset) % size] as Seat;
          if (current !== undefined) return current;
        }
        await new Promise((done) => setTimeout(done, 50));
      }
    },
    kill: (index) => void seats[index % size]?.child.kill('SIGKILL'),
    async cpu() {
      const usages = await Promise.all(seats.map((seat) => ask<NodeJS.CpuUsage>(seat, 'usage')));
      return usages.reduce((sum, { user, system }) => sum + user + system, 0);
    },
    async waiting() {
      const running = seats.filter(({ current }) => current !== undefined);
      const sizes = await Promise.all(running.map((seat) => ask<number>(seat, 'waiting')));
      return sizes.reduce((sum, size) => sum + size, 0);
    },
    logs,
    async close() {
      isClosing = true;
      await Promise.all(
        seats.map(
          ({ child }) =>
            new Promise<void>((done) => {
              if (child.exitCode !== null || child.signalCode !== null) return done();
              child.once('exit', () => done());
              child.kill('SIGTERM');
            }),
        ),
      );
    },
  };
}
