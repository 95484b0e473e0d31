import type { Command } from 'commander';
import { evaluation } from './review-eval';
import { reviewRecipe } from './review-recipe';
import { REVIEW_EXITS, reviewing } from './reviewing';

export const review = (): Command =>
  reviewing('review', {
    summary: 'Review a change by checklists, through the gateway, for a bounded price',
    description:
      'Reviews what HEAD has that BASE had not when they parted, what is staged, or named files, by the checklists of ' +
      'prompts/review and .ai-review.md of the base. Secrets are masked before anything is sent; nothing but the gateway ' +
      'is reached, no tool is offered, and what the change says to its reviewer changes nothing.',
    examples: [
      'review main...HEAD',
      'review --staged --fail-on high',
      'review origin/main...HEAD --format sarif --output review.sarif --max-cost 0.20',
      'review main...HEAD --dry-run',
      'review src/app.ts',
      'review origin/main...HEAD --comment',
      'review recipe github --image registry.example.com/workspace:1',
    ],
    exits: REVIEW_EXITS,
    notes: () => `Environment:
  AI_GATEWAY_URL            where the gateway is (also read: OPENAI_API_BASE, OPENAI_BASE_URL)
  OPENAI_API_KEY            a key of the gateway, best of the scope ci or agent:review (also read: LITELLM_API_KEY)
  AI_GATEWAY_KEY_FILE       a file with it, where no variable holds one
  AI_MODEL                  the model that reviews, where --model names none
  GITHUB_TOKEN, GITLAB_TOKEN, GITEA_TOKEN   for --comment: what writes them; which change it is, CI's own variables say
In a workspace, what its set-up has noted in ~/.config/ai-gateway is taken where no variable says it.`,
  })
    // Options behind "eval" are its own.
    .enablePositionalOptions()
    .addCommand(evaluation())
    .addCommand(reviewRecipe());
