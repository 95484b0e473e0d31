/**
 * The file of a backup: a line that says what it is, then frames, each with a checksum that covers it and all before it.
 *
 *     contractor-workspace backup 1\n
 *     frame…   kind (1 byte) · stored length (4, big-endian) · plain length (4) · stored bytes (zlib) · SHA-256 (32)
 *
 * A frame's SHA-256 is of the one before it (for the first: of the line), its own nine bytes of head, and its stored
 * bytes. So no byte can change, and no frame be lost or moved, without its being noticed; a file without the frame of
 * the end was cut.
 */
import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { deflate, inflate } from 'node:zlib';
import { CliError } from '../terminal/fault';

/** Goes up when a file of the new kind cannot be read by the program of before. */
export const FORMAT = 1;
const WORDS = 'contractor-workspace backup ';
const FIRST_LINE = Buffer.from(`${WORDS}${FORMAT}\n`);
/** Bytes of the first line, whatever the format. */
const LONGEST_LINE = 64;

export const KINDS = { manifest: 'M', section: 'S', rows: 'R', end: 'E' } as const;
export type Kind = (typeof KINDS)[keyof typeof KINDS];

/** Bytes of a frame before it is compressed. */
export const LARGEST_FRAME = 1024 * 1024;
/** What does not get smaller grows a little. */
const LARGEST_STORED = LARGEST_FRAME + 4_096;
const HEAD = 9;
const CHECKSUM = 32;
/** Frames that wait to be compressed and written: so many megabytes are taken from the store without waiting for the disk. */
const MOST_WAITING = 32;
/** Text from a database shrinks to a fifth by the quickest way already. */
const LEVEL = 1;

const compress = promisify<Buffer, object, Buffer>(deflate);
const expand = promisify<Buffer, object, Buffer>(inflate);

const sha256 = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

export class FrameWriter {
  #at = 0;
  #checksum = sha256(FIRST_LINE);
  #written: Promise<void>;
  readonly #waiting: Promise<void>[] = [];

  constructor(readonly file: FileHandle) {
    this.#written = this.#write(FIRST_LINE);
  }

  /** Resolves when there is room for another one. @throws what kept the disk from taking one before */
  async add(kind: Kind, plain: Buffer): Promise<void> {
    if (plain.length > LARGEST_FRAME) throw new Error(`a frame of ${plain.length} bytes is too large`);
    const compressed = compress(plain, { level: LEVEL });
    this.#written = Promise.all([compressed, this.#written]).then(async ([stored]) => {
      const head = Buffer.alloc(HEAD);
      head.write(kind, 0, 'latin1');
      head.writeUInt32BE(stored.length, 1);
      head.writeUInt32BE(plain.length, 5);
      this.#checksum = sha256(this.#checksum, head, stored);
      await this.#write(Buffer.concat([head, stored, this.#checksum]));
    });
    // Told to whoever adds the next one.
    this.#written.catch(() => {});
    this.#waiting.push(this.#written);
    if (this.#waiting.length > MOST_WAITING) await this.#waiting.shift();
  }

  addJson(kind: Kind, value: unknown): Promise<void> {
    return this.add(kind, Buffer.from(JSON.stringify(value)));
  }

  /** Resolves when all of it is on the disk. */
  async flush(): Promise<void> {
    await this.#written;
    await this.file.sync();
  }

  async #write(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const { bytesWritten } = await this.file.write(bytes, at, bytes.length - at, this.#at);
      at += bytesWritten;
      this.#at += bytesWritten;
    }
  }
}

export interface Frame {
  readonly kind: Kind;
  readonly plain: Buffer;
}

/** The file cannot be used, and why. */
export class BackupFileError extends CliError {}

/**
 * The frames of a file, each checked before it is given; the last is that of the end.
 *
 * @throws BackupFileError for a file that is none of ours, of a newer format, cut, or changed
 */
export async function* readFrames(path: string): AsyncGenerator<Frame> {
  const file = await open(path, 'r').catch((fault: NodeJS.ErrnoException) => {
    throw new BackupFileError(
      fault.code === 'ENOENT'
        ? `There is no file ${path}: name the backup to restore.`
        : `${path} cannot be read (${fault.code ?? fault.message}).`,
    );
  });
  try {
    if (!(await file.stat()).isFile())
      throw new BackupFileError(`${path} is no file: name the backup to restore.`);
    const source = new Source(file, path);
    await refuseOther(source);
    let checksum: Buffer = sha256(FIRST_LINE);
    for (;;) {
      const at = source.at;
      const head = await source.take(HEAD);
      const [stored, plain] = [head.readUInt32BE(1), head.readUInt32BE(5)];
      const kind = head.toString('latin1', 0, 1) as Kind;
      if (stored > LARGEST_STORED || plain > LARGEST_FRAME || !Object.values(KINDS).includes(kind))
        throw changed(path, at);
      const body = await source.take(stored);
      const said = await source.take(CHECKSUM);
      checksum = sha256(checksum, head, body);
      if (!checksum.equals(said)) throw changed(path, at);
      const found = await expand(body, { maxOutputLength: Math.max(plain, 1) }).catch(() => undefined);
      if (found?.length !== plain) throw changed(path, at);
      if (kind === KINDS.end && !(await source.isAtEnd())) throw changed(path, source.at);
      yield { kind, plain: found };
      if (kind === KINDS.end) return;
    }
  } finally {
    await file.close();
  }
}

const changed = (path: string, at: number): BackupFileError =>
  new BackupFileError(
    `${path} was changed after it was written: what begins at byte ${at} is not what its checksum was made of. Take another backup.`,
  );

async function refuseOther(source: Source): Promise<void> {
  const line: number[] = [];
  while (line.length < LONGEST_LINE && line.at(-1) !== 0x0a) {
    const [byte] = await source.take(1).catch(() => []);
    if (byte === undefined) break;
    line.push(byte);
  }
  const text = Buffer.from(line).toString('latin1');
  const format = text.startsWith(WORDS) ? /^(\d{1,9})\n$/.exec(text.slice(WORDS.length))?.[1] : undefined;
  if (format === undefined)
    throw new BackupFileError(
      `${source.path} is no backup: it does not begin with "${WORDS}${FORMAT}". Name a file that "backup" wrote.`,
    );
  if (Number(format) !== FORMAT)
    throw new BackupFileError(
      `${source.path} is a backup of format ${format}, and this version knows format ${FORMAT}: restore it with the version that wrote it, or a newer one.`,
    );
}

/** Bytes of a file in order, so many as are asked for. */
class Source {
  at = 0;
  #buffer: Buffer = Buffer.alloc(0);

  constructor(
    readonly file: FileHandle,
    readonly path: string,
  ) {}

  async isAtEnd(): Promise<boolean> {
    return this.#buffer.length === 0 && !(await this.#more());
  }

  async take(length: number): Promise<Buffer> {
    while (this.#buffer.length < length)
      if (!(await this.#more()))
        throw new BackupFileError(
          `${this.path} is cut: it ends after ${this.at + this.#buffer.length} bytes, before its end mark. Take another backup, or copy this one again.`,
        );
    const taken = this.#buffer.subarray(0, length);
    this.#buffer = this.#buffer.subarray(length);
    this.at += length;
    return taken;
  }

  async #more(): Promise<boolean> {
    const { buffer, bytesRead } = await this.file.read(Buffer.allocUnsafe(LARGEST_FRAME), 0, LARGEST_FRAME);
    this.#buffer = Buffer.concat([this.#buffer, buffer.subarray(0, bytesRead)]);
    return bytesRead > 0;
  }
}
