import type { Configuration } from '../configuration';

/** Addresses that `moved` blocks of the newer version gave to what the older one has. */
export type Moves = ReadonlyMap<string, string>;

const addressIn = (value: unknown): string =>
  typeof value === 'string' ? value.replace(/^\$\{\s*|\s*\}$/g, '') : '';

/** A `moved` block stays for ever; only what the older version still has under its old address moves now. */
export function movesBetween(before: Configuration, after: Configuration): Moves {
  const moves = after
    .ofKind('moved')
    .map(({ body }): [string, string] => [addressIn(body.from), addressIn(body.to)])
    .filter(([from, to]) => before.find(from) !== undefined && before.find(to) === undefined);
  return new Map(moves);
}
