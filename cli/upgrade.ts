import type { Command } from 'commander';
import type * as Upgrade from '../platform/upgrade';
import type { UpgradeWords } from '../platform/upgrade';
import { does, newCommand, numberBetween } from '../terminal/command';
import { SECRETS_NOTE, withUpOptions } from './platform-options';

export const upgrade = (): Command =>
  does<UpgradeWords>(
    withUpOptions(
      newCommand('upgrade', {
        summary: 'Put another version of the platform in the place of the one that runs',
        description:
          'Builds the images anew, backs the databases up before a new version migrates them, and replaces what changes. ' +
          'Gateways are replaced one at a time: each gets its successor, loses its names, and goes when its calls have ended. ' +
          'Says how many calls were cut.',
        examples: ['upgrade', 'upgrade --drain 60'],
        exits: { 1: 'a step failed; it says what to do' },
        notes: () => SECRETS_NOTE,
      }),
    ).option(
      '--drain <seconds>',
      "how long calls under way get (default: the gateway's shutdownSeconds)",
      numberBetween(1, 3_600, true),
    ),
    ([program], words) => (require('../platform/upgrade') as typeof Upgrade).upgrade(program, words),
  );
