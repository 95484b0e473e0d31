/** Putting another key in the place of one. */
import { changeKey, holdKey, insertKey, replaceKey, type ShownKey } from '../keys/issued-keys';
import type { KeyRecord } from '../keys/key-record';
import type { LimitsRow } from '../keys/limits';
import type { Services } from '../services';
import type { Statements } from '../store/database';
import { change, endpoint } from './endpoint';
import { anything, duration, input, orNull, text, type JsonSchema } from './json-schema';
import { applyToAccount, columnsOf, KEY_TERMS_FIELDS, type KeyTerms } from './key-terms';
import { shownSchema, termsOfKey, viewShown } from './key-view';
import { durationMs } from './terms-input';

const rotationSchema: Readonly<Record<string, JsonSchema>> = {
  ...KEY_TERMS_FIELDS,
  key: text('The key, its hash, or its alias.'),
  grace_period: orNull({ ...duration, description: 'How long the former key works on; none: not at all.' }),
  new_key: orNull({ ...anything, type: 'string', maxLength: 0 }),
};

export const regenerate = endpoint<
  KeyTerms & { readonly key: string; readonly grace_period?: string | null }
>({
  method: 'POST',
  paths: ['/key/regenerate', '/key/{key}/regenerate'],
  tag: 'keys',
  summary: 'Puts another key in the place of one: same account, same terms, other secret.',
  role: 'admin',
  input: input(rotationSchema, ['key']),
  answer: shownSchema,
  handle: (call) =>
    change(call, async (transaction) => {
      const { input: wish, services } = call;
      const before = await holdKey(transaction, wish.key);
      const graceMs = wish.grace_period == null ? 0 : (durationMs(wish.grace_period) ?? 0);
      const graceEnd = graceMs > 0 ? new Date(services.now().getTime() + graceMs) : undefined;
      const replaced = await replaceKey(transaction, before, graceEnd, () =>
        insertSuccessor(services, transaction, before, call.admin.name),
      );
      const changes = columnsOf(services, wish, replaced.record);
      const record = await changeKey(transaction, replaced.record, changes);
      const ofAccount = await applyToAccount(services, transaction, record, wish, call.admin.name);
      await transaction.note({
        action: 'key/regenerate',
        target: before.hash,
        before: termsOfKey(before),
        after: {
          ...termsOfKey(record),
          ...ofAccount,
          token: record.hash,
          grace_until: graceEnd?.toISOString() ?? null,
        },
      });
      return viewShown(services, transaction, { key: replaced.key, record });
    }),
});

async function insertSuccessor(
  services: Services,
  statements: Statements,
  before: KeyRecord,
  createdBy: string,
): Promise<ShownKey> {
  const now = services.now();
  const { workspaceId, ownerId, expiresAt } = before;
  // Of the key alone: what a named budget lays down follows from the budget.
  const [ownLimits] = await statements.run<LimitsRow>(
    'key-own-limits',
    `select max_budget_nano, budget_duration, rpm_limit, tpm_limit, max_parallel_requests from keys where id = $1`,
    [before.id],
  );
  return insertKey(statements, {
    ...before,
    ...(workspaceId === null
      ? {}
      : { key: await services.workspaceKeys.nextKey(statements, workspaceId, ownerId) }),
    limits: ownLimits ?? {},
    // As long a life as its predecessor was given.
    expiresAt: expiresAt && new Date(now.getTime() + expiresAt.getTime() - before.createdAt.getTime()),
    validFrom: now,
    createdBy,
  });
}
