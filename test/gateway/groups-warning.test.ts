import { warnOfGroups } from '../../gateway/coder/groups-warning';
import { createCoderClient } from '../../gateway/coder/client';
import type { DocumentSource } from '../../gateway/documents/document-source';
import { createLogger } from '../../gateway/log';
import { renderGatewayDocument } from '../../src/gateway-document';
import { catalog } from '../../src/catalog';
import { policy, type Policy } from '../../src/policy';
import { startCoderStandin, type CoderStandin } from '../standins/coder';

const ADMIN = '00000000-0000-4000-8000-0000000000aa';

let coder: CoderStandin;
beforeAll(async () => {
  coder = await startCoderStandin();
  coder.users.push({ id: ADMIN, username: 'ann', status: 'active' });
});
afterAll(() => coder.close());

async function warned(changes: Partial<Policy>, url?: string): Promise<string> {
  const lines: string[] = [];
  const document = renderGatewayDocument(catalog, { ...policy, ...changes });
  await warnOfGroups({
    documents: { current: { document } } as DocumentSource,
    coder: url === undefined ? undefined : createCoderClient(url),
    token: url === undefined ? undefined : coder.token(ADMIN, { scopes: ['user:read'] }),
    logger: createLogger('info', (line) => lines.push(line)),
  });
  return lines.join('');
}

const GROUPS: Partial<Policy> = { floors: { ...policy.floors, groups: { interns: 'standard' } } };
const BUDGETS: Partial<Policy> = {
  teams: { templates: {}, groups: { backend: { maxBudget: 5, budgetDuration: '1d' } } },
};

test.each(['unlicensed', 'not-built'] as const)(
  'a Coder %s for groups: they bind nobody',
  async (feature) => {
    coder.groupsFeature = feature;
    const line = await warned(GROUPS, coder.url);
    expect(line).toContain('this Coder has no groups');
    expect(line).toContain('for people, templates or everyone instead');
    expect(line).toContain('"groups":["interns"]');
  },
);

test.each([
  ['a Coder that has them, by a token that may not read them', (): string => coder.url],
  ['no Coder to ask', (): undefined => undefined],
  ['a Coder that is away', (): string => 'http://127.0.0.1:9'],
])('%s: it is said what they need', async (_, url) => {
  coder.groupsFeature = 'licensed';
  const line = await warned(BUDGETS, url());
  expect(line).toContain('they bind nobody where Coder has no Premium licence');
  expect(line).toContain('"groups":["backend"]');
});

test('a policy without groups is not spoken of', async () => {
  coder.groupsFeature = 'unlicensed';
  expect(await warned({}, coder.url)).toBe('');
});
