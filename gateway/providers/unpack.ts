/** Unpacks an answer that came packed although nobody asked for it: gzip, deflate, br. What it comes to is bounded. */
import { createBrotliDecompress, createGunzip, createInflate, type Gunzip } from 'node:zlib';
import { GatewayError } from '../errors';
import type { UpstreamHeaders } from './provider';

/** Bytes; no honest answer has as many. */
const MOST_UNPACKED = 64 * 1024 * 1024;
/** Characters of the header that are looked at. */
const LONGEST_NAME = 32;

const WAYS: Readonly<Record<string, () => Gunzip>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** Takes what the transport brings of one answer, and gives it on unpacked. */
export interface Unpacker {
  data(chunk: Buffer): void;
  end(): void;
  /** The connection broke; what came before it is told first. */
  break(error: GatewayError): void;
  pause(): void;
  resume(): void;
  /** Nothing more is told. */
  stop(): void;
}

/** Who hears of the answer. */
export interface UnpackedListener {
  data(chunk: Buffer): void;
  end(): void;
  fail(error: GatewayError): void;
}

/** @returns undefined when the answer is not packed, or in a way nobody knows */
export function unpackerFor(
  headers: UpstreamHeaders,
  listener: UnpackedListener,
  upstream: { pause(): void; resume(): void },
): Unpacker | undefined {
  const encoding = headers['content-encoding'];
  if (typeof encoding !== 'string' || encoding.length > LONGEST_NAME) return undefined;
  const name = encoding.trim().toLowerCase();
  const way = Object.hasOwn(WAYS, name) ? WAYS[name] : undefined;
  return way === undefined ? undefined : unpacker(way(), listener, upstream);
}

function unpacker(
  stream: Gunzip,
  listener: UnpackedListener,
  upstream: { pause(): void; resume(): void },
): Unpacker {
  let size = 0;
  let broken: GatewayError | undefined;
  const fail = (cause?: Error): void => {
    stream.destroy();
    listener.fail(broken ?? new GatewayError('provider_stream_broken', cause === undefined ? {} : { cause }));
  };
  stream.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > MOST_UNPACKED) fail();
    else listener.data(chunk);
  });
  stream.once('end', () => (broken === undefined ? listener.end() : listener.fail(broken)));
  stream.on('error', fail);
  stream.on('drain', () => upstream.resume());
  return {
    data(chunk) {
      if (!stream.destroyed && !stream.write(chunk)) upstream.pause();
    },
    end() {
      if (!stream.destroyed) stream.end();
    },
    break(error) {
      broken = error;
      stream.end();
    },
    pause: () => void stream.pause(),
    resume: () => void stream.resume(),
    stop: () => void stream.destroy(),
  };
}
