/** Makes a provider's message fit to be shown: no credentials, no addresses, no wall of text. */

const LONGEST = 1_000;

const HIDDEN: readonly [RegExp, string][] = [
  [/\bsk-[A-Za-z0-9_-]{8,}/g, '[key]'],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{12,}/g, '[key]'],
  [/\bBearer\s+\S+/gi, '[key]'],
  [/\bhttps?:\/\/[^\s"'<>]+/gi, '[address]'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g, '[address]'],
];

export function sanitize(message: string): string {
  const short = message.length > LONGEST ? `${message.slice(0, LONGEST)}…` : message;
  return HIDDEN.reduce(
    (text, [pattern, mark]) => text.replace(pattern, mark),
    short.replace(/[\0-\x1f\x7f]+/g, ' '),
  );
}
