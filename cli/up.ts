import type { Command } from 'commander';
import type * as Up from '../platform/up';
import type { UpWords } from '../platform/up-context';
import { does, newCommand } from '../terminal/command';
import { SECRETS_NOTE, withUpOptions } from './platform-options';

export const up = (): Command =>
  does<UpWords>(
    withUpOptions(
      newCommand('up', {
        summary: 'Make the whole platform on this Docker host: Coder, gateway, Postgres, template',
        description:
          'Checks this host, makes secrets and certificates, builds and pulls images, applies the stack with Terraform, makes ' +
          "Coder's administrator, pushes the template, and ends with the addresses. What is done already is not done again: " +
          'run it once more after whatever stopped it.',
        examples: ['up', 'up my-platform.ts', 'up --folder /srv/ai-platform'],
        exits: { 1: 'a step failed; it says what to do' },
        notes: () => SECRETS_NOTE,
      }),
    ),
    ([program], words) => (require('../platform/up') as typeof Up).up(program, words),
  );
