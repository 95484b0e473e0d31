/** The figures that change while somebody looks: how many calls are under way, what today costs, what is wrong. */
import { countCurrent } from '../../alerts/current';
import { dayAt } from '../../ledger/calendar-day';
import { toDollars } from '../../ledger/money';
import { readSums } from '../../ledger/sums/read-sums';
import { providerKey } from '../../providers/provider';
import type { Services } from '../../services';
import type { Statements } from '../../store/database';

/** As a page shows them, by the name that stands in its `data-figure`. */
export type LiveFigures = Readonly<
  Record<'underWay' | 'spend' | 'calls' | 'failed' | 'leftAlone' | 'alerts', string>
>;

const DOLLARS = new Intl.NumberFormat('en-US', {
  style: 'currency',
  currency: 'USD',
  minimumFractionDigits: 2,
  maximumFractionDigits: 4,
});
const WHOLE = new Intl.NumberFormat('en-US');

/** Of today as the policy has it, over all gateway processes; deployments as this one sees them. */
export async function readFigures(services: Services, statements: Statements): Promise<LiveFigures> {
  const now = services.now();
  const today = dayAt(now, services.documents.current.document.time_zone);
  const [sum] = await readSums(statements, { by: 'day', days: [today] });
  const [open] = await statements.run<{ n: string }>('', 'select count(*) as n from reservations', []);
  return {
    underWay: WHOLE.format(Number(open?.n ?? 0)),
    spend: DOLLARS.format(toDollars(sum?.cost ?? 0)),
    calls: WHOLE.format(sum?.calls ?? 0),
    failed: WHOLE.format(sum?.failedCalls ?? 0),
    leftAlone: WHOLE.format(leftAlone(services)),
    alerts: WHOLE.format(await countCurrent(statements)),
  };
}

/** Deployments that have failed and are not asked for a while. */
function leftAlone({ documents, providers, health }: Services): number {
  const names = documents.current.document.models.flatMap(({ deployments }) =>
    deployments.map((each) => `${providers.get(providerKey(each))?.name ?? providerKey(each)}/${each.id}`),
  );
  return [...new Set(names)].filter((name) => (health.pausedUntil(name) ?? 0) > health.now()).length;
}
