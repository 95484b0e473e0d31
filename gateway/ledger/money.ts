/** Money in nano-dollars: whole numbers, so that sums are exact. A double is exact up to nine million dollars of them. */
import type { DeploymentDocument, PriceDocument } from '../config/document';
import type { Usage } from '../model/usage';

export type NanoDollars = number;

const NANO_PER_DOLLAR = 1e9;

/** Nano-dollars for one token, from dollars per million tokens. Whole, as the document check has seen to. */
const perToken = (usdPerMillion: number): NanoDollars => Math.round(usdPerMillion * 1000);

export const toNano = (usd: number): NanoDollars => Math.round(usd * NANO_PER_DOLLAR);

export const toDollars = (nano: NanoDollars): number => nano / NANO_PER_DOLLAR;

/** Every digit there is and no more: "12.5", "0.000000001", "-3". For tables that others add up. */
export function exactDollars(nano: NanoDollars): string {
  const whole = BigInt(Math.abs(nano));
  const nanoPerDollar = BigInt(NANO_PER_DOLLAR);
  const rest = (whole % nanoPerDollar).toString().padStart(9, '0');
  // bounded: nine digits
  const shown = rest.replace(/0+$/, '');
  return `${nano < 0 ? '-' : ''}${whole / nanoPerDollar}${shown === '' ? '' : `.${shown}`}`;
}

/** @param cachesForAnHour whether some of the input may have been written to the cache with that life */
export function costOf(usage: Usage, price: PriceDocument, cachesForAnHour = false): NanoDollars {
  return (
    usage.input * perToken(price.input) +
    usage.output * perToken(price.output) +
    cacheWriteCost(usage, price, cachesForAnHour) +
    usage.cacheRead * perToken(price.cache_read)
  );
}

/** Where the provider does not say how long what it wrote will live, it is the dearest life that was asked for. */
function cacheWriteCost(
  { cacheWrite, cacheWriteHour }: Usage,
  { cache_write, cache_write_1h = cache_write }: PriceDocument,
  cachesForAnHour: boolean,
): NanoDollars {
  const [short, hour] = [perToken(cache_write), perToken(cache_write_1h)];
  if (cacheWriteHour !== undefined) return (cacheWrite - cacheWriteHour) * short + cacheWriteHour * hour;
  return cacheWrite * (cachesForAnHour ? Math.max(short, hour) : short);
}

/** Of a token of each kind; what is written to the cache for an hour and for short may differ. */
export interface TokenPrices {
  readonly input: NanoDollars;
  readonly output: NanoDollars;
  readonly cacheWrite: NanoDollars;
  readonly cacheWriteHour: NanoDollars;
  readonly cacheRead: NanoDollars;
}

/** By which `costOf` books. Where nobody says how long the cache lives, the dearer life that was asked for is both. */
export function pricesOf(price: PriceDocument, cachesForAnHour: boolean): TokenPrices {
  const [short, hour] = [perToken(price.cache_write), perToken(price.cache_write_1h ?? price.cache_write)];
  return {
    input: perToken(price.input),
    output: perToken(price.output),
    cacheWrite: short,
    cacheWriteHour: cachesForAnHour ? Math.max(short, hour) : short,
    cacheRead: perToken(price.cache_read),
  };
}

/** The dearest that an input token and an output token can become, whichever of the deployments answers. */
export interface TokenCeiling {
  readonly input: NanoDollars;
  readonly output: NanoDollars;
}

/**
 * @param cachesForAnHour whether some of the input may be written to the cache with that life
 * @param isUncached whether none of it is written to the cache or read from there
 */
export function dearestOf(
  deployments: readonly DeploymentDocument[],
  cachesForAnHour = false,
  isUncached = false,
): TokenCeiling {
  const prices = deployments.map(({ price }) => price);
  const output = Math.max(...prices.map((price) => perToken(price.output)));
  if (isUncached) return { input: Math.max(...prices.map(({ input }) => perToken(input))), output };
  return {
    input: Math.max(
      ...prices.flatMap(({ input, cache_write, cache_write_1h = 0, cache_read }) =>
        [input, cache_write, cache_read, cachesForAnHour ? cache_write_1h : 0].map(perToken),
      ),
    ),
    output,
  };
}

/** "$1.20", "$1.2345": for people, never for sums. */
export const showDollars = (nano: NanoDollars): string =>
  // bounded: digits of a number
  `$${toDollars(nano).toFixed(4).replace(/00$/, '')}`;
