import { ok, type Finding } from './check';

interface Pattern {
  readonly what: string;
  readonly pattern: RegExp;
  /** What else must hold of the first group, or of the whole match. @default - nothing */
  readonly isMeant?: (text: string) => boolean;
}

/** Bits a character of a text carries, by how often each occurs in it. */
export function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => {
    const share = count / text.length;
    return sum - share * Math.log2(share);
  }, 0);
}

const digitsIn = (text: string): number => (text.match(/[0-9]/g) ?? []).length;

/** Made by a machine: a person's names and examples have few digits and repeat themselves. */
export const isRandom = (text: string): boolean =>
  digitsIn(text) >= 3 && /[a-z]/i.test(text) && entropy(text) >= 3;

const PATTERNS: readonly Pattern[] = [
  { what: 'a key of Anthropic', pattern: /\bsk-ant-[A-Za-z0-9_-]{16,}/g },
  { what: 'an access key of AWS', pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g },
  { what: 'a private key', pattern: /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----/g },
  { what: 'a token of GitHub', pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{40,})/g },
  { what: 'a token of GitLab', pattern: /\bglpat-[A-Za-z0-9_-]{20,}/g },
  { what: 'a token of Slack', pattern: /\bxox[abprs]-[A-Za-z0-9-]{20,}/g },
  { what: 'a signed token', pattern: /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/g },
  {
    what: 'a password in an address',
    pattern: /\b[a-z][a-z0-9+.-]*:\/\/[\w.%+-]+:[\w.~%!*+-]{8,}@/g,
  },
  {
    what: 'a key of a gateway or a provider',
    pattern: /\bsk-(?!ant-)[A-Za-z0-9_-]{20,}/g,
    isMeant: isRandom,
  },
  {
    what: 'a long random value under the name of a secret',
    pattern:
      /(?:secret|token|passw(?:or)?d|credential|api_?key|private_?key|master_?key|access_?key)\w*["']?\s*(?:=>?|:)\s*["']?([A-Za-z0-9+/_=-]{24,})(?![A-Za-z0-9(.[])/gi,
    isMeant: isRandom,
  },
];

/** Something that looks like a secret, and where. */
export interface Suspect {
  readonly what: string;
  readonly line: number;
}

/** What in a text looks like a secret. */
export function suspectsIn(text: string): Suspect[] {
  const found = PATTERNS.flatMap(({ what, pattern, isMeant }) =>
    [...text.matchAll(pattern)]
      .filter((match) => isMeant === undefined || isMeant(match[1] ?? match[0]))
      .map((match): Suspect => ({ what, line: text.slice(0, match.index).split('\n').length })),
  );
  // A key of a known kind behind the name of a secret is one secret.
  return found.filter(({ line }, i) => found.findIndex((other) => other.line === line) === i);
}

/** Whether a secret would be pushed. The value is never shown. */
export function checkSecrets(files: ReadonlyMap<string, string>): Finding {
  const places = [...files].flatMap(([path, text]) =>
    suspectsIn(text).map(({ what, line }) => `${path}:${line} looks like ${what}`),
  );
  if (places.length === 0) return ok('secrets', `no secret in ${files.size} files`);
  return {
    check: 'secrets',
    state: 'error',
    says: places.length === 1 ? 'something looks like a secret' : `${places.length} places look like secrets`,
    todo:
      'take it out and give it as a sensitive variable; what was pushed or committed once must be replaced: ' +
      'everybody who may use the template can read its files',
    places,
  };
}
