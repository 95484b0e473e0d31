/** What Coder's archive takes and what it leaves out, so that nothing is missing on the server. */

/** Bytes of uncompressed tar a template may have. */
export const ARCHIVE_LIMIT = 1024 * 1024 - 1;

const BLOCK = 512;

/** A tar header holds a name of this many bytes; a longer one costs two more blocks. */
const LONGEST_NAME = 100;

/** Bytes of the files as Coder archives them: a header each, content padded, two closing blocks. */
export function archiveSize(files: ReadonlyMap<string, string>): number {
  const folders = new Set([...files.keys()].flatMap(foldersAbove));
  const headers = [...files.keys(), ...folders].map((path) =>
    Buffer.byteLength(path) > LONGEST_NAME ? 3 * BLOCK : BLOCK,
  );
  const contents = [...files.values()].map((text) => Math.ceil(Buffer.byteLength(text) / BLOCK) * BLOCK);
  return [...headers, ...contents].reduce((sum, bytes) => sum + bytes, 2 * BLOCK);
}

function foldersAbove(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'));
}

interface PathRule {
  readonly broken: (path: string) => boolean;
  readonly what: string;
}

const PATH_RULES: readonly PathRule[] = [
  {
    broken: (path) => path === '' || path.startsWith('/') || /^[a-zA-Z]:|[\\\x00-\x1f\x7f]/.test(path),
    what: 'must be relative, with "/" between its parts',
  },
  {
    broken: (path) => path.split('/').some((part) => part === '' || part === '.' || part === '..'),
    what: 'must not leave the template, nor have an empty part',
  },
  {
    broken: (path) => path.split('/').some((part) => part.startsWith('.')),
    what: 'must not have a part that begins with a dot: Coder leaves such files out without a word',
  },
  {
    broken: (path) => path.includes('.tfstate'),
    what: 'must not be state: Coder leaves such files out without a word',
  },
  {
    broken: (path) => /\.tfvars(\.json)?$/.test(path),
    what: 'must not be variable values: Coder leaves them out at the root and its form reads them elsewhere',
  },
  {
    broken: (path) => /\.tf(\.json)?$/.test(path),
    what: 'must not be Terraform code: declare it as constructs',
  },
];

/** @throws Error that names the path and what is wrong with it */
export function checkFilePath(path: string, taken: ReadonlyMap<string, string>): void {
  const fault = PATH_RULES.find(({ broken }) => broken(path))?.what;
  if (fault !== undefined) throw new Error(`a template's file ${fault}, got "${path}"`);
  const other = [...taken.keys()].find((name) => collide(name, path));
  if (other !== undefined) {
    throw new Error(
      `the template ships two files of one name, "${other}" and "${path}": give one another name`,
    );
  }
}

/** Also where file systems do not tell upper from lower case, and where a file would have to be a folder too. */
function collide(one: string, other: string): boolean {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()];
  return a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
}

/** @throws Error with the largest files when they are more than Coder takes together */
export function checkArchiveSize(files: ReadonlyMap<string, string>): void {
  const size = archiveSize(files);
  if (size <= ARCHIVE_LIMIT) return;
  const largest = [...files]
    .map(([path, content]) => ({ path, bytes: Buffer.byteLength(content) }))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, 3)
    .map(({ path, bytes }) => `${path} (${bytes})`);
  throw new Error(
    `the template has ${size} bytes as an archive, Coder takes ${ARCHIVE_LIMIT}: ` +
      `make it smaller; its largest files are ${largest.join(', ')}`,
  );
}
