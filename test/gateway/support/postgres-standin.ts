/** What answers where a Postgres is looked for: refuses a start-up as a server would, or is one of another version. */
import { createServer, type AddressInfo, type Socket } from 'node:net';

export type Manner =
  /** Refuses the start-up with a SQLSTATE. */
  | { readonly refuses: string; readonly message: string }
  /** Lets everybody in and says that it is this version: 130012. */
  | { readonly version: number }
  /** Speaks another protocol. */
  | { readonly says: string };

export interface PostgresStandin {
  readonly port: number;
  close(): Promise<void>;
}

const SSL_REQUEST = 80_877_103;

function message(kind: string, ...parts: (string | Buffer)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  const head = Buffer.alloc(5);
  head.write(kind);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

const int16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
};
const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

const READY = message('Z', 'I');

/** One row with one column of text. */
const row = (value: string): Buffer =>
  Buffer.concat([
    message('T', int16(1), 'version\0', int32(0), int16(0), int32(25), int16(-1), int32(-1), int16(0)),
    message('D', int16(1), int32(value.length), value),
    message('C', 'SELECT 1\0'),
    READY,
  ]);

function answer(manner: Manner, socket: Socket, data: Buffer, isStarted: boolean): boolean {
  if ('says' in manner) socket.end(manner.says);
  else if (!isStarted && data.length >= 8 && data.readInt32BE(4) === SSL_REQUEST) socket.write('N');
  else if ('refuses' in manner)
    socket.end(message('E', `SFATAL\0VFATAL\0C${manner.refuses}\0M${manner.message}\0\0`));
  else if (isStarted) socket.write(row(String(manner.version)));
  else {
    socket.write(Buffer.concat([message('R', int32(0)), READY]));
    return true;
  }
  return isStarted;
}

export async function startPostgresStandin(manner: Manner): Promise<PostgresStandin> {
  const server = createServer((socket) => {
    let isStarted = false;
    socket.on('error', () => {});
    socket.on('data', (data) => {
      // Of the messages after a start-up, the last one says good-bye.
      if (isStarted && data[0] === 'X'.charCodeAt(0)) socket.end();
      else isStarted = answer(manner, socket, data, isStarted);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((closed) => server.close(() => closed())),
  };
}
