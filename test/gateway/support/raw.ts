/** A request whose bytes are sent as a test says, for what no client library would send. */
import { connect, type Socket } from 'node:net';

export interface RawRequest {
  readonly socket: Socket;
  /** What came back so far. */
  readonly heard: () => string;
  readonly isClosed: () => boolean;
  /** Of the answer that came first; undefined while there is none. */
  readonly status: () => number | undefined;
}

/** @param head lines after the host, without the empty one */
export function sendRaw(url: string, path: string, head: readonly string[], body?: Buffer): RawRequest {
  let heard = '';
  let isClosed = false;
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1' })
    .on('data', (chunk) => (heard += chunk.toString()))
    .on('error', () => {})
    .on('close', () => (isClosed = true));
  socket.write(`POST ${path} HTTP/1.1\r\nhost: x\r\n${head.join('\r\n')}\r\n\r\n`);
  if (body) socket.write(body);
  return {
    socket,
    heard: () => heard,
    isClosed: () => isClosed,
    status() {
      const status = /^HTTP\/1\.1 (\d+) /.exec(heard)?.[1];
      return status === undefined ? undefined : Number(status);
    },
  };
}
