/** What an entry of the table of refusals says. */

export interface ErrorSpec {
  readonly status: number;
  /** `error.type` on OpenAI's paths; LiteLLM's word where its clients look for one. */
  readonly type: string;
  /** `error.type` on Anthropic's paths. @default what Anthropic says with that status */
  readonly anthropicType?: string;
  /** What is wrong and what to do about it; said when the place that refuses has nothing better. */
  readonly message: string;
  readonly param?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** No retry mends it. */
export const FINAL = { 'x-should-retry': 'false' } as const;
export const SOON = { 'retry-after': '2' } as const;
