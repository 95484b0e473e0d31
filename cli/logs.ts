import { InvalidArgumentError, type Command } from 'commander';
import type * as Logs from '../platform/logs';
import type { LogWords } from '../platform/logs';
import { does, newCommand } from '../terminal/command';
import { dayOrTime, duration } from '../terminal/option-values';
import { withFolder } from './platform-options';

const durationOrTime = (text: string): string => {
  for (const read of [duration, dayOrTime])
    try {
      return read(text);
    } catch (fault) {
      if (!(fault instanceof InvalidArgumentError)) throw fault;
    }
  throw new InvalidArgumentError('It must be a duration as 10m or 2h, or a time as 2026-11-20T14:00:00Z.');
};

export const logs = (): Command =>
  does<LogWords>(
    withFolder(
      newCommand('logs', {
        summary: "Show what the platform's services have written",
        description:
          "Shows what the platform's services have written: the last 200 lines of each, or all since a time.",
        examples: ['logs', 'logs gateway_1 --follow', 'logs coder --since 10m'],
      }),
    )
      .argument('[service]', 'one of them, such as gateway_1 (default: all)')
      .option('-f, --follow', 'go on until Ctrl-C')
      .option('--since <time>', 'a duration as 10m, or a time with its zone', durationOrTime),
    ([service], words) => (require('../platform/logs') as typeof Logs).logs(service, words),
  );
