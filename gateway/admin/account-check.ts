/** Whether the account adds up: every sum the ledger keeps, made again from its rows. Read-only. */
import { toDollars } from '../ledger/money';
import type { Statements } from '../store/database';
import { LEDGER_CHECKS } from './ledger-checks';

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
    readonly findings: number;
  }[];
  readonly findings: readonly Finding[];
  /** Calls whose usage never arrived, booked at their whole reservation. */
  readonly estimated: { readonly calls: number; readonly spend: number };
  readonly reservations: { readonly open: number; readonly reserved: number; readonly oldest: string | null };
}

interface CheckRow {
  about: string;
  expected: string;
  found: string;
}

const MOST_FINDINGS = 100;

export async function checkAccounts(statements: Statements): Promise<AccountCheck> {
  const findings: Finding[] = [];
  const checks: { name: string; looked_at: number; findings: number }[] = [];
  for (const { name, all, wrong } of LEDGER_CHECKS) {
    const [looked] = await statements.run<{ looked_at: string }>('', all, []);
    const rows = await statements.run<CheckRow>('', `${wrong} limit ${MOST_FINDINGS}`, []);
    checks.push({ name, looked_at: Number(looked?.looked_at ?? 0), findings: rows.length });
    findings.push(...rows.map((row) => ({ check: name, ...row })));
  }
  const [estimated] = await statements.run<{ calls: string; nano: string }>(
    'check-estimated',
    'select coalesce(sum(estimated_calls), 0) as calls, coalesce(sum(estimated_nano), 0) as nano from spend_lines where estimated_calls > 0',
    [],
  );
  const [open] = await statements.run<{ count: string; nano: string; oldest: Date | null }>(
    'check-open',
    'select count(*), coalesce(sum(amount_nano), 0) as nano, min(made_at) as oldest from reservations',
    [],
  );
  return {
    ok: findings.length === 0,
    checks,
    findings,
    estimated: { calls: Number(estimated?.calls ?? 0), spend: toDollars(Number(estimated?.nano ?? 0)) },
    reservations: {
      open: Number(open?.count ?? 0),
      reserved: toDollars(Number(open?.nano ?? 0)),
      oldest: open?.oldest?.toISOString() ?? null,
    },
  };
}
