/** Notices that files have changed, off the hot path: a poll, since file events get lost on mounted volumes. */
import { statSync } from 'node:fs';

/** Something that changes when a file's content may have: also when it appears, goes away or becomes unreadable. */
function fingerprint(path: string): string {
  try {
    const { mtimeMs, size, ino, mode } = statSync(path);
    return `${mtimeMs} ${size} ${ino} ${mode}`;
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
 * it is being written may be half of one that says something else.
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
