/** Changing what holds for a key. */
import { changeKey, holdKey } from '../keys/issued-keys';
import { change, endpoint, type AdminCall, type Transaction } from './endpoint';
import { input, orNull, text, usd, type JsonSchema } from './json-schema';
import { applyToAccount, columnsOf, KEY_TERMS_FIELDS, type KeyTerms } from './key-terms';
import { keySchema, termsOfKey, viewKey } from './key-view';

export interface UpdateInput extends KeyTerms {
  readonly key: string;
}

export const UPDATE_FIELDS: Readonly<Record<string, JsonSchema>> = {
  ...KEY_TERMS_FIELDS,
  key: text('The key, its hash, or its alias.'),
  spend: orNull(usd),
};

export async function updateKey(
  { services, admin }: Pick<AdminCall<unknown>, 'services' | 'admin'>,
  transaction: Transaction,
  wish: UpdateInput,
): Promise<Record<string, unknown>> {
  const before = await holdKey(transaction, wish.key);
  const after = await changeKey(transaction, before, columnsOf(services, wish, before));
  const raise = await applyToAccount(services, transaction, after, wish, admin.name);
  await transaction.note({
    action: 'key/update',
    target: after.hash,
    before: termsOfKey(before),
    after: { ...termsOfKey(after), ...raise },
  });
  return { ...(await viewKey(services, transaction, after)), key: after.hash };
}

export const update = endpoint<UpdateInput>({
  method: 'POST',
  paths: ['/key/update'],
  tag: 'keys',
  summary: 'Changes what is named; `null` gives a limit back to the policy. A raise is temp_budget_increase.',
  role: 'admin',
  input: input(UPDATE_FIELDS, ['key']),
  answer: keySchema,
  handle: (call) => change(call, (transaction) => updateKey(call, transaction, call.input)),
});
