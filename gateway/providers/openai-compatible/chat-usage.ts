/** What a chat completion says that it used: whole ones, and the running totals of streams. */
import { largerOf, MISSING, unreadable, type Usage, type UsageReading } from '../../model/usage';
import { isJsonObject, type Json } from '../messages/read-answer';
import { describe, TokenCounts } from '../token-counts';

/** Members of a usage that are read, in the words of one server or another. */
const MEMBERS = [
  'prompt_tokens',
  'completion_tokens',
  'total_tokens',
  'input_tokens',
  'output_tokens',
  'prompt_tokens_details',
  'input_tokens_details',
  'completion_tokens_details',
  'output_tokens_details',
  'cached_tokens',
  'num_cached_tokens',
  'prompt_cache_hit_tokens',
  'prompt_cache_miss_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
] as const;

/** Where a whole answer or a chunk has its usage: at the top, in the choice, or in a vendor's own corner. */
export function usageIn(chunk: Json): unknown {
  if (isPresent(chunk['usage'])) return chunk['usage'];
  const choice: unknown = Array.isArray(chunk['choices']) ? chunk['choices'][0] : undefined;
  if (isJsonObject(choice) && isPresent(choice['usage'])) return choice['usage'];
  const { x_groq: corner } = chunk;
  return isJsonObject(corner) ? corner['usage'] : undefined;
}

const isPresent = (value: unknown): boolean => value !== undefined && value !== null;

/**
 * Tokens, each counted once. Whatever of the total is neither prompt nor answer is counted as answer: some servers leave
 * out the tokens of thinking there.
 */
export function readUsage(value: unknown): UsageReading {
  if (value === undefined || value === null) return unreadable('usage', MISSING);
  if (!isJsonObject(value)) return unreadable('usage', `is ${describe(value)} instead of an object`);
  const counts = new TokenCounts(value, 'usage');
  const cacheRead = readCached(counts);
  const cacheWrite = counts.read('cache_creation_input_tokens') ?? 0;
  const { prompt, isApart } = readPrompt(counts, value);
  const answer = readAnswer(counts);
  const total = counts.read('total_tokens');
  if (counts.fault !== undefined) return { usage: undefined, usageFault: counts.fault };
  if (prompt === undefined) return unreadable('usage.prompt_tokens', MISSING);
  if (answer === undefined) return unreadable('usage.completion_tokens', MISSING);
  const cached = cacheRead + cacheWrite;
  // What a total has beside prompt and answer is the thinking, or what was cached; by it we know which.
  const more = total === undefined ? undefined : total - prompt - answer.told;
  const isToldBeside = more === cached && more !== answer.thinking;
  const all = isToldBeside || (isApart && more !== 0) ? prompt + cached : prompt;
  if (cached > all) return unreadable('usage.prompt_tokens', `is ${prompt}, and ${cached} of it were cached`);
  // A total of 0 was never filled in.
  const rest = total === undefined || total === 0 ? answer.least : total - all;
  if (rest < answer.told)
    return unreadable('usage.total_tokens', `is ${total}, less than ${all} and ${answer.told} together`);
  return { usage: { input: all - cached, output: rest, cacheWrite, cacheRead } };
}

const ANTHROPICS_WORDS = ['cache_read_input_tokens', 'cache_creation_input_tokens'] as const;

/** `isApart`: in Anthropic's words, where what went through the cache is not among the input. */
function readPrompt(
  counts: TokenCounts,
  value: Json,
): { readonly prompt: number | undefined; readonly isApart: boolean } {
  const prompt = counts.read('prompt_tokens');
  if (prompt !== undefined) return { prompt, isApart: false };
  const input = counts.read('input_tokens');
  if (input !== undefined)
    return { prompt: input, isApart: ANTHROPICS_WORDS.some((name) => isPresent(value[name])) };
  const hit = counts.read('prompt_cache_hit_tokens');
  const miss = counts.read('prompt_cache_miss_tokens');
  return { prompt: hit === undefined || miss === undefined ? undefined : hit + miss, isApart: false };
}

/** `least`: where no total is told. Thinking that is more than the answer cannot be part of it. */
function readAnswer(
  counts: TokenCounts,
): { readonly told: number; readonly least: number; readonly thinking: number } | undefined {
  const told = counts.read('completion_tokens') ?? counts.read('output_tokens');
  const thinking = Math.max(
    counts.inner('completion_tokens_details')?.read('reasoning_tokens') ?? 0,
    counts.inner('output_tokens_details')?.read('reasoning_tokens') ?? 0,
  );
  if (told === undefined) return undefined;
  return { told, thinking, least: thinking > told ? told + thinking : told };
}

/** In OpenAI's words, or in those of other servers. One that says 0 may only not know the others' word. */
function readCached(counts: TokenCounts): number {
  const told = [
    counts.inner('prompt_tokens_details')?.read('cached_tokens'),
    counts.inner('input_tokens_details')?.read('cached_tokens'),
    ...(
      ['cache_read_input_tokens', 'prompt_cache_hit_tokens', 'cached_tokens', 'num_cached_tokens'] as const
    ).map((name) => counts.read(name)),
  ].filter((count) => count !== undefined && count !== 0);
  const [first = 0] = told;
  const other = told.find((count) => count !== first);
  if (other !== undefined)
    counts.refuse('prompt_tokens_details.cached_tokens', `is told as ${first} and as ${other}`);
  return first;
}

/**
 * The usage of a stream. Some servers send a running total with every chunk, or each count where it is known first: a
 * count stays until a later one takes its place, and what was wrong once stays wrong.
 */
export class StreamedUsage {
  #reading: UsageReading = unreadable('usage', MISSING);
  #members: Record<string, unknown> = {};
  /** The largest of each, while it is not known whether the rest is still to come. */
  #soFar: Usage | undefined;

  /** Of a chunk; most have none. */
  add(value: unknown): void {
    if (value === undefined || value === null || this.#isWrong) return;
    const told = readUsage(isJsonObject(value) ? this.#join(value) : value);
    if (told.usage) this.#soFar = this.#soFar ? largerOf(this.#soFar, told.usage) : told.usage;
    this.#reading = told.usage && this.#soFar ? { usage: this.#soFar } : told;
  }

  get told(): Usage | undefined {
    return this.#isWrong ? undefined : this.#soFar;
  }

  get reading(): UsageReading {
    return this.#reading;
  }

  #join(value: Json): Json {
    // A total belongs to the counts beside it.
    const members: Record<string, unknown> = { ...this.#members, total_tokens: undefined };
    for (const name of MEMBERS) if (isPresent(value[name])) members[name] = value[name];
    this.#members = members;
    return members;
  }

  get #isWrong(): boolean {
    const { usageFault } = this.#reading;
    return usageFault !== undefined && usageFault.problem !== MISSING;
  }
}
