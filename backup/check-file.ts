/** Reads a backup from its first byte to its last before anything is done with it. */
import { createHash, type Hash } from 'node:crypto';
import { BackupFileError, KINDS, readFrames } from './frames';
import { readJson, type End, type Manifest, type Section } from './manifest';
import { linesIn } from './section-writer';

export interface CheckedFile {
  readonly path: string;
  readonly manifest: Manifest;
  readonly end: End;
}

/** A part of a section: `section` is the same object for all parts of one. */
export interface Part {
  readonly section: Section;
  readonly plain: Buffer;
}

const MANIFEST_FIELDS = ['site', 'begun_at', 'version', 'migrations'] as const;
const END_FIELDS = ['moment', 'tables', 'files', 'last_ids'] as const;

export const nameOf = (section: Section): string => ('table' in section ? section.table : section.file);

interface Sum {
  rows: number;
  bytes: number;
  readonly hash: Hash;
}

/**
 * The file's parts in order, and what it says of itself once it has been read whole. A section begins with an empty part.
 *
 * @throws BackupFileError for whatever is wrong with it
 */
export async function* partsOf(path: string): AsyncGenerator<Part, CheckedFile> {
  let manifest: Manifest | undefined;
  let section: Section | undefined;
  const sums = new Map<string, Sum>();
  for await (const { kind, plain } of readFrames(path)) {
    if (manifest === undefined) {
      if (kind !== KINDS.manifest) throw strange(path, 'it does not begin with what it is of');
      manifest = readJson<Manifest>(path, plain, MANIFEST_FIELDS);
    } else if (kind === KINDS.section) {
      section = readJson<Section>(path, plain, []);
      if (typeof nameOf(section) !== 'string') throw strange(path, 'a section has no name');
      yield { section, plain: Buffer.alloc(0) };
    } else if (kind === KINDS.rows) {
      if (section === undefined) throw strange(path, 'rows come before their table');
      const name = nameOf(section);
      const sum = sums.get(name) ?? { rows: 0, bytes: 0, hash: createHash('sha256') };
      sums.set(name, sum);
      sum.hash.update(plain);
      sum.bytes += plain.length;
      if ('table' in section) sum.rows += linesIn(plain);
      yield { section, plain };
    } else if (kind === KINDS.end) {
      const end = readJson<End>(path, plain, END_FIELDS);
      for (const [name, content] of [...Object.entries(end.tables), ...Object.entries(end.files)]) {
        const sum = sums.get(name) ?? { rows: 0, bytes: 0, hash: createHash('sha256') };
        if (
          sum.rows !== content.rows ||
          sum.bytes !== content.bytes ||
          sum.hash.digest('hex') !== content.sha256
        )
          throw strange(path, `"${name}" is not what was put into it`);
        sums.delete(name);
      }
      const [left] = sums.keys();
      if (left !== undefined) throw strange(path, `its end does not know "${left}"`);
      return { path, manifest, end };
    } else throw strange(path, 'it says twice what it is of');
  }
  throw strange(path, 'it has no end');
}

/** Its frames are whole, and what is in them is not as any version of ours writes it. */
const strange = (path: string, what: string): BackupFileError =>
  new BackupFileError(`${path} is not as a backup is written: ${what}. Take another backup.`);

export async function checkFile(path: string): Promise<CheckedFile> {
  const parts = partsOf(path);
  for (;;) {
    const next = await parts.next();
    if (next.done) return next.value;
  }
}
