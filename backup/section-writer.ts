/** Puts what streams out of a store or a program into sections of a backup, and counts and sums it up. */
import { createHash, type Hash } from 'node:crypto';
import { KINDS, LARGEST_FRAME, type FrameWriter } from './frames';
import type { Content, Section } from './manifest';

const LINE_END = 0x0a;

interface Sum {
  rows: number;
  bytes: number;
  readonly hash: Hash;
}

export class SectionWriter {
  readonly #sums = new Map<string, Sum>();

  /** @param stop aborted: its reason is thrown at the next piece */
  constructor(
    readonly frames: FrameWriter,
    readonly stop?: AbortSignal,
  ) {}

  begin(section: Section): Promise<void> {
    return this.frames.addJson(KINDS.section, section);
  }

  /**
   * @param of table or file, as its section has it
   * @returns how many lines came: rows, of a table
   */
  async put(of: string, stream: AsyncIterable<Buffer>): Promise<number> {
    const sum = this.#sums.get(of) ?? { rows: 0, bytes: 0, hash: createHash('sha256') };
    this.#sums.set(of, sum);
    let waiting: Buffer[] = [];
    let length = 0;
    let rows = 0;
    const out = async (): Promise<void> => {
      const plain = Buffer.concat(waiting);
      [waiting, length] = [[], 0];
      sum.hash.update(plain);
      sum.bytes += plain.length;
      rows += linesIn(plain);
      await this.frames.add(KINDS.rows, plain);
    };
    for await (const chunk of stream) {
      this.stop?.throwIfAborted();
      for (let at = 0; at < chunk.length;) {
        const part = chunk.subarray(at, at + LARGEST_FRAME - length);
        waiting.push(part);
        length += part.length;
        at += part.length;
        if (length === LARGEST_FRAME) await out();
      }
    }
    if (length > 0) await out();
    sum.rows += rows;
    return rows;
  }

  /** Of what was put in under that name. */
  contentOf(of: string, isTable: boolean): Content {
    const sum = this.#sums.get(of);
    return {
      rows: isTable ? (sum?.rows ?? 0) : 0,
      bytes: sum?.bytes ?? 0,
      sha256: (sum?.hash ?? createHash('sha256')).copy().digest('hex'),
    };
  }
}

/** In COPY's text format a line is a row: a line end within a value is written as \n. */
export function linesIn(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_END); at !== -1; at = bytes.indexOf(LINE_END, at + 1)) count += 1;
  return count;
}
