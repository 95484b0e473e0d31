/**
 * `POST /v1/runs` opens a run: a cap for calls that name it in `x-gateway-run`, beside every budget they come under.
 * `GET /v1/runs/{id}` says what is left of it. Both by the key whose run it is, and by nobody else.
 */
import { input } from '../admin/json-schema';
import { readInput } from '../admin/read-input';
import { sendJson, type Exchange } from '../http/exchange';
import { toDollars, toNano } from '../ledger/money';
import { LONGEST_RUN, type Run } from '../ledger/runs';
import type { Services } from '../services';
import { findKey } from '../stages/authenticate';

/** US dollars; a nano-dollar is the least that can be booked. */
const LEAST = 0.000001;
const MOST = 100_000;
/** Bytes. */
const LONGEST_BODY = 4_096;

const INPUT = input(
  {
    max_cost_usd: { type: 'number', minimum: LEAST, maximum: MOST },
    lifetime_seconds: { type: 'integer', minimum: 1, maximum: LONGEST_RUN },
  },
  ['max_cost_usd'],
);

interface RunInput {
  readonly max_cost_usd: number;
  /** @default an hour */
  readonly lifetime_seconds?: number;
}

export async function openRun(services: Services, exchange: Exchange): Promise<void> {
  const key = await findKey(services, exchange);
  const { max_cost_usd, lifetime_seconds = LONGEST_RUN } = (await readInput(
    services,
    exchange,
    key.accountId,
    INPUT,
    {},
    LONGEST_BODY,
  )) as RunInput;
  const run = await services.runs.open(key.accountId, toNano(max_cost_usd), lifetime_seconds);
  services.logger.info('run opened', { request_id: exchange.id, key_id: key.id, run: run.id, max_cost_usd });
  sendJson(exchange, 201, JSON.stringify(view(run, 0, 0)));
}

export async function showRun(services: Services, exchange: Exchange): Promise<void> {
  const key = await findKey(services, exchange);
  // bounded: a header or an address is no longer than Node takes
  const id = (exchange.request.url ?? '').split('?', 1)[0]?.split('/').pop() ?? '';
  const run = await services.runs.standing(id, key.accountId);
  sendJson(exchange, 200, JSON.stringify(view(run, run.spent, run.reserved)));
}

const view = (run: Run, spent: number, reserved: number): Record<string, unknown> => ({
  id: run.id,
  object: 'run',
  max_cost_usd: toDollars(run.cap),
  spent_usd: toDollars(spent),
  reserved_usd: toDollars(reserved),
  expires_at: run.endsAt.toISOString(),
});
