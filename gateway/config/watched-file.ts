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

/** Calls `changed` whenever one of the files has changed since the last look; every `intervalMs` at the latest. */
export function watchFiles(paths: readonly string[], intervalMs: number, changed: () => void): FileWatch {
  const look = () => paths.map(fingerprint).join('\n');
  let last = look();
  const poll = () => {
    const now = look();
    if (now === last) return;
    last = now;
    changed();
  };
  const timer = setInterval(poll, intervalMs);
  timer.unref();
  return { poll, close: () => clearInterval(timer) };
}
