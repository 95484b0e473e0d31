/** What a chat completion says that it used: whole ones, and the running totals of streams. */
import { largerOf, MISSING, unreadable, type Usage, type UsageReading } from '../../model/usage';
import { describe, TokenCounts } from '../token-counts';

/**
 * Tokens, each counted once. Whatever of the total is neither prompt nor answer is counted as answer: some servers leave
 * out the tokens of thinking there.
 */
export function readUsage(value: unknown): UsageReading {
  if (value === undefined || value === null) return unreadable('usage', MISSING);
  if (typeof value !== 'object' || Array.isArray(value))
    return unreadable('usage', `is ${describe(value)} instead of an object`);
  const counts = new TokenCounts(value as Readonly<Record<string, unknown>>, 'usage');
  const prompt = counts.read('prompt_tokens');
  const answer = counts.read('completion_tokens');
  const total = counts.read('total_tokens');
  const cacheRead = readCached(counts);
  const cacheWrite = counts.read('cache_creation_input_tokens') ?? 0;
  if (prompt === undefined) counts.refuse('prompt_tokens', MISSING);
  else if (cacheRead + cacheWrite > prompt)
    counts.refuse('prompt_tokens', `is ${prompt}, and ${cacheRead + cacheWrite} of it were cached`);
  if (answer === undefined) counts.refuse('completion_tokens', MISSING);
  if (counts.fault !== undefined || prompt === undefined || answer === undefined)
    return { usage: undefined, usageFault: counts.fault ?? { field: 'usage', problem: MISSING } };
  const rest = total === undefined ? answer : total - prompt;
  if (rest < answer)
    return unreadable('usage.total_tokens', `is ${total}, less than ${prompt} and ${answer} together`);
  return { usage: { input: prompt - cacheRead - cacheWrite, output: rest, cacheWrite, cacheRead } };
}

/** In OpenAI's words, or in those of gateways in front of Anthropic's models. */
function readCached(counts: TokenCounts): number {
  const own = counts.inner('prompt_tokens_details')?.read('cached_tokens');
  const foreign = counts.read('cache_read_input_tokens');
  if (own !== undefined && foreign !== undefined && own !== foreign)
    counts.refuse('cache_read_input_tokens', `is ${foreign}, and prompt_tokens_details.cached_tokens ${own}`);
  return own ?? foreign ?? 0;
}

/**
 * The usage of a stream. Some servers send a running total with every chunk: the last one has to be whole, and what was
 * wrong once stays wrong.
 */
export class StreamedUsage {
  #reading: UsageReading = unreadable('usage', MISSING);
  /** The largest of each, while it is not known whether the rest is still to come. */
  #soFar: Usage | undefined;

  /** Of a chunk; most have none. */
  add(value: unknown): void {
    if (value === undefined || value === null || this.#isWrong) return;
    const told = readUsage(value);
    if (told.usage) this.#soFar = this.#soFar ? largerOf(this.#soFar, told.usage) : told.usage;
    this.#reading = told.usage && this.#soFar ? { usage: this.#soFar } : told;
  }

  get told(): Usage | undefined {
    return this.#isWrong ? undefined : this.#soFar;
  }

  get reading(): UsageReading {
    return this.#reading;
  }

  get #isWrong(): boolean {
    const { usageFault } = this.#reading;
    return usageFault !== undefined && usageFault.problem !== MISSING;
  }
}
