/**
 * One model under the names it has: an id of the API (claude-haiku-4-5-20251001), of Bedrock
 * (eu.anthropic.claude-haiku-4-5-20251001-v1:0), the name on a bill (Claude4.5Haiku, Claude Haiku 4.5 (Amazon Bedrock
 * Edition)) and on a page (Claude Haiku 4.5). What tells models apart is the words and the version.
 */

/** Longer than any name of a model. */
const LONGEST = 200;
const NO_PART = new Set(['claude', 'anthropic', 'latest', 'amazon', 'bedrock', 'edition']);

export function modelKey(name: string): string {
  const plain = name
    .slice(0, LONGEST)
    .toLowerCase()
    .replace(/\(.*$/, '')
    .replace(/^([a-z]{2,6}\.)?anthropic\./, '')
    .replace(/[-@]v\d+(:\d+)?$/, '')
    // A day: of eight digits, or with dashes.
    .replace(/[-@\s]?(20\d{6}|20\d{2}-\d{2}-\d{2})(?=$|\D)/, '');
  const parts = plain.match(/[a-z]+|\d+/g) ?? [];
  const words = parts.filter((part) => /[a-z]/.test(part) && !NO_PART.has(part)).sort();
  const version = parts.filter((part) => /\d/.test(part));
  return [...words, version.join('.')].filter((part) => part !== '').join(' ');
}
