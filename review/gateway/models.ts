/** What the key may ask, and what it costs. */
import { CliError, UsageError, EXIT } from '../../terminal/fault';
import type { Client } from './client';

/** US dollars per million tokens. */
export interface ModelPrice {
  readonly input: number;
  /** The most that input can cost: written to the prompt cache. */
  readonly dearestInput: number;
  readonly output: number;
}

export interface OfferedModel {
  readonly id: string;
  /** @default - the gateway does not say */
  readonly price: ModelPrice | undefined;
}

interface Listed {
  readonly id?: unknown;
  readonly available?: unknown;
  readonly price_per_million_tokens?: Readonly<Record<string, unknown>>;
}

/** Models of a list that are looked at. */
const MOST = 1_000;

/** @throws CliError when what answers is no gateway */
export async function listModels(client: Client): Promise<OfferedModel[]> {
  const { json } = await client.get('/v1/models');
  const data = (json as { data?: unknown } | undefined)?.data;
  if (!Array.isArray(data))
    throw new CliError(
      'What answers at AI_GATEWAY_URL does not list models as the gateway does.',
      EXIT.unreachable,
    );
  return (data as (Listed | null)[]).slice(0, MOST).flatMap((each): OfferedModel[] => {
    if (typeof each?.id !== 'string' || each.available === false) return [];
    return [{ id: each.id, price: priceOf(each.price_per_million_tokens) }];
  });
}

function priceOf(listed: Readonly<Record<string, unknown>> | undefined): OfferedModel['price'] {
  if (listed === undefined) return undefined;
  const of = (...names: readonly string[]): number =>
    Math.max(...names.map((name) => (typeof listed[name] === 'number' ? listed[name] : 0)));
  return {
    input: of('input'),
    dearestInput: of('input', 'cache_write', 'cache_write_1h'),
    output: of('output'),
  };
}

/**
 * @param asked by name; then no other will do
 * @param usual in the order they are tried
 * @throws UsageError that names those the key may use
 */
export function chooseModel(
  offered: readonly OfferedModel[],
  asked: string | undefined,
  usual: readonly string[],
): OfferedModel {
  const found = (asked === undefined ? usual : [asked])
    .map((name) => offered.find(({ id }) => id === name))
    .find((each) => each !== undefined);
  if (found !== undefined) return found;
  const names = offered
    .map(({ id }) => id)
    .slice(0, 20)
    .join(', ');
  throw new UsageError(
    `The key may not use ${asked === undefined ? usual.join(' or ') : `"${asked.slice(0, 100)}"`}${names === '' ? ', nor any other model' : `: it may use ${names}`}.`,
  );
}
