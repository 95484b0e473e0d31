/**
 * How long a budget's window is: ours begin at midnight, so there are few of them. LiteLLM takes any length of time; one
 * that is none of ours is rounded up to the next, which lets nothing through that the shorter one would not have in its
 * own time, and the answer says so.
 */
import { durationMs, invalid } from './terms-input';

const DAY_MS = 86_400_000;
const WINDOWS = [
  ['1d', DAY_MS],
  ['7d', 7 * DAY_MS],
  ['30d', 30 * DAY_MS],
] as const;
const FIELD = 'budget_duration';

/** Of the answer: which windows were rounded, as they are now. */
export const ROUNDED = 'x-gateway-rounded-fields';

/** @returns the window, and whether it is longer than what was asked for */
export function windowOf(asked: string): { readonly window: string; readonly isRounded: boolean } {
  if (asked === 'none') return { window: asked, isRounded: false };
  const ms = durationMs(asked);
  if (ms === undefined || ms === 0)
    throw invalid(
      FIELD,
      `${FIELD} must be 1d, 7d, 30d or none. Another length of time ("30s", "12h", "2w", "1mo") is rounded up to the next of them.`,
    );
  const found = WINDOWS.find(([, longest]) => ms <= longest);
  if (found === undefined)
    throw invalid(
      FIELD,
      `${FIELD} is longer than any window there is: the nearest is 30d, and none is a budget for good.`,
    );
  return { window: found[0], isRounded: found[1] !== ms };
}

type Input = Record<string, unknown>;

/** Puts our windows in the place of those asked for, also in a list of keys. @returns those that were rounded */
export function fitWindows(input: Input): string[] {
  const items = Array.isArray(input['keys']) ? (input['keys'] as unknown[]) : [];
  const rounded = new Set<string>();
  for (const each of [input, ...items]) {
    if (each === null || typeof each !== 'object') continue;
    const fields = each as Input;
    if (typeof fields[FIELD] !== 'string') continue;
    const { window, isRounded } = windowOf(fields[FIELD]);
    fields[FIELD] = window;
    if (isRounded) rounded.add(`${FIELD}=${window}`);
  }
  return [...rounded];
}
