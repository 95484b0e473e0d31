/** Notices that files have changed, off the hot path: a poll, since file events get lost on mounted volumes. */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';

/** Bytes. What is longer is none of the files that are watched, and reading it at each look would be dear. */
const LONGEST_READ = 1024 * 1024;

/**
 * Something that changes when a file's content has, and also when it appears, goes away or becomes unreadable. Its
 * times alone do not tell: two edits of one length may fall into one tick of the file system's clock, which on some
 * volumes is two seconds long, and a copy may bring its times along.
 */
function fingerprint(path: string): string {
  try {
    const stat = statSync(path);
    const { mtimeMs, size, ino, mode } = stat;
    // Reading a pipe would wait for whoever writes to it.
    const isRead = stat.isFile() && size <= LONGEST_READ;
    const content = isRead ? createHash('sha256').update(readFileSync(path)).digest('base64') : '';
    return `${mtimeMs} ${size} ${ino} ${mode} ${content}`;
  } catch (fault) {
    return (fault as NodeJS.ErrnoException).code ?? 'unreadable';
  }
}

export interface FileWatch {
  /** Looks at once instead of at the next tick. */
  poll(): void;
  close(): void;
}

/**
 * Calls `changed` when one of the files has changed and then stayed as it is for an `intervalMs`: a file seen while
 * it is being written may be half of one that says something else. Begin to watch before the first reading, or a change
 * between the two is never noticed.
 */
export function watchFiles(paths: readonly string[], intervalMs: number, changed: () => void): FileWatch {
  const look = () => paths.map(fingerprint).join('\n');
  let known = look();
  let seen = known;
  const take = (now: string) => {
    seen = now;
    if (now === known) return;
    known = now;
    changed();
  };
  const timer = setInterval(() => {
    const now = look();
    if (now === seen) take(now);
    else seen = now;
  }, intervalMs);
  timer.unref();
  return { poll: () => take(look()), close: () => clearInterval(timer) };
}
