/** Lines without their secrets. Every line stays a line, also where a secret goes over several. */
import { findSecretsInSteps } from '../../masking/find-secrets';

export interface MaskedLines {
  readonly lines: readonly string[];
  /** How many of each kind. */
  readonly counts: ReadonlyMap<string, number>;
}

/** What stands in a secret's place. */
export const wordFor = (kind: string): string => `[masked: ${kind}]`;

export const hasMask = (text: string): boolean => text.includes('[masked: ');

/** Lines that are read as one text; in between others go on. */
export async function maskLines(lines: readonly string[]): Promise<MaskedLines> {
  const text = lines.join('\n');
  const steps = findSecretsInSteps(text);
  let step = steps.next();
  for (let count = 1; step.done !== true; count += 1) {
    if (count % 50 === 0) await new Promise(setImmediate);
    step = steps.next();
  }
  const secrets = step.value;
  const counts = new Map<string, number>();
  if (secrets.length === 0) return { lines, counts };
  const masked: string[] = [];
  let at = 0;
  let next = 0;
  for (const line of lines) {
    const end = at + line.length;
    let [shown, from] = ['', at];
    for (; next < secrets.length; next += 1) {
      const secret = secrets[next];
      if (secret === undefined || secret.start >= end + 1) break;
      if (secret.start >= at) counts.set(secret.kind, (counts.get(secret.kind) ?? 0) + 1);
      const start = Math.max(secret.start, at);
      if (start <= end && secret.end > at) shown += line.slice(from - at, start - at) + wordFor(secret.kind);
      from = Math.min(Math.max(secret.end, from), end);
      // It goes on in the line after this one.
      if (secret.end > end + 1) break;
    }
    masked.push(shown + line.slice(from - at));
    at = end + 1;
  }
  return { lines: masked, counts };
}
