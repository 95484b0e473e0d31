/** Giving keys out, changing them, putting others in their place. */
import { isLevel, LEVELS } from '../../src/levels';
import { changeKey, holdKey, insertKey, replaceKey, type ShownKey } from '../keys/issued-keys';
import type { KeyRecord } from '../keys/key-record';
import type { LimitsRow } from '../keys/limits';
import type { Services } from '../services';
import type { Statements } from '../store/database';
import { change, endpoint, type AdminCall, type Transaction } from './endpoint';
import { raiseAccount, resetAccounts } from './accounts';
import {
  anything,
  answer,
  duration,
  flag,
  freeObject,
  input,
  listOf,
  orNull,
  string,
  text,
  usd,
  type JsonSchema,
} from './json-schema';
import { KEY_FIELDS, keySchema, termsNow, termsOfKey, viewKey } from './key-view';
import { purposeOf, type PurposeInput } from './key-purpose';
import {
  durationMs,
  expiryOf,
  invalid,
  readRaise,
  RAISE_FIELDS,
  termsColumns,
  TERMS_FIELDS,
  type RaiseInput,
  type TermsInput,
} from './terms-input';

interface KeyTerms extends TermsInput, RaiseInput {
  readonly models?: readonly string[] | null;
  readonly metadata?: Readonly<Record<string, unknown>> | null;
  readonly level?: string | null;
  readonly duration?: string | null;
  readonly budget_id?: string | null;
  readonly key_alias?: string | null;
  readonly blocked?: boolean | null;
  readonly spend?: number | null;
}

const TERMS: Readonly<Record<string, JsonSchema>> = {
  ...TERMS_FIELDS,
  ...RAISE_FIELDS,
  key_alias: orNull(text('What people call the key; one key at a time has it.')),
  models: orNull({
    ...listOf(text()),
    maxItems: 100,
    description: 'Out of those the scope allows; none: all of those.',
  }),
  metadata: orNull({ ...freeObject, description: 'Free; `enforcement_level` and `scope` in it count.' }),
  level: orNull({
    type: 'string',
    enum: [...LEVELS],
    description: 'Enforcement level; floors hold besides.',
  }),
  duration: orNull(duration),
  budget_id: orNull(text()),
  blocked: orNull(flag),
};

const shownSchema = answer({ ...KEY_FIELDS, key: { ...string, description: 'Shown this once.' } });

export interface GenerateInput extends KeyTerms, PurposeInput {}

export const GENERATE_FIELDS: Readonly<Record<string, JsonSchema>> = {
  ...TERMS,
  scope: text(
    'user:<name>, ci:<repository>, agent:review, agent:write, workspace:<id>; user if none is named.',
  ),
  user_id: orNull(text("Coder's user id, or a user name.")),
  // Sent along by LiteLLM's clients; a new key has spent nothing.
  spend: orNull({ type: 'number', minimum: 0, maximum: 0 }),
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
  if (!wish.blocked) return shown;
  return { key: shown.key, record: await changeKey(statements, shown.record, { blocked_at: now }) };
}

/** The seeds' provisioner says there what a key is for. */
function scopeInMetadata({ metadata }: GenerateInput): string | undefined {
  const scope = metadata?.['scope'];
  return typeof scope === 'string' ? scope : undefined;
}

function levelOf({ level, metadata }: KeyTerms): string | null | undefined {
  if (level !== undefined) return level;
  const inMetadata = metadata?.['enforcement_level'];
  if (inMetadata === undefined) return undefined;
  if (!isLevel(inMetadata))
    throw invalid('metadata', `metadata.enforcement_level must be one of ${LEVELS.join(', ')}.`);
  return inMetadata;
}

/** By their names; LiteLLM's empty list and "all" mean all of them. */
function modelsOf(
  { documents }: Services,
  wanted: readonly string[] | null | undefined,
): readonly string[] | null | undefined {
  if (wanted == null) return wanted;
  if (
    wanted.length === 0 ||
    wanted.some((name) => ['all', 'all-proxy-models', 'all-team-models'].includes(name))
  )
    return null;
  return wanted.map((name) => {
    const model = documents.current.models.get(name);
    if (model === undefined) throw invalid('models', `No model is called "${name.slice(0, 64)}".`);
    return model.name;
  });
}

const withoutUndefined = <T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

async function answerShown(services: Services, statements: Statements, { key, record }: ShownKey) {
  return { ...(await viewKey(services, statements, record)), key };
}

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
        after: termsOfKey(shown.record),
      });
      return answerShown(call.services, transaction, shown);
    }),
});

/** What of a change concerns the row of a key. */
function columnsOf(services: Services, wish: KeyTerms, record: KeyRecord) {
  const now = services.now();
  return {
    ...termsColumns(wish),
    alias: wish.key_alias,
    budget_id: wish.budget_id,
    level: levelOf(wish),
    models: modelsOf(services, wish.models),
    metadata: wish.metadata === undefined ? undefined : JSON.stringify(wish.metadata ?? {}),
    expires_at: wish.duration === undefined ? undefined : expiryOf(wish.duration, now),
    blocked_at: wish.blocked == null ? undefined : wish.blocked ? (record.blockedAt ?? now) : null,
  };
}

export interface UpdateInput extends KeyTerms {
  readonly key: string;
}

export const UPDATE_FIELDS: Readonly<Record<string, JsonSchema>> = {
  ...TERMS,
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

/** What of a change concerns the account. Says it in words for the trail. */
async function applyToAccount(
  services: Services,
  statements: Statements,
  record: KeyRecord,
  wish: KeyTerms,
  actor: string,
): Promise<Record<string, unknown>> {
  const { accountId } = record;
  const raise = readRaise(wish, services.now());
  if (raise) await raiseAccount(statements, accountId, raise);
  const windowStart = termsNow(services, record)?.window.start;
  if (wish.spend != null)
    await resetAccounts(statements, [accountId], { usd: wish.spend, actor, windowStart });
  return {
    ...(raise
      ? { temp_budget_increase: wish.temp_budget_increase, temp_budget_until: raise.raise?.until }
      : {}),
    ...(wish.spend == null ? {} : { spend: wish.spend }),
  };
}

const rotationSchema: Readonly<Record<string, JsonSchema>> = {
  ...TERMS,
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
      return answerShown(services, transaction, { key: replaced.key, record });
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
