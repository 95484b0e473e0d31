/** A provider that answers at once or a little later, and charges for each call another usage than for any other. */
import type { AddressInfo } from 'node:net';
import { costOf } from '../../gateway/ledger/money';
import { catalog } from '../../src/catalog';
import { patientServer } from '../standins/patient-server';

export interface Charge {
  readonly input: number;
  readonly output: number;
  /** Nano-dollars. */
  readonly cost: number;
}

export interface BillingProvider {
  readonly url: string;
  /** By `usageName`. */
  readonly charges: ReadonlyMap<string, Charge>;
  close(): Promise<void>;
}

/** The model whose prices it charges. */
export const MODEL = 'claude-haiku-4-5';
/** Output tokens to ask for, at least as many as are ever charged. */
export const MAX_TOKENS = 300;

/** So many different usages there are. */
const INPUTS = 60;
const OUTPUTS = 250;

export const usageName = (input: number | string, output: number | string): string => `${input}/${output}`;

/** @param longestMs of the pauses before an answer, which are of random length */
export async function startBillingProvider(longestMs: number): Promise<BillingProvider> {
  const price = catalog.models.find(({ name }) => name === MODEL)?.deployments[0]?.price;
  if (price === undefined) throw new Error('the catalog has lost its model');
  const serials = shuffled(INPUTS * OUTPUTS);
  const charges = new Map<string, Charge>();

  const server = patientServer((request, response) => {
    request.resume().on('end', () => {
      if (request.url?.endsWith('/count_tokens')) {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ input_tokens: INPUTS }));
        return;
      }
      const serial = serials.pop();
      if (serial === undefined) throw new Error('more calls than there are usages');
      const input = 1 + (serial % INPUTS);
      const output = 1 + Math.floor(serial / INPUTS);
      const usage = { input, output, cacheWrite: 0, cacheRead: 0 };
      const prices = { ...price, cache_write: price.cacheWrite, cache_read: price.cacheRead };
      // Charged as soon as it is begun, whatever becomes of the answer.
      charges.set(usageName(input, output), { input, output, cost: costOf(usage, prices) });
      const body = JSON.stringify({
        id: `msg_${serial}`,
        type: 'message',
        role: 'assistant',
        model: 'x',
        content: [{ type: 'text', text: 'x' }],
        stop_reason: 'end_turn',
        stop_sequence: null,
        usage: { input_tokens: input, output_tokens: output },
      });
      const answer = () => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(body);
      };
      if (longestMs === 0) answer();
      else setTimeout(answer, Math.random() * longestMs);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    charges,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function shuffled(count: number): number[] {
  const numbers = Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1));
    [numbers[last], numbers[other]] = [numbers[other] as number, numbers[last] as number];
  }
  return numbers;
}
