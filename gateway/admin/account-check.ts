/** Whether the account adds up: every sum the ledger keeps, made again from its rows. Read-only. */
import { toDollars } from '../ledger/money';
import type { Statements } from '../store/database';
import { CHECK_NAMES, LEDGER_CHECKS, OF_PIECE, SPENT_CHECK, type LedgerCheck } from './ledger-checks';
import { CALLS_A_PIECE, daysOfSums, followedDays, settledCalls } from './ledger-pieces';
import { checkSpent, COMPARED_AT_ONCE } from './spent-check';

export interface Finding {
  readonly check: string;
  readonly about: string;
  readonly expected: string;
  readonly found: string;
}

export interface AccountCheck {
  readonly ok: boolean;
  readonly checks: readonly {
    readonly name: string;
    readonly looked_at: number;
    /** At most a hundred are looked for. */
    readonly findings: number;
  }[];
  readonly findings: readonly Finding[];
  /** Calls whose usage never arrived, booked at their whole reservation. */
  readonly estimated: { readonly calls: number; readonly spend: number };
  readonly reservations: { readonly open: number; readonly reserved: number; readonly oldest: string | null };
}

/** How far a check of the ledger is. */
export interface Progress {
  readonly checking: string;
  /** Pieces looked at so far, and about how many there are. */
  readonly pieces: number;
  readonly of: number;
}

interface CheckRow {
  about: string;
  expected: string;
  found: string;
}

const MOST_FINDINGS = 100;

interface Tally {
  lookedAt: number;
  readonly findings: CheckRow[];
}

/** @param statements each statement may be of a moment of its own */
export async function checkAccounts(
  statements: Statements,
  onProgress: (progress: Progress) => void = () => {},
): Promise<AccountCheck> {
  const tallies = new Map<string, Tally>(CHECK_NAMES.map((name) => [name, { lookedAt: 0, findings: [] }]));
  const of = await countPieces(statements);
  let pieces = 0;
  const look = async (check: LedgerCheck, piece: readonly unknown[]): Promise<void> => {
    const tally = tallies.get(check.name);
    if (tally === undefined || tally.findings.length >= MOST_FINDINGS) return;
    const left = MOST_FINDINGS - tally.findings.length;
    tally.findings.push(...(await statements.run<CheckRow>('', `${check.wrong} limit ${left}`, piece)));
  };
  const next = (checking: string): void => {
    pieces += 1;
    onProgress({ checking, pieces, of: Math.max(of, pieces) });
  };
  const estimated = { calls: 0, nano: 0n };
  const addLines = async (
    piece: 'calls' | 'sums',
    text: string,
    values: readonly unknown[],
  ): Promise<void> => {
    const [row] = await statements.run<{ lines: string; calls: string; nano: string }>('', text, values);
    estimated.calls += Number(row?.calls ?? 0);
    estimated.nano += BigInt(row?.nano ?? 0);
    for (const check of LEDGER_CHECKS)
      if (check.piece === piece) (tallies.get(check.name) as Tally).lookedAt += Number(row?.lines ?? 0);
  };

  for (const check of LEDGER_CHECKS) {
    if (check.piece !== undefined || check.all === undefined) continue;
    const [looked] = await statements.run<{ looked_at: string }>('', check.all, []);
    (tallies.get(check.name) as Tally).lookedAt = Number(looked?.looked_at ?? 0);
    await look(check, []);
    next(check.name);
  }

  const ofCalls = async (after: string, until: string): Promise<void> => {
    for (const check of LEDGER_CHECKS) if (check.piece === 'calls') await look(check, [after, until]);
    await addLines('calls', LINES_OF_CALLS, [after, until]);
    next('calls');
  };
  let end = '-infinity';
  for await (const { after, until } of settledCalls(statements)) {
    await ofCalls(after, until);
    end = until;
  }
  await ofCalls(end, 'infinity');
  for (const day of await daysOfSums(statements)) {
    for (const check of LEDGER_CHECKS) if (check.piece === 'sums') await look(check, [day]);
    await addLines('sums', LINES_OF_SUMS, [day]);
    next('daily sums');
  }

  for (const day of await followedDays(statements)) {
    for (const check of LEDGER_CHECKS)
      if (check.piece === 'followed') {
        await look(check, day);
        (tallies.get(check.name) as Tally).lookedAt += 1;
      }
    next('sums that follow calls');
  }

  const spent = await checkSpent(statements, MOST_FINDINGS, () => next(SPENT_CHECK));
  tallies.set(SPENT_CHECK, { lookedAt: spent.lookedAt, findings: [...spent.findings] });

  const [open] = await statements.run<{ count: string; nano: string; oldest: Date | null }>(
    'check-open',
    'select count(*), coalesce(sum(amount_nano), 0) as nano, min(made_at) as oldest from reservations',
    [],
  );
  const findings = [...tallies].flatMap(([check, tally]) => tally.findings.map((row) => ({ check, ...row })));
  return {
    ok: findings.length === 0,
    checks: [...tallies].map(([name, tally]) => ({
      name,
      looked_at: tally.lookedAt,
      findings: tally.findings.length,
    })),
    findings,
    estimated: { calls: estimated.calls, spend: toDollars(Number(estimated.nano)) },
    reservations: {
      open: Number(open?.count ?? 0),
      reserved: toDollars(Number(open?.nano ?? 0)),
      oldest: open?.oldest?.toISOString() ?? null,
    },
  };
}

const LINES_OF_CALLS = `
select count(*) as lines, count(*) filter (where estimated) as calls,
  coalesce(sum(cost_nano) filter (where estimated), 0) as nano
from calls c where ${OF_PIECE}`;
const LINES_OF_SUMS = `
select count(*) as lines, coalesce(sum(estimated_calls), 0) as calls, coalesce(sum(estimated_nano), 0) as nano
from daily_sums where day = $1::date`;

/** By what the store knows of the size of its tables: near enough to say how far it is. */
async function countPieces(statements: Statements): Promise<number> {
  const [row] = await statements.run<{ calls: number; accounts: number }>(
    'check-size',
    `select greatest(0, (select reltuples from pg_class where oid = 'calls'::regclass))::float8 as calls,
       greatest(0, (select reltuples from pg_class where oid = 'accounts'::regclass))::float8 as accounts`,
    [],
  );
  const days = (await daysOfSums(statements)).length + (await followedDays(statements)).length;
  const callPieces = Math.ceil((row?.calls ?? 0) / CALLS_A_PIECE);
  return LEDGER_CHECKS.length + 2 * (callPieces + days) + Math.ceil((row?.accounts ?? 0) / COMPARED_AT_ONCE);
}
