/**
 * Looks in intervals for what is to be told: each process at what it alone knows, one of them at the store for all. What
 * one has not finished looking at when it dies, the next looks at again.
 */
import { checkAccounts } from '../admin/account-check';
import { describeFault } from '../log';
import type { EndedCall } from '../telemetry/ended-call';
import type { Services } from '../services';
import { lookAtBudgets } from './budget-look';
import { isAway } from './delivery';
import { createDeploymentsSeen } from './deployments-seen';
import { lookAtMonths } from './month-look';
import { ledgerWrong } from './ledger-wrong';
import { endingModels, errorRate, liveness } from './looks';
import { prune, raise, shift, tellCollapsed, type AlertEvent, type OutboxOptions } from './outbox';
import { deploymentSubject } from './subjects';
import { say } from './words';

export type WatchServices = Pick<
  Services,
  | 'database'
  | 'documents'
  | 'settings'
  | 'limits'
  | 'accounts'
  | 'now'
  | 'reports'
  | 'health'
  | 'coderStanding'
  | 'logger'
  | 'observers'
>;

/** Seconds before the last look that are looked at again: a call's time is taken a little before its row can be seen. */
const OVERLAP_SECONDS = 30;
/** Keys whose refusals are remembered until the next look. */
const MOST_REFUSED = 10_000;
/** Looks for which something stays as it is after it has changed, so that two processes cannot take turns in telling. */
const HELD_LOOKS = 3;

export interface Watch {
  /** Looks now; resolves when it is done. */
  look(): Promise<void>;
  close(): Promise<void>;
}

export function startWatch(services: WatchServices, options: OutboxOptions, onTold: () => void): Watch {
  const { database, logger, limits } = services;
  const startedAt = performance.now();
  const closing = new AbortController();
  const deployments = createDeploymentsSeen(services.health, limits.coolDownMs);
  let refused = new Set<string>();

  services.observers.add((call: EndedCall) => {
    deployments.note(call);
    if (call.error?.code === 'budget_exceeded' && call.key && refused.size < MOST_REFUSED)
      refused.add(call.key.id);
  });

  async function tell(alert: AlertEvent): Promise<void> {
    if ((await raise(database, options, alert)) === 'told') onTold();
  }

  /** Tells that something became ill or well again, once over all processes. */
  async function tellState(
    subject: string,
    state: 'well' | 'ill',
    alertOf: (changed: string) => AlertEvent,
  ): Promise<void> {
    const outcome = await database.transaction(async (statements) => {
      const changed = await shift(statements, subject, state, limits.alertLookMs * HELD_LOOKS);
      return changed === undefined ? undefined : raise(statements, options, alertOf(changed));
    });
    if (outcome === 'told') onTold();
  }

  async function lookAtOwn(): Promise<void> {
    const mine = refused;
    refused = new Set();
    try {
      for await (const alert of lookAtBudgets(services, [...mine], mine)) await tell(alert);
      for (const [name, { state, error }] of deployments.take())
        await tellState(deploymentSubject(name), state, (changed) => ({
          event: `deployment/${name}/${changed}`,
          kind: state === 'ill' ? 'deployment_down' : 'deployment_back',
          subject: deploymentSubject(name),
          title: state === 'ill' ? say`${name} does not answer.` : say`${name} answers again.`,
          facts: error === undefined ? [] : [['Error', [error]]],
        }));
    } catch (fault) {
      for (const id of mine) if (refused.size < MOST_REFUSED) refused.add(id);
      throw fault;
    }
  }

  /** What one process does for all: whoever comes first after the interval. */
  async function lookForAll(): Promise<void> {
    const [lease] = await database.run<{ seen_until: string; moment: string }>(
      'alert-look-lease',
      // As text: the store's clock is finer than a Date.
      `update alert_look set started_at = clock_timestamp()
       where started_at < clock_timestamp() - make_interval(secs => $1::double precision / 1000)
       returning seen_until::text as seen_until, started_at::text as moment`,
      [limits.alertLookMs * 0.9],
    );
    if (lease === undefined) return;
    const keys = await database.run<{ key_id: string }>(
      'alert-callers',
      `select distinct key_id from calls
       where finished_at > $1::timestamptz - make_interval(secs => ${OVERLAP_SECONDS})`,
      [lease.seen_until],
    );
    const none: ReadonlySet<string> = new Set();
    for await (const alert of lookAtBudgets(
      services,
      keys.map(({ key_id }) => key_id),
      none,
    ))
      await tell(alert);
    await database.run('alert-look-done', 'update alert_look set seen_until = $1::timestamptz', [
      lease.moment,
    ]);
    for (const state of [await errorRate(database), await liveness(services, performance.now() - startedAt)])
      if (state !== undefined) await tellState(state.subject, state.state, state.alertOf);
    for (const alert of endingModels(services.documents.current.document, services.now())) await tell(alert);
    await database.transaction((statements) => tellCollapsed(statements, options)).then(onTold);
    await prune(database);
    await verifyDaily();
    await lookAtMonths(services, options, closing.signal, onTold);
  }

  async function verifyDaily(): Promise<void> {
    const rows = await database.run(
      'alert-verify-lease',
      `update alert_look set verified_at = clock_timestamp()
       where verified_at < clock_timestamp() - interval '1 day' returning 1`,
      [],
    );
    // It takes long, and looks go on meanwhile.
    if (rows.length > 0)
      verify().catch((fault: unknown) => {
        if (!closing.signal.aborted)
          logger.warn('the daily look at the ledger did not come to its end', { ...describeFault(fault) });
      });
  }

  async function verify(): Promise<void> {
    const found = await services.reports.verify('alerts', closing.signal, (statements) =>
      checkAccounts(statements, () => {}),
    );
    if (!found.ok) await tell(ledgerWrong(found.findings, services.now()));
  }

  async function look(): Promise<void> {
    for (const part of [lookAtOwn, lookForAll])
      try {
        await part();
      } catch (fault) {
        // Away: whatever there is to be found is found later.
        if (!isAway(fault) && !closing.signal.aborted)
          logger.warn('what is to be told could not be looked for', { ...describeFault(fault) });
      }
  }

  let looking: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    if (!isLooking) void lookNow();
  }, limits.alertLookMs);
  timer.unref();
  let isLooking = false;

  function lookNow(): Promise<void> {
    isLooking = true;
    looking = looking.then(look).finally(() => (isLooking = false));
    return looking;
  }

  return {
    look: lookNow,
    async close() {
      clearInterval(timer);
      closing.abort();
      await looking;
    },
  };
}
