/** A server in the platform's inner network, which publishes nothing, as a socket of this machine that its owner alone may use. */
import { createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from './engine';
import { lastLines } from './programs';

/** In the container by its text: images of earlier versions have no such program. */
const PROGRAM = join(__dirname, 'files', 'relay.cjs');

export interface RelayProps {
  readonly engine: Engine;
  /** One with Node.js in that network. */
  readonly container: string;
  readonly host: string;
  readonly port: number;
}

export interface Relay {
  /** Folder of the socket, mode 0700. */
  readonly folder: string;
  /** What went wrong last in the container, for messages. */
  readonly fault: string | undefined;
  close(): Promise<void>;
}

/** @param name of the socket in its folder */
export async function openRelay(
  { engine, container, host, port }: RelayProps,
  name: string,
  stop: AbortSignal,
): Promise<Relay> {
  const folder = mkdtempSync(join(tmpdir(), 'platform-relay-'));
  const command = ['node', '--eval', readFileSync(PROGRAM, 'utf8'), host, String(port)];
  const over = new AbortController();
  const signal = AbortSignal.any([stop, over.signal]);
  const state: { fault: string | undefined } = { fault: undefined };
  const running = new Set<Promise<void>>();
  const serve = async (socket: Socket): Promise<void> => {
    socket.on('error', () => {});
    try {
      const { exitCode, output } = await engine.exec(container, command, {
        signal,
        input: socket as AsyncIterable<Buffer>,
        onOutput: async (chunk) => {
          if (!socket.write(chunk)) await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
        },
      });
      if (exitCode !== 0) state.fault = lastLines(output, 1);
    } catch (fault) {
      if (!signal.aborted) state.fault = fault instanceof Error ? fault.message : String(fault);
    } finally {
      socket.destroy();
    }
  };
  const server = createServer((socket) => {
    const served = serve(socket).finally(() => running.delete(served));
    running.add(served);
  });
  server.listen(join(folder, name));
  await once(server, 'listening');
  return {
    folder,
    get fault() {
      return state.fault;
    },
    close: async () => {
      server.close();
      over.abort();
      await Promise.all(running);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
