/** Carries a call to a provider: callbacks for what comes back, no promise for a chunk. */
import { Agent } from 'undici';
import { GatewayError } from '../errors';
import type { UpstreamHeaders, UpstreamRequest } from './provider';
import { unpackerFor, type Unpacker } from './unpack';

export interface UpstreamListener {
  head(status: number, headers: UpstreamHeaders): void;
  data(chunk: Buffer): void;
  end(): void;
  /** The call broke. `wasSent`: the provider may have got it, and may bill for it. */
  fail(error: GatewayError, wasSent: boolean): void;
}

export interface UpstreamCall {
  pause(): void;
  resume(): void;
  /** Gives up on what is still to come; the listener hears nothing more. */
  abort(): void;
  /**
   * Whether the provider may have got the call, and may bill for it. No getter: V8 gives each object literal with one a
   * shape of its own, and the shape keeps the whole call in memory until the next full collection.
   */
  wasSent(): boolean;
}

export interface SendOptions {
  /** Milliseconds until the answer's head. @default as long as a provider may be silent */
  readonly headMs?: number;
}

export interface Transport {
  send(request: UpstreamRequest, listener: UpstreamListener, options?: SendOptions): UpstreamCall;
  close(): Promise<void>;
}

const CONNECT_LIMIT_MS = 5_000;

interface Controller {
  pause(): void;
  resume(): void;
  abort(reason: Error): void;
}

/** @param idleMs milliseconds a provider may be silent */
export function createTransport(idleMs: number): Transport {
  const agent = new Agent({
    connect: { timeout: CONNECT_LIMIT_MS },
    headersTimeout: idleMs,
    bodyTimeout: idleMs,
    pipelining: 1,
  });

  function send(
    { origin, path, headers, body }: UpstreamRequest,
    listener: UpstreamListener,
    { headMs = idleMs }: SendOptions = {},
  ): UpstreamCall {
    let controller: Controller | undefined;
    let unpacker: Unpacker | undefined;
    let isOver = false;
    const finish = (tell: () => void): void => {
      if (isOver) return;
      isOver = true;
      tell();
    };
    agent.dispatch(
      // Member by member: whatever V8 spreads first gets a shape that nothing is compiled for.
      { origin, path, headers, body, method: 'POST', headersTimeout: headMs },
      {
        onRequestStart(started) {
          controller = started;
          if (isOver) started.abort(new Error('given up'));
        },
        onResponseStart(_, status, headers) {
          // 1xx heads only announce the real one.
          if (isOver || status < 200) return;
          listener.head(status, headers);
          if (headers['content-encoding'] === undefined) return;
          unpacker = unpackerFor(
            headers,
            {
              data: (chunk) => void (isOver || listener.data(chunk)),
              end: () => finish(() => listener.end()),
              fail: (error) =>
                finish(() => {
                  controller?.abort(new Error('given up'));
                  listener.fail(error, true);
                }),
            },
            { pause: () => controller?.pause(), resume: () => controller?.resume() },
          );
        },
        onResponseData(_, chunk) {
          if (isOver) return;
          if (unpacker) unpacker.data(chunk);
          else listener.data(chunk);
        },
        onResponseEnd: () => (unpacker ? unpacker.end() : finish(() => listener.end())),
        onResponseError(_, fault) {
          const error = describe(fault);
          if (unpacker) unpacker.break(error);
          else finish(() => listener.fail(error, controller !== undefined));
        },
      },
    );
    return {
      pause() {
        unpacker?.pause();
        controller?.pause();
      },
      resume() {
        unpacker?.resume();
        controller?.resume();
      },
      abort: () =>
        finish(() => {
          unpacker?.stop();
          controller?.abort(new Error('given up'));
        }),
      wasSent: () => controller !== undefined,
    };
  }

  return { send, close: () => agent.destroy() };
}

const TIMEOUTS = ['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'];
const CUTS = ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE', 'UND_ERR_ABORTED'];

// The fault itself names addresses; it is kept for the log alone.
function describe(fault: Error): GatewayError {
  const code = String((fault as { code?: unknown }).code);
  if (TIMEOUTS.includes(code)) return new GatewayError('provider_timeout', { cause: fault });
  if (CUTS.includes(code) || code.startsWith('HPE_'))
    return new GatewayError('provider_stream_broken', { cause: fault });
  return new GatewayError('provider_unreachable', { cause: fault });
}
