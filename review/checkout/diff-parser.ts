/** Reads a diff as git writes it, piece by piece: how much of it is kept does not depend on how long it is. */
import type { ChangeKind, DiffLine, FileChange, Hunk } from './file-change';
import { unquote } from './quoted-name';

export interface DiffLimits {
  /** Bytes of one line that are kept. */
  readonly line: number;
  /** Bytes of one file's diff that are kept. */
  readonly file: number;
  /** Bytes of all files' diffs that are kept. */
  readonly all: number;
  /** Files that are named. */
  readonly files: number;
}

export const DIFF_LIMITS: DiffLimits = {
  line: 2_000,
  file: 256 * 1024,
  all: 4 * 1024 * 1024,
  files: 3_000,
};

export interface Diff {
  readonly files: readonly FileChange[];
  /** Files beyond the limit, which are not even named. */
  readonly unnamedFiles: number;
  /** Bytes of the whole diff. */
  readonly bytes: number;
}

/** One file while it is read. */
interface Draft {
  path: string;
  from?: string;
  kind: ChangeKind;
  before?: string;
  after?: string;
  object?: string;
  isBinary: boolean;
  isTooLong: boolean;
  isLatin1: boolean;
  changedLines: number;
  bytes: number;
  hunks: { start: number; lines: DiffLine[] }[];
}

const LINE_FEED = 10;
const strict = new TextDecoder('utf-8', { fatal: true });

export class DiffParser {
  private readonly files: FileChange[] = [];
  private unnamedFiles = 0;
  private bytes = 0;
  private kept = 0;
  /** The beginning of a line that is not at its end yet, and how long it is so far. */
  private readonly begun: Buffer[] = [];
  private begunKept = 0;
  private begunLength = 0;
  private draft: Draft | undefined;
  private hunk: Hunk['lines'][number][] | undefined;
  private beforeLeft = 0;
  private afterLeft = 0;
  private before = 0;
  private after = 0;

  constructor(private readonly limits: DiffLimits = DIFF_LIMITS) {}

  push(chunk: Buffer): void {
    this.bytes += chunk.length;
    let from = 0;
    for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, from)) {
      this.take(chunk.subarray(from, at));
      this.endLine();
      from = at + 1;
    }
    if (from < chunk.length) this.take(chunk.subarray(from));
  }

  end(): Diff {
    if (this.begunLength > 0) this.endLine();
    this.endFile();
    return { files: this.files, unnamedFiles: this.unnamedFiles, bytes: this.bytes };
  }

  private take(part: Buffer): void {
    const room = this.limits.line - this.begunKept;
    // Copied: a piece of a chunk would keep all of the chunk.
    if (room > 0) this.begun.push(Buffer.from(part.subarray(0, room)));
    this.begunKept += Math.min(Math.max(room, 0), part.length);
    this.begunLength += part.length;
  }

  private endLine(): void {
    const line = Buffer.concat(this.begun);
    const cut = this.begunLength - line.length;
    this.begun.length = 0;
    this.begunKept = this.begunLength = 0;
    if (this.beforeLeft > 0 || this.afterLeft > 0) this.readBody(line, cut);
    else this.readHead(line);
  }

  private readBody(line: Buffer, cut: number): void {
    const sign = String.fromCharCode(line[0] ?? 32);
    if (sign === '\\') return;
    const { draft } = this;
    if (draft === undefined) return;
    const known = sign === '+' || sign === '-' ? sign : ' ';
    if (known !== ' ') draft.changedLines += 1;
    const numbers = {
      ...(known === '+' ? {} : { before: this.before++ }),
      ...(known === '-' ? {} : { after: this.after++ }),
    };
    if (known !== '+') this.beforeLeft -= 1;
    if (known !== '-') this.afterLeft -= 1;
    draft.bytes += line.length + cut + 1;
    if (draft.isTooLong) return;
    this.kept += line.length;
    if (draft.bytes > this.limits.file || this.kept > this.limits.all) {
      draft.isTooLong = true;
      draft.hunks = [];
      this.hunk = undefined;
      return;
    }
    this.hunk?.push({
      sign: known,
      text: this.textOf(line.subarray(1), cut > 0, draft),
      ...numbers,
      ...(cut > 0 ? { cut } : {}),
    });
  }

  private textOf(bytes: Buffer, isCut: boolean, draft: Draft): string {
    const whole = isCut ? withoutHalfSign(bytes) : bytes;
    try {
      return strict.decode(whole);
    } catch {
      draft.isLatin1 = true;
      return whole.toString('latin1');
    }
  }

  private readHead(bytes: Buffer): void {
    if (bytes.length === 0) return;
    const line = bytes.toString('utf8');
    if (line.startsWith('diff --git ')) return this.beginFile(line.slice('diff --git '.length));
    const { draft } = this;
    if (draft === undefined) return;
    const hunk = /^@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@/.exec(line);
    if (hunk !== null) return this.beginHunk(draft, hunk);
    for (const [start, read] of HEADS)
      if (line.startsWith(start)) return read(draft, line.slice(start.length));
  }

  private beginFile(names: string): void {
    this.endFile();
    this.draft = {
      path: nameInBoth(names),
      kind: 'modified',
      isBinary: false,
      isTooLong: false,
      isLatin1: false,
      changedLines: 0,
      bytes: 0,
      hunks: [],
    };
  }

  private beginHunk(
    draft: Draft,
    [, before, beforeCount, after, afterCount]: readonly (string | undefined)[],
  ): void {
    this.before = Number(before);
    this.after = Number(after);
    this.beforeLeft = Number(beforeCount ?? 1);
    this.afterLeft = Number(afterCount ?? 1);
    this.hunk = [];
    if (!draft.isTooLong) draft.hunks.push({ start: this.after, lines: this.hunk });
  }

  private endFile(): void {
    const { draft } = this;
    this.draft = this.hunk = undefined;
    this.beforeLeft = this.afterLeft = 0;
    if (draft === undefined) return;
    if (this.files.length >= this.limits.files) {
      this.unnamedFiles += 1;
      return;
    }
    const { path, from, kind, before, after, object, ...rest } = draft;
    this.files.push({
      path,
      kind,
      ...(from === undefined ? {} : { from }),
      modes: {
        ...(before === undefined ? {} : { before }),
        ...(after === undefined ? {} : { after }),
      },
      ...(object === undefined || /^0+$/.test(object) ? {} : { object }),
      ...rest,
    });
  }
}

/** Lines between a file's first one and its hunks, by how they begin. */
const HEADS: readonly (readonly [string, (draft: Draft, rest: string) => void])[] = [
  ['new file mode ', (draft, mode) => Object.assign(draft, { kind: 'added', after: mode })],
  ['deleted file mode ', (draft, mode) => Object.assign(draft, { kind: 'deleted', before: mode })],
  ['old mode ', (draft, mode) => (draft.before = mode)],
  ['new mode ', (draft, mode) => (draft.after = mode)],
  ['rename from ', (draft, name) => Object.assign(draft, { kind: 'renamed', from: unquote(name) })],
  ['rename to ', (draft, name) => (draft.path = unquote(name))],
  ['copy from ', (draft, name) => Object.assign(draft, { kind: 'copied', from: unquote(name) })],
  ['copy to ', (draft, name) => (draft.path = unquote(name))],
  ['Binary files ', (draft) => (draft.isBinary = true)],
  [
    'index ',
    (draft, rest) => {
      const [, object, mode] = /^[0-9a-f]+\.\.([0-9a-f]+)(?: (\d{6}))?$/.exec(rest) ?? [];
      if (object !== undefined) draft.object = object;
      if (mode !== undefined) Object.assign(draft, { before: mode, after: mode });
    },
  ],
];

/** Both names are the same, but for their first letters: a rename says its names once more. */
function nameInBoth(names: string): string {
  if (names.startsWith('"')) return unquote(names.slice(0, (names.length - 1) / 2)).slice(2);
  return names.slice(2, (names.length - 1) / 2);
}

/** A sign of several bytes may have been cut in its middle. */
function withoutHalfSign(bytes: Buffer): Buffer {
  for (let back = 1; back <= 4 && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}
