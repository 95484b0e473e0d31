/** Giving keys out. */
import { changeKey, insertKey, type ShownKey } from '../keys/issued-keys';
import type { Statements } from '../store/database';
import { raiseAccount, resetAccounts } from './accounts';
import { change, endpoint, type AdminCall } from './endpoint';
import { input, orNull, text, usd, type JsonSchema } from './json-schema';
import { purposeOf, type PurposeInput } from './key-purpose';
import { KEY_TERMS_FIELDS, levelOf, modelsOf, type KeyTerms } from './key-terms';
import { shownSchema, termsNow, termsOfKey, viewShown } from './key-view';
import { expiryOf, invalid, readRaise, termsColumns } from './terms-input';

export interface GenerateInput extends KeyTerms, PurposeInput {}

export const GENERATE_FIELDS: Readonly<Record<string, JsonSchema>> = {
  ...KEY_TERMS_FIELDS,
  scope: text(
    'user:<name>, ci:<repository>, agent:review, agent:write, workspace:<id>; user if none is named.',
  ),
  user_id: orNull(text("Coder's user id, or a user name; none: somebody new, whose only key it is.")),
  spend: orNull({ ...usd, description: 'What it has spent in its window already, at another gateway.' }),
};

export async function generateKey(
  { services, admin }: Pick<AdminCall<unknown>, 'services' | 'admin'>,
  statements: Statements,
  wish: GenerateInput,
): Promise<ShownKey> {
  const scope = wish.scope ?? scopeInMetadata(wish);
  const purpose = await purposeOf(services, statements, {
    ...wish,
    ...(scope === undefined ? {} : { scope }),
  });
  if (wish.spend != null && wish.spend > 0 && purpose.accountId !== undefined)
    throw invalid('spend', "A workspace's keys share one account: set what it has spent by /key/update.");
  const now = services.now();
  const shown = await insertKey(statements, {
    ...purpose,
    level: levelOf(wish) ?? null,
    limits: withoutUndefined(termsColumns(wish)),
    models: modelsOf(services, wish.models) ?? null,
    budgetId: wish.budget_id ?? null,
    expiresAt: expiryOf(wish.duration, now),
    validFrom: now,
    metadata: wish.metadata ?? {},
    createdBy: admin.name,
  });
  const raise = readRaise(wish, now);
  if (raise) await raiseAccount(statements, shown.record.accountId, raise);
  if (wish.spend != null && wish.spend > 0)
    await resetAccounts(statements, [shown.record.accountId], {
      usd: wish.spend,
      actor: admin.name,
      windowStart: termsNow(services, shown.record)?.window.start,
    });
  if (!wish.blocked) return shown;
  return { key: shown.key, record: await changeKey(statements, shown.record, { blocked_at: now }) };
}

/** The seeds' provisioner says there what a key is for. */
function scopeInMetadata({ metadata }: GenerateInput): string | undefined {
  const scope = metadata?.['scope'];
  return typeof scope === 'string' ? scope : undefined;
}

const withoutUndefined = <T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

export const generate = endpoint<GenerateInput>({
  method: 'POST',
  paths: ['/key/generate'],
  tag: 'keys',
  summary: 'Gives out a key. It is shown in this answer and nowhere else.',
  role: 'admin',
  input: input(GENERATE_FIELDS),
  answer: shownSchema,
  handle: (call) =>
    change(call, async (transaction) => {
      const shown = await generateKey(call, transaction, call.input);
      await transaction.note({
        action: 'key/generate',
        target: shown.record.hash,
        after: { ...termsOfKey(shown.record), ...(call.input.spend ? { spend: call.input.spend } : {}) },
      });
      return viewShown(call.services, transaction, shown);
    }),
});
