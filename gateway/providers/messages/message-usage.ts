/** What an answer of Anthropic's Messages API says that it used: whole answers, and the running totals of streams. */
import {
  largerOf,
  MISSING,
  NO_USAGE,
  unreadable,
  type Usage,
  type UsageFault,
  type UsageReading,
} from '../../model/usage';
import { describe, TokenCounts } from '../token-counts';

interface Told {
  readonly usage: Usage;
  readonly hasInput: boolean;
  readonly hasOutput: boolean;
  readonly fault: UsageFault | undefined;
}

const NOTHING: Told = { usage: NO_USAGE, hasInput: false, hasOutput: false, fault: undefined };

/**
 * Counts for the cache are null where nothing is cached, and older models leave them out; so are those of the input in
 * a stream's last event, which has them a second time only.
 */
function readCounts(value: unknown): Told {
  if (value === undefined || value === null) return NOTHING;
  if (typeof value !== 'object' || Array.isArray(value))
    return { ...NOTHING, fault: { field: 'usage', problem: `is ${describe(value)} instead of an object` } };
  const counts = new TokenCounts(value as Readonly<Record<string, unknown>>, 'usage');
  const input = counts.read('input_tokens');
  const output = counts.read('output_tokens');
  const cacheWrite = counts.read('cache_creation_input_tokens') ?? 0;
  const cacheRead = counts.read('cache_read_input_tokens') ?? 0;
  const cacheWriteHour = readHour(counts, cacheWrite);
  return {
    usage: {
      input: input ?? 0,
      output: output ?? 0,
      cacheWrite,
      ...(cacheWriteHour === undefined ? {} : { cacheWriteHour }),
      cacheRead,
    },
    hasInput: input !== undefined,
    hasOutput: output !== undefined,
    fault: counts.fault,
  };
}

function readHour(counts: TokenCounts, cacheWrite: number): number | undefined {
  const lives = counts.inner('cache_creation');
  if (lives === undefined) return undefined;
  const short = lives.read('ephemeral_5m_input_tokens') ?? 0;
  const hour = lives.read('ephemeral_1h_input_tokens') ?? 0;
  if (short + hour !== cacheWrite)
    counts.refuse(
      'cache_creation',
      `adds up to ${short + hour}, and cache_creation_input_tokens to ${cacheWrite}`,
    );
  return hour;
}

function judge({ usage, hasInput, hasOutput, fault }: Told): UsageReading {
  if (fault !== undefined) return { usage: undefined, usageFault: fault };
  if (!hasInput) return unreadable('usage.input_tokens', MISSING);
  if (!hasOutput) return unreadable('usage.output_tokens', MISSING);
  return { usage };
}

export const readUsage = (value: unknown): UsageReading => judge(readCounts(value));

/** The usage of a stream: told at its start, and from then on as totals so far. What is wrong once stays wrong. */
export class StreamedUsage {
  #told = NOTHING;

  /** Of `message_start`, whose count of output is a placeholder. */
  start(value: unknown): void {
    this.#add(readCounts(value), this.#told.hasOutput);
  }

  /** Of a `message_delta`. The last one's output is all there was, so one without it takes away what was known. */
  delta(value: unknown): void {
    const told = readCounts(value);
    this.#add(told, told.hasOutput);
  }

  /** So far, once the input is told and can be read. */
  get told(): Usage | undefined {
    const { usage, hasInput, fault } = this.#told;
    return hasInput && fault === undefined ? usage : undefined;
  }

  /** So far, as far as it can be read. */
  get soFar(): Usage {
    return this.#told.usage;
  }

  get reading(): UsageReading {
    return judge(this.#told);
  }

  #add({ usage, hasInput, fault }: Told, hasOutput: boolean): void {
    const before = this.#told;
    this.#told = {
      usage: largerOf(before.usage, usage),
      hasInput: before.hasInput || hasInput,
      hasOutput,
      fault: before.fault ?? fault,
    };
  }
}
