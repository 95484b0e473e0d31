/** Tokens of one call, each counted once: `input` leaves out what was written to or read from the prompt cache. */
export interface Usage {
  readonly input: number;
  readonly output: number;
  readonly cacheWrite: number;
  /** Of `cacheWrite`, what was written with a life of an hour. Undefined: the provider did not say how it splits. */
  readonly cacheWriteHour?: number;
  readonly cacheRead: number;
}

export const NO_USAGE: Usage = { input: 0, output: 0, cacheWrite: 0, cacheRead: 0 };

/** Why a provider's usage cannot be what it will bill. Never with words of the provider's: they may be content. */
export interface UsageFault {
  /** As the provider calls it. */
  readonly field: string;
  readonly problem: string;
}

/** The problem of what a provider promises to tell, and did not. */
export const MISSING = 'is missing';

/** A usage as a provider told it; without one, why not. */
export type UsageReading =
  | { readonly usage: Usage; readonly usageFault?: undefined }
  | { readonly usage: undefined; readonly usageFault: UsageFault };

export const unreadable = (field: string, problem: string): UsageReading => ({
  usage: undefined,
  usageFault: { field, problem },
});

/** Providers report running totals, at times out of order; the largest seen of each is the one that counts. */
export function largerOf(a: Usage, b: Usage): Usage {
  const cacheWriteHour = a.cacheWrite >= b.cacheWrite ? hourOf(a, b) : hourOf(b, a);
  return {
    input: Math.max(a.input, b.input),
    output: Math.max(a.output, b.output),
    cacheWrite: Math.max(a.cacheWrite, b.cacheWrite),
    ...(cacheWriteHour === undefined ? {} : { cacheWriteHour }),
    cacheRead: Math.max(a.cacheRead, b.cacheRead),
  };
}

/** Of the larger total. What one of them says of a smaller total says nothing about the rest of the larger. */
function hourOf(larger: Usage, smaller: Usage): number | undefined {
  const said = smaller.cacheWriteHour ?? 0;
  if (larger.cacheWriteHour !== undefined) return Math.max(larger.cacheWriteHour, said);
  if (larger.cacheWrite === smaller.cacheWrite) return smaller.cacheWriteHour;
  return said === 0 ? undefined : said + larger.cacheWrite - smaller.cacheWrite;
}

/** In tokens. */
export interface ModelBounds {
  readonly context_window: number;
  readonly max_output_tokens: number;
}

/** Why no call of that model can have come to this usage; undefined when one can. */
export function findImpossible(usage: Usage, model: ModelBounds): UsageFault | undefined {
  const input = usage.input + usage.cacheWrite + usage.cacheRead;
  if (input + usage.output === 0) return { field: 'usage', problem: 'has no token at all' };
  if (input > model.context_window)
    return {
      field: 'usage',
      problem: `has ${input} tokens of input, more than the model's context of ${model.context_window}`,
    };
  if (usage.output > model.max_output_tokens)
    return {
      field: 'usage',
      problem: `has ${usage.output} tokens of output, more than the model's limit of ${model.max_output_tokens}`,
    };
  return undefined;
}
