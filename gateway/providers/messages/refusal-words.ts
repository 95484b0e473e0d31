/** What Anthropic says about a refusal beside the stop reason, as words for those who know no such field. */
import { cut } from '../../model/cut';

/** Characters; an explanation is a sentence or two. */
const LONGEST = 4_096;
const LONGEST_CATEGORY = 64;

interface Details {
  readonly explanation?: unknown;
  readonly category?: unknown;
}

/** @param details `stop_details` of a message that was stopped for `refusal` */
export function refusalWords(details: unknown): string {
  const { explanation, category }: Details = details !== null && typeof details === 'object' ? details : {};
  if (typeof explanation === 'string' && explanation.trim() !== '') return cut(explanation, LONGEST);
  const why = typeof category === 'string' && category !== '' ? ` (${cut(category, LONGEST_CATEGORY)})` : '';
  return `The model refuses to answer this${why}. Its provider gives no further reason.`;
}
