/** The use of budgets as it was kept last, with the names that those go by now. */
import type { Statements } from '../../store/database';
import { readBudgetUse, type BudgetFinding } from './budget-use';
import type { Details } from './insights';
import { share } from './says';

/** $1 accounts, $2 a template. */
const NAMES = `
select a.id::text as account, coalesce(
  case when starts_with(a.label, 'template/') then 'template ' || substr(a.label, 10) end,
  case when starts_with(a.label, 'owner/') then (
    select k.owner_name from keys k where k.owner_id = substr(a.label, 7) order by k.id desc limit 1
  ) end,
  (select coalesce(k.alias, k.owner_name || ' …' || k.last_four) from keys k where k.account_id = a.id
    order by k.id desc limit 1),
  a.label
) as name, a.label = 'template/' || $2::text or exists (
  select from keys k where k.account_id = a.id and k.template_name = $2::text
) or exists (
  select from keys k where starts_with(a.label, 'owner/') and k.owner_id = substr(a.label, 7)
    and k.template_name = $2::text
) as is_of_team
from accounts a where a.id = any ($1::bigint[])`;

export async function readNamedBudgetUse(
  statements: Statements,
  team: string | undefined,
): Promise<Details['budget_utilization']> {
  const use = await readBudgetUse(statements);
  if (use === undefined)
    return { asOf: null, lookedAt: 0, tight: 0, unused: 0, utilization: null, findings: [] };
  const rows = await statements.run<{ account: string; name: string; is_of_team: boolean | null }>(
    '',
    NAMES,
    [use.findings.map(({ account }) => account), team ?? null],
  );
  const named = new Map(rows.map((row) => [row.account, row]));
  const findings = use.findings.flatMap((finding) => {
    const found = named.get(finding.account);
    const isOf = found !== undefined && (team === undefined || found.is_of_team === true);
    return isOf ? [{ ...finding, name: found.name }] : [];
  });
  const many = (verdict: BudgetFinding['verdict']): number =>
    findings.filter((each) => each.verdict === verdict).length;
  return {
    asOf: use.madeAt.toISOString(),
    lookedAt: use.lookedAt,
    tight: team === undefined ? use.tight : many('tight'),
    unused: team === undefined ? use.unused : many('unused'),
    utilization: share(use.spent, use.allowed),
    findings,
  };
}
