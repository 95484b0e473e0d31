/** The enforcement prompts, `prompts/<level>.md`: held in memory, re-read when they change on disk. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LEVELS, type Level } from '../../src/levels';
import type { Logger } from '../log';
import { watchFiles } from './watched-file';

export const DEFAULT_PROMPT_DIR = join(__dirname, '..', '..', 'prompts');

/** Bytes. It goes out with each call, so one that is longer is some other file, or a mistake that gets dear. */
export const LONGEST_PROMPT = 64 * 1024;

export interface PromptSource {
  /** The level's text, trimmed; empty only for `unrestricted`; undefined when it cannot be used: calls are refused. */
  textOf(level: Level): string | undefined;
  /** Every text that is not empty, of whatever level. */
  readonly texts: readonly string[];
  poll(): void;
  close(): void;
}

export function openPrompts(directory: string, logger: Logger, pollIntervalMs: number): PromptSource {
  const pathOf = (level: Level) => join(directory, `${level}.md`);
  const watch = watchFiles(LEVELS.map(pathOf), pollIntervalMs, () => {
    prompts = read();
    logger.info('enforcement prompts re-read', { levels: [...prompts.keys()] });
  });
  let prompts = read();

  function read(): Map<Level, string> {
    const found = new Map<Level, string>();
    for (const level of LEVELS) {
      const { text, fault } = readText(pathOf(level));
      // The loosest level asks for nothing unless its file does; every other one is refused without its text.
      if (text) found.set(level, text);
      else if (level === 'unrestricted' && (text === '' || fault === 'ENOENT')) found.set(level, '');
      else
        logger.error('enforcement prompt cannot be used: calls at this level are refused', {
          enforcement_level: level,
          reason: fault ?? 'it is empty',
        });
    }
    return found;
  }

  return {
    textOf: (level) => prompts.get(level),
    get texts() {
      return [...prompts.values()].filter((text) => text !== '');
    },
    poll: () => watch.poll(),
    close: () => watch.close(),
  };
}

const decoder = new TextDecoder('utf-8', { fatal: true });

function readText(path: string): { readonly text?: string; readonly fault?: string } {
  try {
    const stat = statSync(path);
    // Reading a pipe would wait for whoever writes to it.
    if (!stat.isFile()) return { fault: 'it is not a file' };
    if (stat.size > LONGEST_PROMPT) return { fault: `it has more than ${LONGEST_PROMPT} bytes` };
    return { text: decoder.decode(readFileSync(path)).trim() };
  } catch (fault) {
    return { fault: (fault as NodeJS.ErrnoException).code ?? 'it cannot be read' };
  }
}
