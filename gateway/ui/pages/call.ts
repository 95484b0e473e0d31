/** One call: what was asked of whom, how long each part took, what it cost at which price, and its conversation. */
import { goneOf } from '../../http/gone';
import { readTrail, type CallTrail } from '../../ledger/call-trail';
import type { ListedCall } from '../../ledger/calls/call-row';
import { isRequestId, readCall } from '../../ledger/calls/read-calls';
import { readSessionSums, SESSION_DAYS, sessionSpan } from '../../ledger/calls/session-sums';
import { toDollars, type NanoDollars, type TokenPrices } from '../../ledger/money';
import { CALLS_PATH, listedRow, showMs } from '../calls-view';
import { withQuery } from '../local-path';
import type { Page } from '../page';
import { Refusal } from '../refusal';

const unknownCall = (): Refusal =>
  new Refusal(
    404,
    'There is no call of that id',
    'It may be under way still, or so old that only its sums are kept. Of a request that was refused before a provider was asked, the log of the gateway has a line with its id.',
    { href: CALLS_PATH, label: 'Go to the calls' },
  );

export const call: Page = {
  path: `${CALLS_PATH}/{request}`,
  title: 'Call',
  template: 'call',
  load({ services, session, exchange, parts }) {
    const id = parts['request'] ?? '';
    if (!isRequestId(id)) throw unknownCall();
    return services.reports.readPage(session.name, goneOf(exchange), async (reader) => {
      const found = await readCall(reader, id);
      if (found === undefined) throw unknownCall();
      const sums = await readSessionSums(reader, found);
      const trail = readTrail(found.trail);
      return {
        call: { ...found, ...listedRow(found), team: found.team, deployment: found.deployment },
        links: linksOf(found),
        timing: timingOf(found, trail),
        attempts: trail && attemptsOf(found, trail),
        hasTrail: trail !== undefined,
        partOf: isRequestId(trail?.partOf ?? '') ? trail?.partOf : undefined,
        cost: costLines(found, trail?.prices),
        isWholeEstimate:
          found.estimated && found.inputTokens + found.cacheWriteTokens + found.cacheReadTokens === 0,
        sums: sums && {
          ...sums,
          cost: toDollars(sums.cost),
          input: sums.inputTokens + sums.cacheWriteTokens + sums.cacheReadTokens,
        },
        sessionDays: SESSION_DAYS,
      };
    });
  },
};

/** To the calls that have the same of something. */
function linksOf(found: ListedCall) {
  const to = (words: Record<string, string | null>): string =>
    withQuery(
      CALLS_PATH,
      new URLSearchParams(
        Object.entries(words).flatMap(([name, word]) => (word === null ? [] : [[name, word]])),
      ),
    );
  const { from, until } = sessionSpan(found);
  return {
    person: to({ person: found.ownerId }),
    team: to({ team: found.team }),
    workspace: to({ workspace: found.workspaceId }),
    model: to({ model: found.model }),
    key: `/ui/keys/${encodeURIComponent(found.keyHash)}`,
    session: to({
      key: found.keyHash,
      session: found.session,
      from: from.toISOString(),
      until: until.toISOString(),
    }),
  };
}

function timingOf({ latencyMs, firstTokenMs }: ListedCall, trail: CallTrail | undefined) {
  const first = { label: 'First token', says: showMs(firstTokenMs), what: 'after the call came in' };
  const total = { label: 'All of it', says: showMs(latencyMs), what: 'until the answer had gone out' };
  if (trail === undefined) return [first, total];
  const { readyMs, budgetWaitMs, admittedMs, attempts } = trail;
  const asked = attempts.reduce((sum, { tookMs }) => sum + tookMs, 0);
  return [
    {
      label: 'Reading',
      says: showMs(readyMs),
      what: 'taking the request in and writing it for the provider',
    },
    { label: 'Waiting', says: showMs(budgetWaitMs), what: 'for what other calls held of a budget' },
    {
      label: 'Letting through',
      says: showMs(Math.max(0, admittedMs - readyMs - budgetWaitMs)),
      what: 'limits and budgets, in the store',
    },
    { label: 'Providers', says: showMs(asked), what: 'all attempts together' },
    first,
    total,
  ];
}

/** Codes of the refusals that no other deployment would mend. */
const OF_THE_REQUEST = ['provider_rejected', 'provider_too_large'];

function attemptsOf({ firstTokenMs }: ListedCall, { attempts }: CallTrail) {
  return attempts.map(({ provider, deployment, startMs, tookMs, error, bookedApart }, at) => ({
    number: at + 1,
    name: `${provider}/${deployment}`,
    start: showMs(startMs),
    took: showMs(tookMs),
    error,
    booked: bookedApart === undefined ? undefined : toDollars(bookedApart),
    then:
      error === undefined
        ? 'It answered.'
        : at < attempts.length - 1
          ? 'Nothing of an answer had been shown, so the next deployment was asked.'
          : OF_THE_REQUEST.includes(error)
            ? 'Every deployment would refuse this request, so no other was asked.'
            : firstTokenMs !== null
              ? 'A part of the answer had been shown, so no other could be asked.'
              : 'No other deployment was left, or might be asked again.',
  }));
}

interface CostLine {
  readonly kind: string;
  readonly tokens: number;
  /** US dollars of a million tokens. */
  readonly price: string;
  readonly cost: number | undefined;
}

/** Dollars of a million are thousandths of nano-dollars of one. */
const perMillion = (nano: NanoDollars): string => `$${(nano / 1_000).toLocaleString('en-US')}`;

/** Adds up to what was booked: what a mixture of cache writes cost is what the others leave. */
export function costLines(found: ListedCall, prices: TokenPrices | undefined): readonly CostLine[] {
  const { inputTokens, outputTokens, cacheWriteTokens, cacheReadTokens, cost } = found;
  const whole = inputTokens + outputTokens + cacheWriteTokens + cacheReadTokens === 0;
  const line = (
    kind: string,
    tokens: number,
    price: string | undefined,
    nano: NanoDollars | undefined,
  ): CostLine => ({
    kind,
    tokens,
    price: price ?? '–',
    cost: nano === undefined ? undefined : toDollars(nano),
  });
  const of = (tokens: number, price: NanoDollars | undefined): NanoDollars | undefined =>
    price === undefined || whole ? undefined : tokens * price;
  const parts = [
    of(inputTokens, prices?.input),
    of(cacheReadTokens, prices?.cacheRead),
    of(outputTokens, prices?.output),
  ];
  const written =
    prices === undefined || whole
      ? undefined
      : cost - parts.reduce<number>((sum, each) => sum + (each ?? 0), 0);
  const { cacheWrite, cacheWriteHour } = prices ?? {};
  const write =
    cacheWrite === undefined || cacheWriteHour === undefined
      ? undefined
      : cacheWrite === cacheWriteHour
        ? perMillion(cacheWrite)
        : `${perMillion(cacheWrite)}, for an hour ${perMillion(cacheWriteHour)}`;
  const price = (nano: NanoDollars | undefined): string | undefined =>
    nano === undefined ? undefined : perMillion(nano);
  return [
    line('Input', inputTokens, price(prices?.input), parts[0]),
    line('Written to the cache', cacheWriteTokens, write, written),
    line('Read from the cache', cacheReadTokens, price(prices?.cacheRead), parts[1]),
    line('Output', outputTokens, price(prices?.output), parts[2]),
  ];
}
