/** Which entries of the trail are asked for: the same words for the page and for the table of it. */
import type { AuditQuestion } from '../admin/audit-trail';
import { knownWords } from './filter';

export const AUDIT_WORDS = ['actor', 'action', 'target', 'since', 'until'] as const;
const DAY_MS = 86_400_000;

export const auditWords = (query: URLSearchParams): URLSearchParams =>
  knownWords(query, AUDIT_WORDS, 'target');

/** Days are those of UTC, both included; what is no day is left out. */
export function auditFilter(words: URLSearchParams): AuditQuestion {
  const { actor, action, target } = Object.fromEntries(words);
  const since = dayOf(words.get('since'));
  const until = dayOf(words.get('until'));
  return {
    ...(actor === undefined ? {} : { actor }),
    ...(action === undefined ? {} : { action }),
    ...(target === undefined ? {} : { target }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until: new Date(until.getTime() + DAY_MS) }),
  };
}

function dayOf(word: string | null): Date | undefined {
  // bounded: a word of an address, which is cut
  if (word === null || !/^\d{4}-\d{2}-\d{2}$/.test(word)) return undefined;
  const day = new Date(`${word}T00:00:00Z`);
  return Number.isNaN(day.getTime()) ? undefined : day;
}
