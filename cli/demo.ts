import type { Command } from 'commander';
import type * as Run from '../demo/run';
import { does, newCommand } from '../terminal/command';

export const demo = (): Command =>
  does(
    newCommand('demo', {
      summary: 'Show the whole chain on this machine: template, key, assistant, answer, account',
      description:
        'Synthesizes the template, then shows on this machine what happens when a developer starts a workspace from it: ' +
        'the start-up script asks the gateway for a key, the assistant asks a question, the answer is accounted for. ' +
        'No Docker, no Coder and no provider key needed: Terraform plans against a provider that replays the schema. ' +
        'Leaves nothing running and nothing behind but cdktf.out/.',
      examples: ['demo'],
      notes: () =>
        'With ANTHROPIC_API_KEY set the real model answers (one short question); without it, a labelled stand-in does.',
    }),
    () => (require('../demo/run') as typeof Run).runDemo(),
  );
