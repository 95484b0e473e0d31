/** Asks a provider how many input tokens a call has. Nothing is charged for it, so it may be given up at any time. */
import { GatewayError } from '../errors';
import { asGatewayError } from '../http/exchange';
import type { Provider, UpstreamHeaders, UpstreamRequest } from './provider';
import type { Transport } from './transport';

export interface CountQuestion {
  /** Rejects with a GatewayError when there is no count. */
  readonly tokens: Promise<number>;
  /** Whoever waits hears nothing more. */
  giveUp(): void;
}

/** Bytes; a count is a line. */
const LONGEST_ANSWER = 64 * 1024;

export function askCount(transport: Transport, provider: Provider, upstream: UpstreamRequest): CountQuestion {
  let giveUp = (): void => {};
  const tokens = new Promise<number>((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let status = 0;
    let headers: UpstreamHeaders = {};
    const question = transport.send(upstream, {
      head(code, received) {
        status = code;
        headers = received;
      },
      data(chunk) {
        size += chunk.length;
        if (size <= LONGEST_ANSWER) chunks.push(chunk);
      },
      end() {
        try {
          resolve(readCount(provider, status, headers, Buffer.concat(chunks).toString('utf8')));
        } catch (fault) {
          reject(asGatewayError(fault));
        }
      },
      fail: reject,
    });
    giveUp = () => question.abort();
  });
  return { tokens, giveUp: () => giveUp() };
}

function readCount(provider: Provider, status: number, headers: UpstreamHeaders, text: string): number {
  if (status !== 200) throw provider.readError(status, headers, text);
  // bounded: an answer to a question is bounded where it is read
  const tokens = /"input_tokens"\s*:\s*(\d{1,12})\b/.exec(text)?.[1];
  if (tokens === undefined) throw new GatewayError('provider_failed');
  return Number(tokens);
}
