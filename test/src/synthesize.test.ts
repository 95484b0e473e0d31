import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { catalog, type Catalog } from '../../src/catalog';
import { policy, type Policy } from '../../src/policy';
import { ContractorWorkspaceStack } from '../../src/stacks/contractor-workspace';
import { synthesize } from '../../src/synthesize';

let outdir: string;
beforeEach(() => {
  outdir = join(mkdtempSync(join(tmpdir(), 'synthesize-')), 'deep', 'out');
});
afterEach(() => rmSync(join(outdir, '..', '..'), { recursive: true, force: true }));

const run = (changes: { catalog?: Catalog; policy?: Policy } = {}): string => {
  const inputs = { catalog, policy, ...changes };
  return synthesize(
    { ...inputs, outdir },
    (app) => new ContractorWorkspaceStack(app, 'contractor-workspace', inputs),
  );
};

const [sonnet, ...others] = catalog.models;
if (!sonnet) throw new Error('the catalog is empty');
const priced = (input: number): Catalog => ({
  ...catalog,
  models: [
    { ...sonnet, deployments: sonnet.deployments.map((one) => ({ ...one, price: { ...one.price, input } })) },
    ...others,
  ],
});
const { workspace, ...scopes } = policy.scopes;

test.each<[string, Parameters<typeof run>[0], RegExp]>([
  [
    'a negative price',
    { catalog: priced(-1) },
    /"catalog\.models\[0\]\.deployments\[0\]\.price\.input" must be >= 0, got -1/,
  ],
  ['a price below a nano-dollar', { catalog: priced(0.00005) }, /more than three decimals/],
  [
    'two models of one name',
    { catalog: { ...catalog, models: [sonnet, ...catalog.models] } },
    /already taken/,
  ],
  ['no models', { catalog: { ...catalog, models: [], choices: [] } }, /models/],
  [
    'a scope with an unknown model',
    {
      policy: { ...policy, scopes: { ...scopes, workspace: { ...workspace, models: ['claude-sonet-4-5'] } } },
    },
    /"policy\.scopes\.workspace\.models": no model is called "claude-sonet-4-5"; did you mean "claude-sonnet-4-5"\?/,
  ],
  [
    'a budget below nothing',
    { policy: { ...policy, scopes: { ...scopes, workspace: { ...workspace, maxBudget: -5 } } } },
    /"policy\.scopes\.workspace\.maxBudget" must be >= 0, got -5/,
  ],
  [
    'a claim that never ages',
    { policy: { ...policy, claimMaxAgeDays: 0 } },
    /"policy\.claimMaxAgeDays" must be > 0, got 0/,
  ],
  [
    'a floor of no level',
    { policy: { ...policy, floors: { ...policy.floors, everyone: 'strict' as never } } },
    /"policy\.floors\.everyone" must be one of "unrestricted", "standard", "design-first", got "strict"/,
  ],
])('%s is refused before anything is written', (_, changes, words) => {
  expect(() => run(changes)).toThrow(words);
  expect(existsSync(join(outdir, 'stacks'))).toBe(false);
});

test('one error lists every fault', () => {
  const faulty = { ...policy, claimMaxAgeDays: 0, floors: { ...policy.floors, everyone: 'strict' as never } };
  expect(() => run({ policy: faulty })).toThrow(
    /props are not valid\n- "policy\.floors\.everyone".*\n- "policy\.claimMaxAgeDays".*$/,
  );
});

test('writes the document the gateway reads, into folders it makes itself', () => {
  expect(run()).toBe(outdir);
  const document = JSON.parse(readFileSync(join(outdir, 'gateway/config.json'), 'utf8')) as {
    models: object[];
  };
  expect(document.models).toHaveLength(catalog.models.length);
  expect(existsSync(join(outdir, 'stacks/contractor-workspace/parameters.tf'))).toBe(true);
});
