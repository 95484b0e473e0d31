/**
 * Secrets from files: where `NAME` may hold a secret, `NAME_FILE` may name a file that does. An environment is shown by
 * `docker inspect`, by a unit's status and to whoever runs as the same user; a file has a mode.
 */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { normalize } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** Bytes. The longest secret is JSON with a key for each endpoint. */
export const LONGEST_SECRET_FILE = 64 * 1024;

const SUFFIX = '_FILE';

/** Where Docker, Podman and Kubernetes mount secrets for one container; whose mode they set is theirs to say. */
const MOUNTED = /^(\/var)?\/run\/secrets\//;

const OTHERS_READ = 0o004;
const OTHERS_WRITE = 0o022;

export interface FromFiles {
  /** With the secrets in it, under their own names. */
  readonly environment: Environment;
  readonly faults: readonly string[];
  /** Names whose file could not be used. */
  readonly unread: ReadonlySet<string>;
}

/** @returns the variable that names the file of a secret */
export const fileVariableOf = (name: string): string => `${name}${SUFFIX}`;

/** @param names of the variables that hold a secret */
export function withSecretFiles(environment: Environment, names: readonly string[]): FromFiles {
  const found: Record<string, string | undefined> = { ...environment };
  const faults: string[] = [];
  const unread = new Set<string>();
  for (const name of names) {
    const variable = fileVariableOf(name);
    const path = environment[variable] ?? '';
    if (path === '') continue;
    if ((environment[name] ?? '') !== '') {
      faults.push(`${name} and ${variable} are both set: set one of them.`);
      continue;
    }
    try {
      found[name] = readSecret(path);
    } catch (fault) {
      unread.add(name);
      faults.push(`${variable}: ${path} ${reasonOf(fault)}`);
    }
  }
  return { environment: found, faults, unread };
}

class UnusableFile extends Error {}

const reasonOf = (fault: unknown): string =>
  fault instanceof UnusableFile
    ? fault.message
    : `cannot be read (${(fault as NodeJS.ErrnoException).code ?? 'unknown reason'}): name a file that this user may read.`;

/** @throws UnusableFile whose message goes on after the path, or what the system says */
function readSecret(path: string): string {
  // Without waiting: the name may be that of a pipe nobody writes to.
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const facts = fstatSync(file);
    if (!facts.isFile()) throw new UnusableFile('is not a file.');
    refuseOpenFile(path, facts);
    // One more than may be there: a file can grow while it is read.
    const bytes = Buffer.alloc(LONGEST_SECRET_FILE + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read)
      read = readSync(file, bytes, length, bytes.length - length, null);
    if (length > LONGEST_SECRET_FILE)
      throw new UnusableFile(`has more than ${LONGEST_SECRET_FILE} bytes, which no secret has.`);
    return textOf(bytes.subarray(0, length)).replace(/\r?\n$/, '');
  } finally {
    closeSync(file);
  }
}

function refuseOpenFile(path: string, { mode }: Stats): void {
  if (process.platform === 'win32') return;
  if ((mode & OTHERS_WRITE) !== 0) throw new UnusableFile(`can be changed by others: chmod 600 ${path}`);
  if ((mode & OTHERS_READ) !== 0 && !MOUNTED.test(normalize(path)))
    throw new UnusableFile(`can be read by everybody: chmod 600 ${path}`);
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UnusableFile('is not text in UTF-8.');
  }
}
