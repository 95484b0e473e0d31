/**
 * One gateway per data folder: the file that says whose it is.
 *
 * Several gateways share one Postgres through DATABASE_URL. The embedded one ends with the gateway that started it,
 * so a second gateway on it would lose its store without warning; it is refused instead.
 */
import { linkSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { startMark } from './embedded-process';

interface Owner {
  readonly pid: number;
  /** See `startMark`. */
  readonly started: string;
}

/**
 * Takes the folder for this process and returns how to give it back.
 * Throws when a live process has it. A file left by a dead one is replaced.
 */
export function takeOwnership(folder: string): () => void {
  const file = join(folder, 'gateway.pid');
  const started = startMark(process.pid);
  if (started === undefined) throw new Error('This process is not listed by the system: is /proc mounted?');
  const own = `${JSON.stringify({ pid: process.pid, started } satisfies Owner)}\n`;
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, own, { mode: 0o644, flag: 'wx' });
  try {
    for (let attempt = 0; attempt < 5; attempt++) {
      // A link appears with its content in one step and never replaces another one.
      if (tryLink(draft, file)) return () => giveBack(file, own);
      const present = read(file);
      if (present === undefined) continue;
      const owner = parse(present);
      if (owner && startMark(owner.pid) === owner.started) {
        throw new Error(
          `${folder} is in use by another gateway (process ${owner.pid}). Stop that one, give this one its own ` +
            'GATEWAY_DATA_DIR, or let both share a Postgres through DATABASE_URL.',
        );
      }
      discard(file, present);
    }
    throw new Error(`${file} keeps changing hands: several gateways are starting on this folder at once.`);
  } finally {
    rmSync(draft, { force: true });
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function parse(text: string): Owner | undefined {
  try {
    const owner = JSON.parse(text) as Partial<Owner> | null;
    return typeof owner?.pid === 'number' && typeof owner.started === 'string' ? (owner as Owner) : undefined;
  } catch {
    return undefined;
  }
}

/** Removes a stale file, but not the one that another starting gateway has put in its place meanwhile. */
function discard(file: string, stale: string): void {
  const aside = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  if (read(aside) !== stale) tryLink(aside, file);
  unlinkSync(aside);
}

function giveBack(file: string, own: string): void {
  if (read(file) === own) rmSync(file, { force: true });
}
