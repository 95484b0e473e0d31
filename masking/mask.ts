/** Text without its secrets: each becomes a word that says of which kind it was. */
import { findSecretsInSteps } from './find-secrets';

export interface Masked {
  readonly text: string;
  /** How many of each kind, by its name. Empty: there were none. */
  readonly counts: ReadonlyMap<string, number>;
}

const wordFor = (kind: string): string => `[masked: ${kind}]`;

/** The same in steps of a few thousand characters, for who has to let others go on in between. */
export function* maskInSteps(text: string): Generator<void, Masked> {
  const secrets = yield* findSecretsInSteps(text);
  const counts = new Map<string, number>();
  const pieces: string[] = [];
  let end = 0;
  for (const secret of secrets) {
    pieces.push(text.slice(end, secret.start), wordFor(secret.kind));
    end = secret.end;
    counts.set(secret.kind, (counts.get(secret.kind) ?? 0) + 1);
  }
  if (secrets.length === 0) return { text, counts };
  pieces.push(text.slice(end));
  return { text: pieces.join(''), counts };
}

/** @param text as long as the caller has seen to; work is linear in it */
export function mask(text: string): Masked {
  const steps = maskInSteps(text);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
