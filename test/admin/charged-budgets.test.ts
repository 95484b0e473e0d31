import { startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { policyFile, type PolicyFile } from '../gateway/support/policy-file';
import { adminOf, ASK, type Admin } from './support';

let file: PolicyFile;
let gateway: TestGateway;
let admin: Admin;
beforeAll(async () => {
  file = await policyFile({
    workspace: { maxBudget: 10 },
    owner: { maxBudget: 20 },
    teams: {
      templates: { backend: { maxBudget: 30, budgetDuration: '7d' } },
      groups: { contractors: { maxBudget: 40, budgetDuration: '30d' } },
    },
  });
  gateway = await startTestGateway({ env: file.env });
  admin = adminOf(gateway);
});
afterAll(async () => {
  await gateway.close();
  await file.remove();
});

interface Budgets {
  readonly budgets: unknown;
}

test('a key is told with every budget its calls are charged to', async () => {
  const key = await gateway.workspaceKey({
    workspace: { id: 'w-1', name: 'one' },
    owner: { id: 'id-of-ann', name: 'ann', groups: ['contractors', 'without-budget'] },
    template: { id: 't', name: 'backend', version: 'v1' },
  });
  await admin('/user/update', { user_id: 'ann', temp_budget_increase: 5, temp_budget_expiry: '1h' });
  const budgets = [
    { kind: 'key', name: 'workspace:w-1', max_budget: 10, budget_left: 10, budget_duration: '1d' },
    { kind: 'owner', name: 'ann', max_budget: 25, budget_left: 25, raise: { amount: 5 } },
    { kind: 'team', name: 'template backend', max_budget: 30, budget_duration: '7d' },
    { kind: 'team', name: 'group contractors', max_budget: 40, budget_duration: '30d' },
  ];
  const one = (await admin(`/key/info?key=${key}`)).json as unknown as Budgets;
  expect(one.budgets).toMatchObject(budgets);
  await admin('/key/generate', { scope: 'ci:frontend' });
  const several = (await admin('/v2/key/info', { keys: ['ci-frontend', 'none', key] }))
    .json as unknown as Budgets;
  // A service's key is nobody's.
  expect(several.budgets).toMatchObject([[{ kind: 'key', name: 'ci:frontend' }], budgets]);
  expect((several.budgets as unknown[][])[0]).toHaveLength(1);
});

test('what is spent is spent of each of them', async () => {
  const key = await gateway.workspaceKey({
    workspace: { id: 'w-2', name: 'two' },
    owner: { id: 'id-of-bob', name: 'bob', groups: [] },
    template: { id: 't', name: 'backend', version: 'v1' },
  });
  // Shared accounts begin with the first call.
  expect((await gateway.chat(key, ASK)).status).toBe(200);
  await gateway.settled();
  await gateway.store.query(
    `update accounts set spent_nano = 1500000000, window_start = now()
     where label in ('owner/id-of-bob', 'template/backend') or label like 'workspace/w-2/%'`,
  );
  const { budgets } = (await admin(`/key/info?key=${key}`)).json as unknown as {
    budgets: { name: string; spend: number; budget_left: number }[];
  };
  expect(budgets.map(({ name, spend, budget_left }) => [name, spend, budget_left])).toEqual([
    ['workspace:w-2', 1.5, 8.5],
    ['bob', 1.5, 18.5],
    ['template backend', 1.5, 28.5],
  ]);
});
