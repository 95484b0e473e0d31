/** Limits with a name, which many keys and people may share; and, as the seeds send it, the budget of one person. */
import { randomUUID } from 'node:crypto';
import { GatewayError } from '../errors';
import { changeOwner, ensureOwner } from '../keys/owners';
import { toDollars } from '../ledger/money';
import { isDuplicate, type Statements } from '../store/database';
import { change, endpoint, type AdminCall } from './endpoint';
import {
  anything,
  answer,
  count,
  flag,
  input,
  listOf,
  number,
  orNull,
  string,
  text,
  time,
} from './json-schema';
import { readOwnerStanding } from './owner-standing';
import { termsColumns, TERMS_FIELDS, type TermsInput } from './terms-input';
import { termsOfOwner } from './user-view';

const BUDGET_FIELDS = {
  budget_id: string,
  max_budget: orNull(number),
  budget_duration: orNull(string),
  rpm_limit: orNull(count),
  tpm_limit: orNull(count),
  max_parallel_requests: orNull(count),
  created_by: string,
  created_at: time,
  updated_at: time,
} as const;

const budgetSchema = answer(BUDGET_FIELDS);

interface BudgetRow {
  id: string;
  max_budget_nano: string | null;
  budget_duration: string | null;
  rpm_limit: number | null;
  tpm_limit: number | null;
  max_parallel_requests: number | null;
  created_by: string;
  created_at: Date;
  updated_at: Date;
}

const view = ({
  id,
  max_budget_nano,
  created_at,
  updated_at,
  ...row
}: BudgetRow): Record<string, unknown> => ({
  budget_id: id,
  max_budget: max_budget_nano === null ? null : toDollars(Number(max_budget_nano)),
  ...row,
  created_at: created_at.toISOString(),
  updated_at: updated_at.toISOString(),
});

interface BudgetInput extends TermsInput {
  readonly budget_id?: string | null;
  readonly user_id?: string;
}

export const create = endpoint<BudgetInput>({
  method: 'POST',
  paths: ['/budget/new'],
  tag: 'budgets',
  summary: 'Names a set of limits.',
  role: 'admin',
  input: input({ ...TERMS_FIELDS, budget_id: orNull(text()) }),
  answer: budgetSchema,
  handle: (call) =>
    change(call, async (transaction) => {
      const id = call.input.budget_id ?? randomUUID();
      const columns = termsColumns(call.input);
      try {
        const [row] = await transaction.run<BudgetRow>(
          'budget-insert',
          `insert into budgets (id, max_budget_nano, budget_duration, rpm_limit, tpm_limit, max_parallel_requests,
             created_by) values ($1, $2, $3, $4, $5, $6, $7) returning *`,
          [
            id,
            columns.max_budget_nano,
            columns.budget_duration,
            columns.rpm_limit,
            columns.tpm_limit,
            columns.max_parallel_requests,
            call.admin.name,
          ],
        );
        const after = row && view(row);
        await transaction.note({ action: 'budget/new', target: id, after });
        return after;
      } catch (fault) {
        if (!isDuplicate(fault)) throw fault;
        throw new GatewayError('budget_exists', { message: `Budget with id '${id}' already exists.` });
      }
    }),
});

export const update = endpoint<BudgetInput>({
  method: 'POST',
  paths: ['/budget/update'],
  tag: 'budgets',
  summary:
    'Changes a named budget. With user_id instead: the budget of that person, and of their own keys (scope user).',
  role: 'admin',
  input: input({ ...TERMS_FIELDS, budget_id: orNull(text()), user_id: text() }),
  answer: {
    anyOf: [
      budgetSchema,
      answer({ user_id: string, max_budget: number, spend: number, budget_left: number }),
    ],
  },
  handle: async (call) => {
    const { budget_id, user_id } = call.input;
    if (budget_id != null) return updateNamed(call, budget_id);
    if (user_id === undefined) throw new GatewayError('budget_id_required');
    return updatePerson(call, user_id);
  },
});

const updateNamed = (call: AdminCall<BudgetInput>, id: string): Promise<unknown> =>
  change(call, async (transaction) => {
    const before = await holdBudget(transaction, id);
    const columns = Object.entries(termsColumns(call.input)).filter(([, value]) => value !== undefined);
    const [row] = await transaction.run<BudgetRow>(
      '',
      `update budgets set ${[...columns.map(([column], at) => `${column} = $${at + 2}`), 'updated_at = now()'].join(', ')}
       where id = $1 returning *`,
      [id, ...columns.map(([, value]) => value)],
    );
    const after = row && view(row);
    await transaction.note({ action: 'budget/update', target: id, before: view(before), after });
    return after;
  });

/** Both, because either of them may be what refuses the person's calls. */
const updatePerson = (call: AdminCall<BudgetInput>, user: string): Promise<unknown> =>
  change(call, async (transaction) => {
    const before = await ensureOwner(transaction, user);
    const columns = termsColumns(call.input);
    const after = await changeOwner(transaction, before.id, columns);
    if (columns.max_budget_nano !== undefined)
      await transaction.run(
        'budget-of-own-keys',
        `update keys set max_budget_nano = $2, updated_at = now()
         where owner_id = $1 and scope = 'user' and revoked_at is null`,
        [after.id, columns.max_budget_nano],
      );
    await transaction.note({
      action: 'budget/update',
      target: after.id,
      before: termsOfOwner(before),
      after: termsOfOwner(after),
    });
    return { user_id: after.id, ...(await readOwnerStanding(call.services, transaction, after)) };
  });

async function holdBudget(statements: Statements, id: string): Promise<BudgetRow> {
  const [row] = await statements.run<BudgetRow>(
    'budget-hold',
    'select * from budgets where id = $1 for update',
    [id],
  );
  if (row === undefined) throw new GatewayError('budget_not_found');
  return row;
}

export const info = endpoint<{ readonly budgets: readonly string[] }>({
  method: 'POST',
  paths: ['/budget/info'],
  tag: 'budgets',
  summary: 'Named budgets; those that are not there are left out.',
  role: 'viewer',
  input: input({ budgets: { ...listOf(text()), maxItems: 500 } }, ['budgets']),
  answer: listOf(budgetSchema),
  async handle({ services, input: { budgets } }) {
    const rows = await services.database.run<BudgetRow>(
      'budgets-find',
      'select * from budgets where id = any($1::text[]) order by id',
      [budgets],
    );
    return rows.map(view);
  },
});

/** What of a budget can be set, with LiteLLM's words for the types. */
const SETTINGS = {
  max_budget: ['Float', 'US dollars in a window.'],
  budget_duration: ['String', '1d, 7d, 30d, or none: for good.'],
  rpm_limit: ['Integer', 'Requests a minute.'],
  tpm_limit: ['Integer', 'Tokens a minute, uncached input plus output.'],
  max_parallel_requests: ['Integer', 'Calls at once.'],
} as const;

export const settings = endpoint<{ readonly budget_id: string }>({
  method: 'GET',
  paths: ['/budget/settings'],
  tag: 'budgets',
  summary: 'What of a named budget can be set, what it is, and what is set. null: what the policy says.',
  role: 'viewer',
  input: input({ budget_id: text() }, ['budget_id']),
  answer: listOf(
    answer({
      field_name: string,
      field_type: string,
      field_description: string,
      field_value: anything,
      stored_in_db: flag,
      field_default_value: { type: 'null' },
    }),
  ),
  async handle({ services, input: { budget_id } }) {
    const [row] = await services.database.run<BudgetRow>(
      'budget-find',
      'select * from budgets where id = $1',
      [budget_id],
    );
    if (row === undefined) throw new GatewayError('budget_not_found');
    const values = view(row);
    return Object.entries(SETTINGS).map(([name, [type, description]]) => ({
      field_name: name,
      field_type: type,
      field_description: description,
      field_value: values[name],
      stored_in_db: values[name] !== null,
      field_default_value: null,
    }));
  },
});

export const list = endpoint({
  method: 'GET',
  paths: ['/budget/list'],
  tag: 'budgets',
  summary: 'All named budgets.',
  role: 'viewer',
  input: input({}),
  answer: listOf(budgetSchema),
  async handle({ services }) {
    const rows = await services.database.run<BudgetRow>(
      'budgets-list',
      'select * from budgets order by id',
      [],
    );
    return rows.map(view);
  },
});

export const remove = endpoint<{ readonly id: string }>({
  method: 'POST',
  paths: ['/budget/delete'],
  tag: 'budgets',
  summary: 'Takes a named budget away that nobody living has.',
  role: 'admin',
  input: input({ id: text() }, ['id']),
  answer: answer({ deleted: string }),
  handle: (call) =>
    change(call, async (transaction) => {
      const { id } = call.input;
      const before = await holdBudget(transaction, id);
      const users = await transaction.run(
        'budget-users',
        `select 1 from keys where budget_id = $1 and revoked_at is null
         union all select 1 from owners where budget_id = $1 limit 1`,
        [id],
      );
      if (users.length > 0) throw new GatewayError('budget_in_use');
      await transaction.run('budget-leave', 'update keys set budget_id = null where budget_id = $1', [id]);
      await transaction.run('budget-delete', 'delete from budgets where id = $1', [id]);
      await transaction.note({ action: 'budget/delete', target: id, before: view(before) });
      return { deleted: id };
    }),
});
