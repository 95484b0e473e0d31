import { Argument, type Command } from 'commander';
import { newCommand } from '../terminal/command';
import { completionScript, SHELLS, type Shell } from '../terminal/completion';

/** @param program everything that can be completed */
export const completion = (program: Command): Command =>
  newCommand('completion', {
    summary: 'Print a script by which a shell completes commands and options',
    examples: [
      'completion bash > ~/.local/share/bash-completion/completions/contractor-workspace',
      'completion zsh > "${fpath[1]}/_contractor-workspace"',
      'completion fish > ~/.config/fish/completions/contractor-workspace.fish',
    ],
  })
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .action((shell: Shell) => void process.stdout.write(completionScript(program, shell)));
