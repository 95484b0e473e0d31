/** What an administrator may lay down for a key, and what of it lands in the key's row and in its account. */
import { isLevel, LEVELS } from '../../src/levels';
import type { KeyRecord } from '../keys/key-record';
import type { Services } from '../services';
import type { Statements } from '../store/database';
import { raiseAccount, resetAccounts } from './accounts';
import { duration, flag, freeObject, listOf, orNull, text, type JsonSchema } from './json-schema';
import { termsNow } from './key-view';
import {
  expiryOf,
  invalid,
  readRaise,
  RAISE_FIELDS,
  termsColumns,
  TERMS_FIELDS,
  type RaiseInput,
  type TermsInput,
} from './terms-input';

export interface KeyTerms extends TermsInput, RaiseInput {
  readonly models?: readonly string[] | null;
  readonly metadata?: Readonly<Record<string, unknown>> | null;
  readonly level?: string | null;
  readonly duration?: string | null;
  readonly budget_id?: string | null;
  readonly key_alias?: string | null;
  readonly blocked?: boolean | null;
  readonly spend?: number | null;
}

export const KEY_TERMS_FIELDS: Readonly<Record<string, JsonSchema>> = {
  ...TERMS_FIELDS,
  ...RAISE_FIELDS,
  key_alias: orNull(text('What people call the key; one key at a time has it.')),
  models: orNull({
    ...listOf(text()),
    maxItems: 100,
    description:
      'Out of those the scope allows; none: all of those. An alias stands for its family, whichever models that has.',
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

export function levelOf({ level, metadata }: KeyTerms): string | null | undefined {
  if (level !== undefined) return level;
  const inMetadata = metadata?.['enforcement_level'];
  if (inMetadata === undefined) return undefined;
  if (!isLevel(inMetadata))
    throw invalid('metadata', `metadata.enforcement_level must be one of ${LEVELS.join(', ')}.`);
  return inMetadata;
}

/** By their names, or by an alias that stands for a family; LiteLLM's empty list and "all" mean all of them. */
export function modelsOf(
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
    return model.aliases.includes(name) ? name : model.name;
  });
}

/** What of a change concerns the row of a key. */
export function columnsOf(services: Services, wish: KeyTerms, record: KeyRecord) {
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

/** What of a change concerns the account. Says it in words for the trail. */
export async function applyToAccount(
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
