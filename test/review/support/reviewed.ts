/** The command as people and CI run it, and a review in the test's own process. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NO_CACHE } from '../../../review/cache';
import { connect } from '../../../review/gateway/client';
import type { Report } from '../../../review/report';
import { review, type ReviewProps } from '../../../review/run';
import { runProgram, type Ended } from '../../cli/run';
import type { TestRepository } from './repository';

export interface At {
  readonly url: string;
  readonly key: string;
}

export const reviewIn = (
  { folder }: TestRepository,
  at: At,
  props: Partial<ReviewProps> = {},
): Promise<Report> =>
  review({
    folder,
    target: { kind: 'range', range: 'main...HEAD' },
    contextTokens: 2_000,
    client: connect(at, { wait: () => Promise.resolve() }),
    cache: NO_CACHE,
    most: 5,
    ...props,
  });

/** @param args behind `review` */
export const runReview = (
  { folder }: TestRepository,
  { url, key }: At,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> =>
  runProgram(['review', '--repository', folder, ...args], {
    env: {
      PATH: process.env['PATH'],
      HOME: mkdtempSync(join(tmpdir(), 'review-home-')),
      AI_GATEWAY_URL: url,
      OPENAI_API_KEY: key,
      ...env,
    },
  });
