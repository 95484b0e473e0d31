/**
 * Which budgets have come to a step, and which keys were closed: of the keys that called lately, as the store has them. What
 * a call cost is not looked at, so nothing is missed by whoever dies between booking it and looking.
 */
import { cutKeyHash } from './subjects';
import { entitlementOf } from '../keys/entitlement';
import { KEY_COLUMNS, toKeyRecord, type KeyRecord, type KeyRow } from '../keys/key-record';
import { accountTermsOf, type AccountTerms } from '../ledger/account-terms';
import { showDollars } from '../ledger/money';
import { readStandings, type AccountStanding } from '../ledger/standing';
import type { Services } from '../services';
import type { AlertEvent } from './outbox';
import { nameOf, say, type Words } from './words';

export type BudgetLookServices = Pick<
  Services,
  'database' | 'documents' | 'settings' | 'accounts' | 'now' | 'reports'
>;

/** Per cent, where the policy says nothing. */
export const DEFAULT_STEPS: readonly number[] = [50, 80, 100];
/** Of a budget: from there on a refused call says that it is used up. */
const NEARLY_ALL = 0.9;
/** Keys at a time. */
const PIECE = 100;
const DAY_MS = 86_400_000;
const OVERDRAFT = 'usage_above_reservation';

/** @param refused keys that were refused a call for a budget */
export async function* lookAtBudgets(
  services: BudgetLookServices,
  keyIds: readonly string[],
  refused: ReadonlySet<string>,
): AsyncGenerator<AlertEvent> {
  for (let at = 0; at < keyIds.length; at += PIECE) {
    const rows = await services.database.run<KeyRow>(
      'alert-keys',
      `select ${KEY_COLUMNS} from keys where id = any ($1::bigint[])`,
      [keyIds.slice(at, at + PIECE)],
    );
    yield* lookAtKeys(services, rows.map(toKeyRecord), refused);
  }
}

interface Charged {
  readonly key: KeyRecord;
  readonly terms: AccountTerms;
}

async function* lookAtKeys(
  services: BudgetLookServices,
  keys: readonly KeyRecord[],
  refused: ReadonlySet<string>,
): AsyncGenerator<AlertEvent> {
  const charged = new Map<string, Charged>();
  const refusedAt = new Set<string>();
  const now = services.now();
  const source = {
    document: services.documents.current.document,
    ownerBudget: services.settings.ownerBudget,
  };
  for (const key of keys) {
    // A kind of key that the policy has no terms for any more.
    if (!Object.hasOwn(source.document.scopes, key.scope)) continue;
    const entitlement = entitlementOf(key, services.documents.current, services.settings, now);
    for (const terms of await accountTermsOf(key, entitlement, source, services.accounts, now)) {
      if (!charged.has(terms.id)) charged.set(terms.id, { key, terms });
      if (refused.has(key.id)) refusedAt.add(terms.id);
    }
  }
  const all = [...charged.values()];
  const standings = await readStandings(
    services.database,
    all.map(({ terms }) => terms),
  );
  const steps = stepsOf(source.document.budget_alerts);
  for (const [index, standing] of standings.entries()) {
    const { key } = all[index] as Charged;
    yield* stepsReached(key, standing, steps, refusedAt.has(standing.terms.id));
    if (standing.closedBecause === OVERDRAFT && standing.closedAt !== null)
      yield keyClosed(key, standing.terms.id, standing.closedAt);
  }
}

const stepsOf = (steps: readonly number[] = DEFAULT_STEPS): readonly number[] =>
  [...steps].sort((one, other) => one - other);

export function* stepsReached(
  key: KeyRecord,
  { terms, spent, budget }: AccountStanding,
  steps: readonly number[],
  isRefused: boolean,
): Generator<AlertEvent> {
  if (budget <= 0) return;
  const isUsedUp = isRefused && spent >= budget * NEARLY_ALL;
  const reached = steps.filter((step) => isUsedUp || spent * 100 >= budget * step);
  const highest = reached.at(-1);
  const { window } = terms;
  // The highest first: who dies in between has told what matters.
  for (const step of reached.reverse()) {
    const isWhole = step >= 100;
    yield {
      // A budget that was raised has steps of its own.
      event: `budget/${terms.id}/${window.start.toISOString()}/${budget}/${step}`,
      kind: isWhole ? 'budget_used_up' : 'budget_step',
      subject: subjectOf(key, terms),
      ...(terms.kind === 'team' ? {} : { ownerId: key.ownerId }),
      title: [
        ...holderOf(key, terms),
        isWhole && spent < budget
          ? ' has no room in its budget for another call.'
          : ` has used ${step} % of its budget.`,
      ],
      facts: [
        ['Spent', [`${showDollars(spent)} of ${showDollars(budget)}`]],
        [
          'Opens anew',
          [window.end === undefined ? 'never: the budget is for good' : window.end.toISOString()],
        ],
      ],
      keepUntil: window.end === undefined ? null : new Date(window.end.getTime() + DAY_MS),
      isPassed: step !== highest,
    };
  }
}

const keyClosed = (key: KeyRecord, accountId: string, closedAt: Date): AlertEvent => ({
  event: `key_closed/${accountId}/${closedAt.toISOString()}`,
  kind: 'key_closed',
  subject: `key/${cutKeyHash(key.hash)}`,
  ownerId: key.ownerId,
  title: [...keyOf(key), ' was closed: a call cost more than was set aside for it.'],
  facts: [['Closed at', [closedAt.toISOString()]]],
});

function subjectOf(key: KeyRecord, { kind, name }: AccountTerms): string {
  if (kind === 'key') return `key/${cutKeyHash(key.hash)}`;
  if (kind === 'owner') return `owner/${key.ownerId}`;
  // bounded: "template x", "group x", as the policy has them
  return name.replace(' ', '/');
}

function holderOf(key: KeyRecord, { kind, name }: AccountTerms): Words {
  if (kind === 'key') return keyOf(key);
  if (kind === 'owner') return ['The person ', nameOf(key.ownerName)];
  const at = name.indexOf(' ');
  return [`The ${name.slice(0, at)} `, nameOf(name.slice(at + 1))];
}

function keyOf(key: KeyRecord): Words {
  const { alias, workspaceName, ownerName, lastFour } = key;
  if (alias !== null) return say`The key ${alias} of ${ownerName}`;
  if (workspaceName !== null) return say`The workspace ${workspaceName} of ${ownerName}`;
  return say`The key ${`sk-...${lastFour}`} of ${ownerName}`;
}
