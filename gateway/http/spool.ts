/**
 * An answer that is put down before it is sent: a long one in a file that has no name any more, so that neither memory
 * nor what it is made of waits for the client, and what fails half-way is told as an error.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { open, unlink, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identify, type Exchange } from './exchange';

/** Bytes that stay in memory. */
const MOST_HELD = 1024 * 1024;
/** Bytes read and written at once. */
const CHUNK = 64 * 1024;

export class Spool {
  #held: Buffer[] = [];
  #heldBytes = 0;
  #size = 0;
  #file: FileHandle | undefined;

  /** @param tooLarge thrown at more bytes than `most` */
  constructor(
    readonly most: number,
    readonly tooLarge: () => Error,
  ) {}

  async add(text: string): Promise<void> {
    const bytes = Buffer.from(text);
    this.#size += bytes.length;
    if (this.#size > this.most) throw this.tooLarge();
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    if (this.#heldBytes > MOST_HELD) await this.#putDown();
  }

  async #putDown(): Promise<void> {
    this.#file ??= await openNameless();
    const bytes = Buffer.concat(this.#held);
    this.#held = [];
    this.#heldBytes = 0;
    await this.#file.writeFile(bytes);
  }

  /** @param unreadMs milliseconds that the client may keep the answer waiting, in all */
  async send({ id, response }: Exchange, unreadMs: number): Promise<void> {
    response.writeHead(200, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': this.#size,
      'cache-control': 'no-store',
      ...identify(id),
    });
    let leftMs = unreadMs;
    for await (const chunk of this.#chunks()) {
      if (response.destroyed) return;
      if (!response.write(chunk)) leftMs -= await drained(response, leftMs);
    }
    response.end();
  }

  async *#chunks(): AsyncGenerator<Buffer> {
    if (this.#file) {
      await this.#putDown();
      for (let at = 0; at < this.#size;) {
        const { buffer, bytesRead } = await this.#file.read(Buffer.alloc(CHUNK), 0, CHUNK, at);
        if (bytesRead === 0) throw new Error('what was put down of an answer is gone');
        yield buffer.subarray(0, bytesRead);
        at += bytesRead;
      }
    } else yield* this.#held;
  }

  async close(): Promise<void> {
    this.#held = [];
    await this.#file?.close();
  }
}

async function openNameless(): Promise<FileHandle> {
  const path = join(tmpdir(), `gateway-answer-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600);
  await unlink(path);
  return file;
}

/** Milliseconds it took; a client that takes longer than it may is cut off. */
async function drained(response: Exchange['response'], limitMs: number): Promise<number> {
  const start = performance.now();
  const over = new AbortController();
  const cut = setTimeout(() => response.destroy(), Math.max(0, limitMs));
  const { signal } = over;
  await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })]);
  clearTimeout(cut);
  over.abort();
  return performance.now() - start;
}
