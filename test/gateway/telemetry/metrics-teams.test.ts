import { say } from '../../standins/anthropic';
import { startTestGateway, type TestGateway } from '../support/gateway';
import { scrape, scrapeUntil } from '../support/metrics-page';
import { policyFile, type PolicyFile } from '../support/policy-file';

const TEAM = { maxBudget: 1_000, budgetDuration: '1d' } as const;
const HI = { max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] };
const CALLS = 'ai_gateway_team_calls_total';

let policy: PolicyFile;
let gateway: TestGateway;
beforeAll(async () => {
  policy = await policyFile({
    teams: {
      templates: { 'contractor-workspace': TEAM },
      groups: Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, TEAM])),
    },
  });
  gateway = await startTestGateway({
    env: { ...policy.env, GATEWAY_METRICS_TEAMS: '3', GATEWAY_METRICS_ACCESS: 'open' },
  });
});
afterAll(async () => {
  await gateway.close();
  await policy.remove();
});

test('as many teams as were asked for have series of their own, the rest are one', async () => {
  for (const [number, group] of ['a', 'b', 'c', 'd', 'without-budget'].entries()) {
    const key = await gateway.workspaceKey({
      workspace: { id: `5b1c7d0e-0000-4000-8000-00000000010${number}`, name: 'dev' },
      owner: { id: `7f3a0000-0000-4000-8000-00000000010${number}`, name: `p${number}`, groups: [group] },
    });
    gateway.standin.answer({ ...say('yes'), usage: { input_tokens: 100, output_tokens: 10 } });
    await gateway.chat(key, HI);
  }
  const template = 'template/contractor-workspace';
  const page = await scrapeUntil(gateway, ({ sum }) => sum(CALLS, { team: template }) === 5);
  expect(page.values(CALLS, 'team')).toEqual(['group/a', 'group/b', 'other', template]);
  expect(page.sum(CALLS, { team: 'other' })).toBe(2);
  expect(page.sum('ai_gateway_team_tokens_total', { team: template, kind: 'input' })).toBe(500);
  expect(page.sum('ai_gateway_team_cost_dollars_total', { team: template })).toBeCloseTo(
    page.sum('ai_gateway_cost_dollars_total'),
    12,
  );
});

test('where the setting says so, whoever reaches the admin listener may read', async () => {
  const answer = await gateway.request(`${gateway.adminUrl}/metrics`);
  expect(answer.status).toBe(200);
  // That alone.
  expect((await gateway.request(`${gateway.adminUrl}/key/list`)).status).toBe(401);
  expect((await scrape(gateway, 'anything')).sum('ai_gateway_build_info')).toBe(1);
});
