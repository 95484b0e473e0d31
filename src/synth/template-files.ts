/** What Coder's archive takes and what it leaves out, so that nothing is missing on the server. */

/** Bytes of uncompressed tar a template may have. */
export const ARCHIVE_LIMIT = 1024 * 1024 - 1;

const BLOCK = 512;

/** Bytes of the files as Coder archives them: a header each, content padded, two closing blocks. */
export function archiveSize(files: ReadonlyMap<string, string>): number {
  const folders = new Set<string>();
  let size = 2 * BLOCK;
  for (const [path, content] of files) {
    const parts = path.split('/');
    for (let depth = 1; depth < parts.length; depth += 1) folders.add(parts.slice(0, depth).join('/'));
    size += BLOCK + Math.ceil(Buffer.byteLength(content) / BLOCK) * BLOCK;
  }
  return size + folders.size * BLOCK;
}

const FAULTS: readonly { readonly applies: (path: string) => boolean; readonly what: string }[] = [
  {
    applies: (path) => path === '' || path.startsWith('/') || /^[a-zA-Z]:|\\/.test(path),
    what: 'must be relative, with "/" between its parts',
  },
  {
    applies: (path) => path.split('/').some((part) => part === '..' || part === ''),
    what: 'must not leave the template',
  },
  {
    applies: (path) => path.split('/').some((part) => part.startsWith('.')),
    what: 'must not have a part that begins with a dot: Coder leaves such files out without a word',
  },
  {
    applies: (path) => path.includes('.tfstate') || /\.tfvars(\.json)?$/.test(path),
    what: 'must not be state or variable values: Coder leaves them out, or uses them unasked',
  },
  {
    applies: (path) => /\.tf(\.json)?$/.test(path),
    what: 'must not be Terraform code: declare it as constructs',
  },
];

/** @throws Error that names the path and what is wrong with it */
export function checkFilePath(path: string, taken: ReadonlyMap<string, string>): void {
  const fault = FAULTS.find(({ applies }) => applies(path))?.what;
  if (fault) throw new Error(`a template's file ${fault}, got "${path}"`);
  if (taken.has(path)) throw new Error(`the template ships two files "${path}": give one another name`);
}
