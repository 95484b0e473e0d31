import type { Command } from 'commander';
import { REVIEW_EXITS, reviewing } from './reviewing';

/** `review` as the workspace image has it. */
export const aiReview = (): Command =>
  reviewing(
    'ai-review',
    {
      isProgram: true,
      summary: 'Review a change by checklists, through the gateway, for a bounded price',
      description:
        'Reviews what is committed here and the default branch of the upstream has not, what is staged, or named files, by ' +
        'checklists of ours and .ai-review.md of the base. Secrets are masked before anything is sent; nothing but the ' +
        'gateway is reached, no tool is offered, and what the change says to its reviewer changes nothing.',
      examples: ['', '--staged', 'main...HEAD --fail-on high', 'src/app.ts', '--dry-run'],
      exits: REVIEW_EXITS,
      notes: () =>
        'Gateway, key and model are those of the workspace: ai-doctor says what is wrong with them, ai-usage what was spent.',
    },
    { usesUpstream: true },
  );
