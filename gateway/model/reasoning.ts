/** How much a model is to think before it answers: by a word, by a number of tokens, and from one to the other. */

/** From none to most: OpenAI's words, and Anthropic's `max`. */
export const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;
export type Effort = (typeof EFFORTS)[number];

export interface Reasoning {
  readonly effort: Effort;
  /** Tokens, where the client said how many. */
  readonly budget?: number;
  /** The client's field that asks for it. */
  readonly field: 'reasoning_effort' | 'thinking';
}

/** Fewest tokens that Anthropic takes for thinking. */
export const LEAST_BUDGET = 1_024;

/** Tokens, least first. */
const BUDGETS: readonly (readonly [Effort, number])[] = [
  ['minimal', LEAST_BUDGET],
  ['low', 4_096],
  ['medium', 10_240],
  ['high', 24_576],
  ['xhigh', 32_768],
  ['max', 49_152],
];

export const budgetOf = ({ effort, budget }: Reasoning): number =>
  budget ?? BUDGETS.find(([name]) => name === effort)?.[1] ?? LEAST_BUDGET;

/** The least effort whose budget is no smaller. */
export const effortOf = (budget: number): Effort =>
  BUDGETS.find(([, tokens]) => tokens >= budget)?.[0] ?? 'max';
