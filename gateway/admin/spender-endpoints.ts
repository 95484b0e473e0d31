/** Who spends, as LiteLLM's tools ask about it: keys and people with how they stand, dearest first; people as customers. */
import { GatewayError } from '../errors';
import { searchKeys } from '../keys/key-search';
import { findOwner, listDearestOwners, listOwners, type OwnerRecord } from '../keys/owners';
import type { Exchange } from '../http/exchange';
import type { Statements } from '../store/database';
import { endpoint, type AdminCall } from './endpoint';
import { answer, flag, freeObject, input, listOf, number, orNull, string, text } from './json-schema';
import { keySchema, viewKeys } from './key-view';
import { CUT_HEADERS, markCut } from './report-endpoint';
import { userSchema, viewOwner } from './user-view';

const USER = text("Coder's user id, or a user name.");
const MOST = 500;
const limit = {
  type: 'integer',
  minimum: 1,
  maximum: MOST,
  description: `${MOST} unless it is said.`,
} as const;

export const keys = endpoint<{ readonly limit?: number }>({
  method: 'GET',
  paths: ['/spend/keys'],
  tag: 'spend',
  summary: 'Keys by what they have spent in their window, dearest first.',
  role: 'viewer',
  input: input({ limit }),
  answer: listOf(keySchema),
  headers: CUT_HEADERS,
  async handle({ services, exchange, input: { limit: size = MOST } }) {
    const { keys: found, total } = await searchKeys(services.database, {
      status: 'living',
      sort: 'spend',
      isDescending: true,
      page: 1,
      size,
    });
    if (found.length < total)
      markCut(exchange, {
        rows: String(total),
        path: '/key/list',
        next: { return_full_object: 'true', sort_by: 'spend', sort_order: 'desc', page: 2, size },
      });
    return viewKeys(services, services.database, found);
  },
});

export const users = endpoint<{ readonly user_id?: string; readonly limit?: number }>({
  method: 'GET',
  paths: ['/spend/users'],
  tag: 'spend',
  summary: 'People by what they have spent over all keys in their window, dearest first; or one of them.',
  role: 'viewer',
  input: input({ user_id: USER, limit }),
  answer: listOf(userSchema),
  headers: CUT_HEADERS,
  async handle(call) {
    const { services, exchange } = call;
    const { user_id, limit: size = MOST } = call.input;
    if (user_id !== undefined)
      return [await viewOwner(call, services.database, await known(services.database, user_id))];
    const { owners, total } = await listDearestOwners(services.database, size);
    markRest(exchange, owners.length, total, size);
    return viewAll(call, owners);
  },
});

const markRest = (exchange: Exchange, shown: number, total: number, page_size: number): void => {
  if (shown < total)
    markCut(exchange, { rows: String(total), path: '/user/list', next: { page: 1, page_size } });
};

const viewAll = (
  call: Pick<AdminCall<unknown>, 'services'>,
  owners: readonly OwnerRecord[],
): Promise<Record<string, unknown>[]> =>
  Promise.all(owners.map((owner) => viewOwner(call, call.services.database, owner)));

async function known(statements: Statements, idOrName: string): Promise<OwnerRecord> {
  const owner = await findOwner(statements, idOrName);
  if (owner === undefined) throw new GatewayError('user_not_found');
  return owner;
}

const customerSchema = answer({
  user_id: string,
  alias: orNull(string),
  blocked: { ...flag, description: 'Suspended: by an administrator, or in Coder.' },
  spend: { ...number, description: 'In the window that holds.' },
  litellm_budget_table: freeObject,
});

/** In LiteLLM's shape. */
async function viewCustomer(
  call: Pick<AdminCall<unknown>, 'services'>,
  owner: OwnerRecord,
): Promise<Record<string, unknown>> {
  const { user_id, user_alias, suspended, ...terms } = await viewOwner(call, call.services.database, owner);
  const { spend, max_budget, budget_duration, rpm_limit, tpm_limit, max_parallel_requests, budget_id } =
    terms as Record<string, unknown>;
  return {
    user_id,
    alias: user_alias,
    blocked: suspended,
    spend,
    litellm_budget_table: {
      budget_id,
      max_budget,
      budget_duration,
      rpm_limit,
      tpm_limit,
      max_parallel_requests,
    },
  };
}

export const customer = endpoint<{ readonly end_user_id: string }>({
  method: 'GET',
  paths: ['/customer/info', '/end_user/info'],
  tag: 'users',
  summary: 'A customer, who is a person whose keys are used: terms, and spend over all keys.',
  role: 'viewer',
  input: input({ end_user_id: USER }, ['end_user_id']),
  answer: customerSchema,
  handle: async (call) => viewCustomer(call, await known(call.services.database, call.input.end_user_id)),
});

export const customers = endpoint({
  method: 'GET',
  paths: ['/customer/list', '/end_user/list'],
  tag: 'users',
  summary: 'Customers, who are the people whose keys are used, by name.',
  role: 'viewer',
  input: input({}),
  answer: listOf(customerSchema),
  headers: CUT_HEADERS,
  async handle(call) {
    const { owners, total } = await listOwners(call.services.database, 1, MOST);
    markRest(call.exchange, owners.length, total, MOST);
    return Promise.all(owners.map((owner) => viewCustomer(call, owner)));
  },
});
