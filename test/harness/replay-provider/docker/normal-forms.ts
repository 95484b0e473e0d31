/** How values read back from the Docker engine: not always as they were written. */

const NANO = 1e9;
const SECONDS: readonly (readonly [unit: string, seconds: number])[] = [
  ['h', 3600],
  ['m', 60],
  ['s', 1],
  ['ms', 1e-3],
  ['us', 1e-6],
  ['µs', 1e-6],
  ['μs', 1e-6],
  ['ns', 1e-9],
];

/**
 * A number of CPUs in the provider's own form: "2" becomes "2.0", "1.50" becomes "1.5".
 *
 * @returns undefined when the text is no number
 */
export function normalCpus(text: string): string | undefined {
  if (!/^(?:\d+(?:\.\d*)?|\.\d+)$/.test(text)) return undefined;
  const rounded = Math.round(Number(text) * NANO) / NANO;
  return Number.isInteger(rounded) ? rounded.toFixed(1) : String(rounded);
}

/** A capability as the engine names it: "CHOWN" becomes "CAP_CHOWN"; "ALL" stays. */
export function normalCapability(name: string): string {
  const upper = name.toUpperCase();
  return upper === 'ALL' || upper.startsWith('CAP_') ? upper : `CAP_${upper}`;
}

/** A Go duration in its normal form: "60s" becomes "1m0s", "1500ms" becomes "1.5s". */
export function normalDuration(text: string): string {
  const total = [...text.matchAll(/(\d+(?:\.\d*)?|\.\d+)([a-zµμ]+)/g)].reduce((sum, [, amount, unit]) => {
    const seconds = SECONDS.find(([name]) => name === unit)?.[1] ?? 0;
    return sum + Math.round(Number(amount) * seconds * NANO);
  }, 0);
  if (total === 0) return '0s';
  if (total < 1e3) return `${total}ns`;
  if (total < 1e6) return `${total / 1e3}µs`;
  if (total < NANO) return `${total / 1e6}ms`;
  const hours = Math.floor(total / (3600 * NANO));
  const minutes = Math.floor(total / (60 * NANO)) % 60;
  const seconds = `${(total % (60 * NANO)) / NANO}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}
