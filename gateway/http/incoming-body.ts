/** Reads the body of a request whose bearer is known, within the memory that its bearer may hold. */
import { GatewayError } from '../errors';
import { BodyPieces } from './body-pieces';
import type { BodyHold, BodyRoom } from './body-room';
import type { Exchange } from './exchange';

/** Chunks that a body may come in, however short they are: each costs some microseconds. */
const MOST_CHUNKS = 200_000;

/**
 * The whole body in pieces, at most so many bytes. Throws `body_too_large`, `body_in_too_many_chunks`,
 * `body_incomplete`, or what the hold throws; nothing is held then.
 */
export function readPieces({ request }: Exchange, limit: number, hold: BodyHold): Promise<Buffer[]> {
  return new Promise((resolve, reject) => {
    const pieces = new BodyPieces((bytes) => hold.take(bytes));
    let chunks = 0;
    let isOver = false;
    const stop = (): void => {
      isOver = true;
      // The request stays until it is answered, and its listeners with it.
      request.off('data', add).off('end', end).off('error', broken).off('close', broken);
    };
    const fail = (fault: Error): void => {
      if (isOver) return;
      stop();
      pieces.take();
      hold.release();
      reject(fault);
    };
    const tooLarge = (): void =>
      fail(
        new GatewayError('body_too_large', {
          message: `The request body is larger than the ${limit} bytes this gateway accepts.`,
        }),
      );
    const broken = (): void => fail(new GatewayError('body_incomplete'));
    const add = (chunk: Buffer): void => {
      chunks += 1;
      hold.progress(chunk.length);
      if (hold.received > limit) return tooLarge();
      if (chunks > MOST_CHUNKS) return fail(new GatewayError('body_in_too_many_chunks'));
      try {
        pieces.add(chunk);
      } catch (fault) {
        fail(fault as Error);
      }
    };
    const end = (): void => {
      stop();
      hold.end();
      resolve(pieces.take());
    };
    const { 'content-length': length } = request.headers;
    const announced = length === undefined ? undefined : Number(length);
    if (announced !== undefined && announced > limit) return tooLarge();
    // A client may have gone while its key was looked up: then nothing more is heard of the request.
    if (request.destroyed) return broken();
    try {
      hold.begin(announced, fail);
    } catch (fault) {
      return fail(fault as Error);
    }
    request.on('data', add).on('end', end).on('error', broken).on('close', broken);
  });
}

/** The whole body of a request that is short and soon over. */
export async function readShortBody(
  exchange: Exchange,
  limit: number,
  room: BodyRoom,
  caller: string,
): Promise<Buffer> {
  const hold = room.enter(caller);
  try {
    return Buffer.concat(await readPieces(exchange, limit, hold));
  } finally {
    hold.release();
  }
}
