import type { Json } from '../../../synth/hcl/expressions';
import type { Direction } from '../change';
import { dollars, percent } from './amounts';
import { isNumber, isSame, type Members } from './members';

/** Kinds of token that have a price. */
export const PRICE_KINDS: readonly { readonly field: string; readonly reads: string }[] = [
  { field: 'input', reads: 'input' },
  { field: 'output', reads: 'output' },
  { field: 'cache_write', reads: 'written to the cache' },
  { field: 'cache_write_1h', reads: 'written to the cache for an hour' },
  { field: 'cache_read', reads: 'read from the cache' },
];

export interface PriceDifference {
  /** Whether it is dearer or cheaper for those who pay it. */
  readonly direction: Direction;
  /** One sentence a kind of token. */
  readonly lines: readonly string[];
}

/** What another price per million tokens means, kind by kind. */
export function priceDifference(before: Members, after: Members): PriceDifference {
  const changed = PRICE_KINDS.filter(({ field }) => !isSame(before.get(field), after.get(field)));
  const directions = new Set(changed.map(({ field }) => directionOf(before.get(field), after.get(field))));
  return {
    direction:
      directions.size === 0 ? 'other' : directions.size > 1 ? 'mixed' : ([...directions][0] ?? 'other'),
    lines: changed.map(
      ({ field, reads }) => `Tokens ${reads}: ${differenceText(before.get(field), after.get(field))}.`,
    ),
  };
}

function differenceText(before: Json | undefined, after: Json | undefined): string {
  if (before === undefined) return `offered from now on, ${dollars(after)} per million`;
  if (after === undefined) return `no longer offered, ${dollars(before)} per million before`;
  return `${dollars(before)} → ${dollars(after)} per million${percent(before, after)}`;
}

/** What tokens cost where there is nothing to compare it with. */
export const priceLines = (price: Members): string[] =>
  PRICE_KINDS.filter(({ field }) => price.has(field)).map(
    ({ field, reads }) => `Tokens ${reads}: ${dollars(price.get(field))} per million.`,
  );

function directionOf(before: Json | undefined, after: Json | undefined): Direction {
  if (before === undefined) return 'looser';
  if (after === undefined) return 'stricter';
  if (!isNumber(before) || !isNumber(after)) return 'other';
  return after > before ? 'dearer' : 'cheaper';
}
