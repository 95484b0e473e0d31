/** A provider on a loopback port whose every answer is mutated: streams in any cut, some broken off, and bodies. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeAnswer, type AnswerCase } from './answers';
import { makeStream, type StreamCase } from './streams';

export interface MutatedProvider {
  readonly url: string;
  /** How many calls came. */
  readonly calls: number;
  close(): Promise<void>;
}

export interface Answers {
  readonly streams: readonly StreamCase[];
  readonly bodies: readonly AnswerCase[];
}

/** Of this many streams one loses its connection half-way. */
const CUT_EVERY = 7;

/** More of them take seconds, one by one; they are tried without sockets. */
const MOST_CHUNKS = 50;

export async function startMutatedProvider({ streams, bodies }: Answers): Promise<MutatedProvider> {
  let calls = 0;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const { stream } = JSON.parse(Buffer.concat(parts).toString()) as { stream?: boolean };
    const number = (calls += 1);
    if (stream !== true) {
      const one = bodies[number % bodies.length] as AnswerCase;
      const wait = one.wait === undefined ? {} : { 'retry-after': one.wait };
      response.writeHead(one.status, { 'content-type': 'application/json', ...wait });
      return void response.end(makeAnswer(one));
    }
    const { bytes, chunks: all } = makeStream(streams[number % streams.length] as StreamCase);
    const chunks = all.length > MOST_CHUNKS ? [bytes] : all;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const [index, chunk] of chunks.entries()) {
      if (response.destroyed) return;
      if (number % CUT_EVERY === 0 && index === chunks.length >> 1) return void response.destroy();
      response.write(chunk);
      await new Promise((resume) => setImmediate(resume));
    }
    response.end();
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get calls() {
      return calls;
    },
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
