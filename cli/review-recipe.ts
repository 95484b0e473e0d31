import { Argument, Option, type Command } from 'commander';
import { FORGES } from '../review/forges/names';
import { SEVERITIES } from '../review/findings/finding';
import type * as Recipe from '../review/recipes/recipe';
import type { RecipeWords } from '../review/recipes/recipe';
import { newCommand } from '../terminal/command';
import { EXIT } from '../terminal/fault';
import { someDollars } from '../terminal/option-values';

export const reviewRecipe = (): Command => {
  const command = newCommand('recipe', {
    summary: "Write the file that has a platform's CI review each change",
    description:
      'Writes a workflow for GitHub Actions, an include for GitLab CI, or a workflow for Gitea and Forgejo Actions: it ' +
      "fetches the change, reviews it and comments on it. It uses no action of others. A fork's change, which gets no " +
      'secrets, is skipped. What is not said here is taken from the file that is there.',
    examples: [
      'review recipe github --image registry.example.com/workspace:1',
      'review recipe gitlab --image registry.example.com/workspace:1 --fail-on high --max-cost 0.20',
      'review recipe github --check',
    ],
    exits: { 1: 'the file is missing or not current (--check)' },
  })
    .addArgument(new Argument('<platform>', 'whose CI').choices(FORGES))
    .option('--repository <folder>', 'top of the checkout', '.')
    .option('--image <reference>', 'image that has this program, such as that of the workspace')
    .addOption(
      new Option('--fail-on <severity>', 'the job fails when a finding is that severe').choices(SEVERITIES),
    )
    .option('--max-cost <usd>', 'what one review may cost', someDollars)
    .option('--runner <label>', 'of the machine that runs it')
    .option('--code-scanning', 'GitHub: also for the list of alerts (adds the permission to write it)')
    .option('--check', 'say whether the file is current, and write nothing')
    .option('--stdout', 'show it and write nothing');
  return command.action((platform: string) => {
    const words = command.opts<RecipeWords>();
    const code = (require('../review/recipes/recipe') as typeof Recipe).recipeCommand(platform, words);
    if (code !== EXIT.done) process.exitCode = code;
  });
};
