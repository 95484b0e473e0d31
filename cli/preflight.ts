import type { Command } from 'commander';
import type * as Look from '../release/preflight/look';
import type { PreflightWords } from '../release/preflight/look';
import { does, newCommand } from '../terminal/command';

export const preflight = (): Command =>
  does<PreflightWords>(
    newCommand('preflight', {
      summary: 'Check what would be pushed, as Coder would get it',
      description:
        "Packs a template's folder as Coder would get it, and says what a push, a form or a build would trip over. " +
        'Also names files with secrets that git has, committed or staged. Without a folder, synthesizes now and looks at ' +
        'every template that was written to cdktf.out/stacks/. Ends with the command that pushes and the one that sets name, description and icon in Coder, or with exit code 1 ' +
        'when there is an error. Notes are no errors.',
      examples: [
        'preflight',
        'preflight cdktf.out/stacks/contractor-workspace --variables-file variables.yaml',
      ],
      exits: { 1: 'an error was found' },
    })
      .argument('[folder]', 'folder of one template')
      .option(
        '--variables-file <yaml>',
        'also check that it holds a value for every variable; never shows one',
      )
      .option('--name <name>', "the name the template is pushed under (default: the folder's)")
      .option(
        '--lock',
        'make .terraform.lock.hcl for linux_amd64 and linux_arm64; needs terraform and a registry',
      )
      .option('--json', 'for a program'),
    ([folder], words) => (require('../release/preflight/look') as typeof Look).look(folder, words),
  );
