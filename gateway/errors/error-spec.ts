/** What an entry of the table of refusals says. */

export interface ErrorSpec {
  readonly status: number;
  /** `error.type` on OpenAI's paths; LiteLLM's word where its clients look for one. */
  readonly type: string;
  /** Said when the place that refuses adds nothing of its own. */
  readonly message: string;
  readonly param?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** No retry mends it. */
export const FINAL = { 'x-should-retry': 'false' } as const;
export const SOON = { 'retry-after': '2' } as const;
