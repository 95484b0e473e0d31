/** Why an answer ended, in the words of one server or another. */
import type { StopReason } from '../../model/answer';
import { cut } from '../../model/cut';

const STOP_REASONS: Readonly<Record<string, StopReason>> = {
  stop: 'end',
  eos: 'end',
  eos_token: 'end',
  end_turn: 'end',
  stop_sequence: 'end',
  complete: 'end',
  length: 'max_tokens',
  max_tokens: 'max_tokens',
  model_length: 'max_tokens',
  tool_calls: 'tool_use',
  tool_use: 'tool_use',
  function_call: 'tool_use',
  content_filter: 'refusal',
  refusal: 'refusal',
  safety: 'refusal',
  sensitive: 'refusal',
};

/** Words of servers that could not go on. */
const FAILURES: readonly string[] = [
  'error',
  'abort',
  'aborted',
  'network_error',
  'insufficient_system_resource',
];

/** Longer than any of them. */
const LONGEST = 64;

/** In small letters. Undefined when none was given yet: some servers write nothing, or "null". */
export function readFinishReason(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const reason = cut(value, LONGEST).toLowerCase();
  return reason === '' || reason === 'null' ? undefined : reason;
}

export const isFailure = (reason: string): boolean => FAILURES.includes(reason);

const knownReason = (reason: string | undefined): StopReason =>
  (reason !== undefined && Object.hasOwn(STOP_REASONS, reason) ? STOP_REASONS[reason] : undefined) ?? 'end';

/** @param hasCalls some servers say "stop" where clients wait for "tool_calls" to run them, or the other way round */
export function stopReasonOf(reason: string | undefined, hasCalls: boolean): StopReason {
  const known = knownReason(reason);
  if (known === 'max_tokens' || known === 'refusal') return known;
  return hasCalls ? 'tool_use' : 'end';
}

/** Of two the one that says more: some servers say "stop" once again at the end. */
export function moreTelling(before: string | undefined, now: string | undefined): string | undefined {
  if (before === undefined || now === undefined) return before ?? now;
  const isPlain = !isFailure(now) && knownReason(now) === 'end';
  return isPlain ? before : now;
}
