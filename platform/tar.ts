/** Writes a tar archive (POSIX ustar), as the engine takes it. */

export interface TarEntry {
  /** Relative; ends with "/" for a folder. */
  readonly path: string;
  readonly content?: Buffer;
  readonly mode: number;
  /** Number of user and group. */
  readonly owner: number;
}

const BLOCK = 512;
/** Characters of a name, and of what stands before it. */
const LONGEST_NAME = 100;
const LONGEST_PREFIX = 155;

/** @throws Error for a path that the format cannot name */
export function tarOf(entries: readonly TarEntry[]): Buffer {
  return Buffer.concat([...entries.flatMap(blocksOf), Buffer.alloc(2 * BLOCK)]);
}

function blocksOf({ path, content = Buffer.alloc(0), mode, owner }: TarEntry): Buffer[] {
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, length: number): string => `${value.toString(8).padStart(length - 1, '0')}\0`;
  const { name, prefix } = split(path);
  header.write(name, 0);
  header.write(octal(mode, 8), 100);
  header.write(octal(owner, 8), 108);
  header.write(octal(owner, 8), 116);
  header.write(octal(content.length, 12), 124);
  header.write(octal(0, 12), 136);
  header.write('        ', 148);
  header.write(path.endsWith('/') ? '5' : '0', 156);
  header.write('ustar\x0000', 257);
  header.write(prefix, 345);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return [header, content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)];
}

/** A long path is split at a slash. */
function split(path: string): { name: string; prefix: string } {
  if (Buffer.byteLength(path) <= LONGEST_NAME) return { name: path, prefix: '' };
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)];
    if (name !== '' && Buffer.byteLength(name) <= LONGEST_NAME && Buffer.byteLength(prefix) <= LONGEST_PREFIX)
      return { name, prefix };
  }
  throw new Error(`the path ${path.slice(0, 300)} is too long for an archive`);
}
