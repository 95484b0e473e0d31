/** Makes calls over a fixed number of connections, each asking again once it has its answer. */
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'undici';
import { CONNECTIONS } from './cases';

export interface Call {
  readonly path: string;
  readonly body: string;
  /** By connection: whose key. */
  readonly headers: readonly Readonly<Record<string, string>>[];
}

export interface Slice {
  readonly requests: number;
  /** From the first call to the last answer. */
  readonly seconds: number;
  /** Milliseconds of each call. */
  readonly latencies: readonly number[];
}

export interface Load {
  /**
   * Throws at the first answer that is not 200 or not whole.
   *
   * @param rate calls a second, spread over the connections; undefined: as many as there are answers
   */
  run(call: Call, seconds: number, rate?: number): Promise<Slice>;
  close(): Promise<void>;
}

/** An answer that takes longer is none. */
const LIMIT_MS = 30_000;

/**
 * @param check throws unless an answer is whole; asked about the first of each case
 */
export function openLoad(url: string, check: (text: string) => void): Load {
  const clients = Array.from(
    { length: CONNECTIONS },
    () => new Client(url, { pipelining: 1, headersTimeout: LIMIT_MS, bodyTimeout: LIMIT_MS }),
  );
  /** Length and end of an answer that was looked at: all others of its case must be like it. */
  const known = new Map<Call, { length: number; end: string }>();

  async function ask(client: Client, call: Call, headers: Readonly<Record<string, string>>): Promise<void> {
    const example = known.get(call);
    const answer = await send(client, call, headers, example === undefined);
    if (answer.status !== 200) throw new Error(`an answer had status ${answer.status}: ${answer.text}`);
    if (example === undefined) {
      check(answer.text);
      known.set(call, { length: answer.length, end: answer.end });
    } else if (answer.length !== example.length || answer.end !== example.end)
      throw new Error(`an answer of ${answer.length} bytes is not whole: ${example.length} were expected`);
  }

  return {
    async run(call, seconds, rate) {
      const latencies: number[] = [];
      const gap = rate === undefined ? 0 : (CONNECTIONS * 1_000) / rate;
      const start = performance.now();
      const end = start + seconds * 1_000;
      const asking = clients.map(async (client, index) => {
        const headers = call.headers[index % call.headers.length] ?? {};
        for (let due = start + (gap * index) / CONNECTIONS; ; due += gap) {
          if (due >= end) return;
          const wait = due - performance.now();
          if (wait > 0) await delay(wait);
          const before = performance.now();
          if (before >= end) return;
          await ask(client, call, headers);
          latencies.push(performance.now() - before);
        }
      });
      await Promise.all(asking);
      return { requests: latencies.length, seconds: (performance.now() - start) / 1_000, latencies };
    },
    close: async () => void (await Promise.all(clients.map((client) => client.destroy()))),
  };
}

interface Received {
  readonly status: number;
  readonly length: number;
  /** Its last bytes. */
  readonly end: string;
  /** Empty unless it was asked for, or is an error. */
  readonly text: string;
}

const END_BYTES = 16;

function send(
  client: Client,
  { path, body }: Call,
  headers: Readonly<Record<string, string>>,
  keepsText: boolean,
): Promise<Received> {
  return new Promise((resolve, reject) => {
    let status = 0;
    let length = 0;
    let last: Buffer | undefined;
    const chunks: Buffer[] = [];
    client.dispatch(
      { path, method: 'POST', headers, body },
      {
        onRequestStart() {},
        onResponseStart(_, code) {
          status = code;
        },
        onResponseData(_, chunk) {
          length += chunk.length;
          last = chunk.length >= END_BYTES || last === undefined ? chunk : Buffer.concat([last, chunk]);
          if (keepsText || status !== 200) chunks.push(chunk);
        },
        onResponseEnd: () =>
          resolve({
            status,
            length,
            end: last?.subarray(-END_BYTES).toString('latin1') ?? '',
            text: Buffer.concat(chunks).toString('utf8'),
          }),
        onResponseError: (_, fault) => reject(fault),
      },
    );
  });
}
