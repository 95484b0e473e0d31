/**
 * The project's own catalog and policy around every day on which a provider ends a model: whatever the form offers, an
 * alias says or a scope names is answered, at a site with one provider or with both, and with keys from before.
 */
import { catalog, type Deployment, type Model } from '../../src/catalog';
import { policy, SCOPE_NAMES, type ScopeName } from '../../src/policy';
import { startAnthropicStandin, type AnthropicStandin } from '../standins/anthropic';
import { startBedrockStandin, type BedrockStandin } from '../standins/bedrock';
import { MASTER_KEY, startTestGateway, type Answer, type TestGateway } from './support/gateway';
import { policyFile, type PolicyFile } from './support/policy-file';
import { startStore, type TestStore } from './support/store';

const ending = catalog.models.filter(({ deployments }) =>
  deployments.some(({ retiresOn }) => retiresOn !== undefined),
);
const days = [
  ...new Set(ending.flatMap(({ deployments }) => deployments.flatMap(({ retiresOn }) => retiresOn ?? []))),
].sort();

/** Milliseconds from the first moment of such a day. */
const MOMENTS = { 'the evening before': -1_000, 'its first moment': 0, 'the day after': 36 * 3_600_000 };

const SITES: Readonly<Record<string, readonly Deployment['provider'][]>> = {
  'Anthropic only': ['anthropic'],
  'Bedrock only': ['bedrock'],
  both: ['anthropic', 'bedrock'],
};

const FORM = [...new Set(catalog.choices.flatMap(({ value, model }) => [value, model]))];
const ALIASES = catalog.models.flatMap(({ aliases }) => aliases);
const namedBy = (scope: ScopeName): readonly string[] => {
  const { models } = policy.scopes[scope];
  return models === 'all'
    ? [...new Set([...catalog.models.map(({ name }) => name), ...ALIASES, ...FORM, catalog.smallModel])]
    : models;
};
const modelOf = (name: string): Model | undefined =>
  catalog.models.find((model) => model.name === name || model.aliases.includes(name));

let store: TestStore;
let anthropic: AnthropicStandin;
let bedrock: BedrockStandin;
let document: PolicyFile;
beforeAll(async () => {
  [store, anthropic, bedrock, document] = await Promise.all([
    startStore(),
    startAnthropicStandin(),
    startBedrockStandin(),
    policyFile({ models: catalog.models }),
  ]);
});
afterAll(async () => {
  await Promise.all([anthropic.close(), bedrock.close(), document.remove()]);
  await store.remove();
});

test('the catalog has such a day', () => {
  expect(days).not.toEqual([]);
});

describe.each(Object.entries(SITES))('%s', (_, providers) => {
  let gateway: TestGateway;
  let clock = new Date();
  beforeAll(async () => {
    gateway = await startTestGateway({
      env: {
        ...document.env,
        ...(providers.includes('bedrock') ? bedrock.env : {}),
        ...(providers.includes('anthropic') ? {} : { ANTHROPIC_API_KEY: '' }),
      },
      store,
      standin: anthropic,
      now: () => clock,
    });
  });
  afterAll(() => gateway.close());

  let keys = 0;
  const keyFor = async (scope: ScopeName, models?: readonly string[]): Promise<string> => {
    const name = `k${(keys += 1)}`;
    const purpose = scope === 'workspace' ? 'workspace:' : scope === 'ci' ? 'ci:' : undefined;
    const { status, text, json } = await gateway.request(`${gateway.adminUrl}/key/generate`, {
      key: MASTER_KEY,
      body: {
        scope: scope === 'user' ? `user:${name}` : purpose === undefined ? scope : purpose + name,
        key_alias: `${providers.join('-')}-${name}`,
        ...(scope === 'workspace' ? { user_id: 'ann' } : {}),
        ...(models ? { models } : {}),
      },
    });
    if (status !== 200) throw new Error(text);
    return json.key;
  };
  const ask = (key: string, model: string): Promise<Answer> =>
    gateway.chat(key, { model, max_tokens: 16, messages: [{ role: 'user', content: 'hi' }] });

  const isServedHere = (name: string): boolean =>
    modelOf(name)?.deployments.some(({ provider }) => providers.includes(provider)) === true;
  const endedBy = (moment: Date): string[] =>
    ending.flatMap(({ deployments }) =>
      deployments
        .filter(({ retiresOn }) => retiresOn !== undefined && Date.parse(retiresOn) <= moment.getTime())
        .map(({ provider, id }) => `${provider}/${id}`),
    );
  /** What went wrong with an answer, in words; undefined when it is as it must be. */
  const faultOf = (name: string, { status, headers, text }: Answer): string | undefined => {
    const served = headers.get('x-gateway-deployment') ?? 'nobody';
    if (status === 200 && !endedBy(clock).includes(served)) return undefined;
    return `${name}: ${status} by ${served}: ${text.slice(0, 200)}`;
  };
  const faultsOf = async (key: string, names: readonly string[]): Promise<string[]> =>
    (await Promise.all(names.map(async (name) => faultOf(name, await ask(key, name))))).filter(
      (fault) => fault !== undefined,
    );

  test('serves what the form, an alias or a list of models names', () => {
    const listed = SCOPE_NAMES.filter((scope) => policy.scopes[scope].models !== 'all').flatMap(namedBy);
    expect([...FORM, ...ALIASES, ...listed].filter((name) => !isServedHere(name))).toEqual([]);
  });

  describe.each(days)('%s', (day) => {
    const given = new Map<ScopeName, string>();
    /** Keys that name what ends, and what may be asked with each of them. */
    const narrow: { key: string; names: readonly string[] }[] = [];
    beforeAll(async () => {
      clock = new Date(Date.parse(day) - 3_600_000);
      for (const scope of SCOPE_NAMES) given.set(scope, await keyFor(scope));
      for (const { name, aliases, successor = name } of ending) {
        const names = [name, ...aliases, successor, ...(modelOf(successor)?.aliases ?? [])];
        for (const scope of ['user', 'workspace', 'agent:review'] as const)
          narrow.push({ key: await keyFor(scope, [name]), names });
      }
    });

    test.each(Object.entries(MOMENTS))('%s', async (_name, offset) => {
      clock = new Date(Date.parse(day) + offset);
      for (const scope of SCOPE_NAMES) {
        const names = namedBy(scope).filter(isServedHere);
        for (const key of [given.get(scope) ?? '', await keyFor(scope)])
          expect(await faultsOf(key, names)).toEqual([]);
      }
      for (const { key, names } of narrow) expect(await faultsOf(key, names)).toEqual([]);
    });
  });

  test('says of any other model of the catalog which provider it takes', async () => {
    const key = await keyFor('user');
    for (const name of catalog.models.map((model) => model.name).filter((each) => !isServedHere(each))) {
      const { status, json } = await ask(key, name);
      expect([status, json.error.message]).toEqual([
        400,
        expect.stringContaining(`The model ${name} is served by:`),
      ]);
    }
  });
});
