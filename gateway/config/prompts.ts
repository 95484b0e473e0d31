/** The enforcement prompts, `prompts/<level>.md`: held in memory, re-read when they change on disk. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LEVELS, type Level } from '../../src/levels';
import type { Logger } from '../log';
import { watchFiles } from './watched-file';

export const DEFAULT_PROMPT_DIR = join(__dirname, '..', '..', 'prompts');

export interface PromptSource {
  /** The level's text, trimmed; empty for `unrestricted`; undefined when it cannot be read or is empty where it may not be. */
  textOf(level: Level): string | undefined;
  /** Every text that is not empty, of whatever level. */
  readonly texts: readonly string[];
  poll(): void;
  close(): void;
}

export function openPrompts(directory: string, logger: Logger, pollIntervalMs: number): PromptSource {
  const pathOf = (level: Level) => join(directory, `${level}.md`);
  let prompts = read();
  const watch = watchFiles(LEVELS.map(pathOf), pollIntervalMs, () => {
    prompts = read();
    logger.info('enforcement prompts re-read', { levels: [...prompts.keys()] });
  });

  function read(): Map<Level, string> {
    const found = new Map<Level, string>();
    for (const level of LEVELS) {
      const text = readText(pathOf(level));
      // The loosest level asks for nothing, so it needs no file; every other one is refused without its text.
      if (level === 'unrestricted') found.set(level, text ?? '');
      else if (text) found.set(level, text);
      else
        logger.error('enforcement prompt missing, unreadable or empty: calls at this level are refused', {
          enforcement_level: level,
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

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}
