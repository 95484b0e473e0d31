/**
 * All providers on one loopback port, told apart by their paths, whose every answer is mutated: streams in any cut, some
 * broken off, and bodies.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Provider } from '../../gateway/providers/provider';
import { makeAnswer, type AnswerCase } from './answers';
import { ANTHROPIC, BEDROCK, COMPATIBLE } from './providers';
import { makeStream, type StreamCase } from './streams';
import { UPSTREAMS } from './upstreams';

export interface MutatedProvider {
  readonly url: string;
  /** How many calls came. */
  readonly calls: number;
  /** How many of them for a provider. */
  callsOf(provider: Provider): number;
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

const EVENT_STREAMS = new Map([[BEDROCK, 'application/vnd.amazon.eventstream']]);

const providerAt = (path: string): Provider => {
  if (path.startsWith('/model/')) return BEDROCK;
  return path.endsWith('/chat/completions') ? COMPATIBLE : ANTHROPIC;
};

/** Gives the cases of a provider in turn. */
function inTurn<Case extends { readonly upstream: number }>(
  cases: readonly Case[],
): (provider: Provider, number: number) => Case {
  const all = new Map<Provider | undefined, Case[]>();
  for (const one of cases) {
    const provider = UPSTREAMS[one.upstream % UPSTREAMS.length]?.provider;
    const own = all.get(provider) ?? [];
    own.push(one);
    all.set(provider, own);
  }
  return (provider, number) => {
    const own = all.get(provider) ?? [];
    const one = own[number % own.length];
    if (one === undefined) throw new Error(`no answers of ${provider.name}`);
    return one;
  };
}

export async function startMutatedProvider({ streams, bodies }: Answers): Promise<MutatedProvider> {
  const streamOf = inTurn(streams);
  const bodyOf = inTurn(bodies);
  const asked = new Map<Provider, number>();
  let calls = 0;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const { stream } = JSON.parse(Buffer.concat(parts).toString()) as { stream?: boolean };
    const number = (calls += 1);
    const path = request.url ?? '/';
    const provider = providerAt(path);
    asked.set(provider, (asked.get(provider) ?? 0) + 1);
    if (stream !== true && !path.endsWith('-stream')) {
      const one = bodyOf(provider, number);
      const wait = one.wait === undefined ? {} : { 'retry-after': one.wait };
      response.writeHead(one.status, { 'content-type': 'application/json', ...wait });
      return void response.end(makeAnswer(one));
    }
    const { bytes, chunks: all } = makeStream(streamOf(provider, number));
    const chunks = all.length > MOST_CHUNKS ? [bytes] : all;
    response.writeHead(200, { 'content-type': EVENT_STREAMS.get(provider) ?? 'text/event-stream' });
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
    callsOf: (provider) => asked.get(provider) ?? 0,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
