/** `document import-litellm`, as people type it, on files as LiteLLM reads them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { run } from '../../administration/support';
import { checkTypes } from '../../../constructs/common/validation';
import { checkDocument } from '../../../gateway/config/document-check';
import { readLitellmConfig } from '../../../release/litellm/config-file';
import { Endpoints } from '../../../release/litellm/endpoints';
import { placeOf } from '../../../release/litellm/place';
import { renderGatewayDocument } from '../../../src/gateway-document';
import { catalog as shipped, type Catalog, type Model } from '../../../src/catalog';
import { policy as usual, type Policy } from '../../../src/policy';

const ROOT = resolve(__dirname, '../../..');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'litellm-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** No gateway is asked. */
const NOWHERE = 'http://127.0.0.1:9';
const ask = (...args: string[]) => run(NOWHERE, ['document', 'import-litellm', ...args]);

/** What the written program says, as the program of a template would read it. */
function read(text: string): { catalog: Catalog; policy: Policy } {
  const file = join(folder, `program-${Math.random().toString(36).slice(2)}.ts`);
  const own = text.replace(
    /import \{ policy as usual.*\n/,
    `import { policy as usual, type Policy } from ${JSON.stringify(join(ROOT, 'src/policy'))};\nimport type { Catalog } from ${JSON.stringify(join(ROOT, 'src/catalog'))};\n`,
  );
  writeFileSync(file, own);
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const made = require(file) as { catalog: Catalog; policy: Policy };
  checkTypes('the import', 'Catalog', made.catalog, { at: 'catalog' });
  checkTypes('the import', 'Policy', made.policy, { at: 'policy' });
  checkDocument('made', renderGatewayDocument(made.catalog, made.policy));
  return made;
}

const modelIn = ({ models }: Catalog, wanted: string): Model => {
  const found = models.find(({ name }) => name === wanted);
  if (found === undefined) throw new Error(`no model ${wanted}`);
  return found;
};

describe('a configuration for coding assistants', () => {
  let out: string;
  let err: string;
  let code: number | null;
  let made: { catalog: Catalog; policy: Policy };
  beforeAll(async () => {
    ({ out, err, code } = await ask(join(__dirname, 'anthropic-and-bedrock.yaml')));
    made = read(out);
  });

  test('becomes models with the limits and prices of the catalog as shipped', () => {
    const haiku = modelIn(made.catalog, 'claude-haiku-4-5');
    const known = modelIn(shipped, 'claude-haiku-4-5');
    expect(haiku.deployments).toEqual(known.deployments);
    expect([haiku.contextWindow, haiku.maxOutputTokens, haiku.reasoning]).toEqual([
      known.contextWindow,
      known.maxOutputTokens,
      known.reasoning,
    ]);
    expect(made.catalog.smallModel).toBe('claude-haiku-4-5');
    expect(made.catalog.choices.map(({ value }) => value)).toContain('claude-sonnet-4-5');
  });

  test('has a fallback to the same model elsewhere as its next deployment, and none to another model', () => {
    expect(
      modelIn(made.catalog, 'claude-sonnet-4-5').deployments.map(({ provider, retiresOn }) => [
        provider,
        retiresOn,
      ]),
    ).toEqual([
      ['anthropic', '2026-11-30'],
      ['bedrock', undefined],
    ]);
    expect(modelIn(made.catalog, 'claude-opus-4').deployments).toHaveLength(1);
    expect(err).toContain(
      'router_settings.fallbacks "claude-opus-4" to "claude-haiku-4-5": They are two models.',
    );
  });

  test('asks what answers for a model that its provider has ended, and says so', () => {
    expect(modelIn(made.catalog, 'claude-opus-4').deployments[0]?.id).toBe('claude-opus-4-5-20251101');
    expect(err).toContain(
      'model_list[2] "claude-opus-4": its provider has ended it: claude-opus-4-5-20251101 is asked in its place.',
    );
  });

  test('has the price of one geography of AWS for another, and says so', () => {
    const [european] = modelIn(made.catalog, 'eu-haiku').deployments;
    expect(european).toMatchObject({
      id: 'eu.anthropic.claude-haiku-4-5-20251001-v1:0',
      price: { input: 1.1 },
    });
    expect(err).toContain('compare it with AWS');
  });

  test('has aliases that lead somewhere', () => {
    expect(modelIn(made.catalog, 'claude-sonnet-4-5').aliases).toEqual(['sonnet']);
    expect(modelIn(made.catalog, 'claude-haiku-4-5').aliases).toEqual(['haiku']);
    expect(err).toContain('model_group_alias "gone": The model it stands for is not in the result.');
    expect(err).toContain('model_group_alias "haiku": here /v1/models lists it');
  });

  test('has budgets of new keys and of people in the policy, and no scope that names what is not there', () => {
    expect(made.policy.scopes.user).toEqual({
      ...usual.scopes.user,
      maxBudget: 5,
      budgetDuration: '30d',
      rpmLimit: 30,
    });
    expect(made.policy.owner).toEqual({ ...usual.owner, maxBudget: 25, budgetDuration: '7d' });
    expect(made.policy.scopes.ci.models).toEqual(['claude-haiku-4-5']);
    expect(err).toContain('policy, scope "ci": ');
    expect(err).toContain(
      'litellm_settings.default_key_generate_params: metadata: say it in the scope "user"',
    );
  });

  test('names the variables to set, and each setting that has no like here', () => {
    expect(code).toBe(6);
    expect(err).toMatch(
      /SET WHERE THE GATEWAY STARTS\n {2}ANTHROPIC_API_KEY: the value of ANTHROPIC_API_KEY there\n/,
    );
    expect(err).toContain('  AWS_ACCESS_KEY_ID: the value of AWS_ACCESS_KEY_ID there\n');
    expect(err).toContain('  AWS_REGION: us-east-1; or eu-central-1\n');
    expect(err).toContain('AWS_REGION: the file has several; the gateway takes one.');
    for (const name of [
      'max_end_user_budget',
      'drop_params',
      'success_callback',
      'callbacks',
      'langfuse_default_tags',
    ])
      expect(err).toContain(`  litellm_settings.${name}: `);
    expect(err).toContain('  general_settings.master_key: make a new one');
    expect(err).not.toContain('Not known here');
    expect(err).toContain('5 models with 7 deployments. No key was copied, and nothing is in force');
  });
});

test('the guide shows what it says', async () => {
  const guide = readFileSync(join(ROOT, 'docs/guides/from-litellm.md'), 'utf8');
  const [, block = ''] = /```text\n(SET WHERE[^`]*)```/.exec(guide) ?? [];
  const { err } = await ask(
    join(__dirname, 'anthropic-and-bedrock.yaml'),
    '--output',
    join(folder, 'shown.ts'),
  );
  const lines = block.trimEnd().replaceAll('src/from-litellm.ts', join(folder, 'shown.ts')).split('\n');
  expect(lines.length).toBeGreaterThan(6);
  for (const line of lines) expect(err).toContain(line.replace(/ ?…$/, ''));
});

describe('a configuration of many providers', () => {
  let out: string;
  let err: string;
  let made: { catalog: Catalog; policy: Policy };
  beforeAll(async () => {
    ({ out, err } = await ask(join(__dirname, 'many-providers.yaml')));
    made = read(out);
  });

  test('takes limits and prices that the file gives, to the nano-dollar and never below', () => {
    expect(modelIn(made.catalog, 'gpt-large')).toMatchObject({
      contextWindow: 272_000,
      maxOutputTokens: 128_000,
      supportsImages: true,
      reasoning: 'effort',
      structuredOutputs: true,
      deployments: [
        {
          provider: 'openai-compatible',
          id: 'gpt-large-1',
          price: { input: 1.25, output: 10, cacheWrite: 1.25, cacheRead: 0.125 },
          maxTokensField: 'max_completion_tokens',
        },
      ],
    });
    const local = modelIn(made.catalog, 'local-coder');
    expect(local.deployments.map(({ price }) => price.input)).toEqual([0.124, 0]);
    expect([local.contextWindow, local.maxOutputTokens]).toEqual([32_768, 8_192]);
    expect(err).toContain(
      'input_cost_per_token has more than three decimals for a million tokens: rounded up.',
    );
    const [sonnet, ...more] = modelIn(made.catalog, 'cheap-sonnet').deployments;
    expect([sonnet?.price.input, sonnet?.price.output, more]).toEqual([1.8, 10, []]);
    expect(err).toContain('its price is that of the file, not the one of the catalog as shipped.');
    expect(err).toContain('ANTHROPIC_API_KEY: the file has several; the gateway takes one.');
  });

  test('keeps each endpoint under a name, with its address and where its key is', () => {
    expect(err).toContain(
      '"api-openai-com": {"base_url": "https://api.openai.com/v1", "api_key": "(the value that is written in the file)"}',
    );
    expect(err).toContain('"vllm-internal": {"base_url": "http://vllm.internal:8000/v1"}');
    expect(err).toContain(
      '"endpoint": {"base_url": "(the value of CODER_BASE there)", "api_key": "(the value of CODER_KEY there)"}',
    );
  });

  test.each([
    ['"gpt-azure"', "Azure's older addresses"],
    ['"*"', 'A pattern stands for models'],
    ['"anthropic/*"', 'A pattern stands for models'],
    ['"embed"', 'It is of the mode "embedding"'],
    ['"no-price"', 'Its price is not in the file'],
    ['"no-limits"', 'How much it takes and writes is not in the file'],
    ['"vision"', "Google's own protocol and sign-in"],
    ['"nobody"', 'It does not say who runs it'],
    ['"open"', 'It has no api_base'],
    ['"maker"', 'The provider "sagemaker" is not spoken here'],
    ['"has spaces"', 'Its model_name must begin'],
    ['"with-password"', 'Its api_base must begin with http'],
  ])('leaves %s out, and says why', (name, says) => {
    expect(err).toMatch(
      new RegExp(`model_list\\[\\d+\\] ${name.replace('*', '\\*')}: ${says.replaceAll('.', '\\.')}`),
    );
  });

  test('tells sections and settings that nobody reads', () => {
    for (const about of [
      'include: Files that it names are not read',
      'finetune_settings: Not known here, or not offered.',
      'general_settings.store_model_in_db: models that were added',
      'general_settings.something_new: Not known here.',
      'router_settings.redis_host: no Redis',
      'environment_variables.REDIS_PASSWORD: its value is not copied',
      'model_list[0] "gpt-large": not taken over: rpm, timeout.',
    ])
      expect(err).toContain(about);
  });

  test('copies no secret, neither into the program nor into what is said', () => {
    for (const secret of ['nobody-may-see', 'hunter2', 'credentials.json']) {
      expect(readFileSync(join(__dirname, 'many-providers.yaml'), 'utf8')).toContain(secret);
      expect(out + err).not.toContain(secret);
    }
  });
});

describe('the file', () => {
  const saysOf = async (text: string): Promise<[number | null, string]> => {
    const file = join(folder, 'config.yaml');
    writeFileSync(file, text);
    const { code, err } = await ask(file);
    return [code, err.replaceAll(file, 'FILE')];
  };
  const refusal = (text: string): string => {
    const file = join(folder, 'refused.yaml');
    writeFileSync(file, text);
    try {
      readLitellmConfig(file);
    } catch (fault) {
      return (fault as Error).message.replaceAll(file, 'FILE');
    }
    throw new Error('it was read');
  };

  test('is written once, with imports that fit where it lies', async () => {
    const output = join(folder, 'from-litellm.ts');
    const first = await ask(join(__dirname, 'anthropic-and-bedrock.yaml'), '--output', output);
    expect([first.code, first.out]).toEqual([6, '']);
    expect(first.err).toContain(`7 deployments are in ${output}.`);
    expect(readFileSync(output, 'utf8')).toContain("from 'contractor-workspace';");
    const again = await ask(join(__dirname, 'anthropic-and-bedrock.yaml'), '--output', output);
    expect([again.code, again.err]).toEqual([
      2,
      `${output} is there already: name another file, or move it away.\n`,
    ]);
  });

  test('with no model that can be called here gives no program', async () => {
    const [code, err] = await saysOf('model_list: [{model_name: a, litellm_params: {model: azure/x}}]');
    expect([code, err]).toEqual([
      1,
      expect.stringContaining('FILE has no model that can be called here: nothing was written.'),
    ]);
    expect(err).toContain('model_list[0] "a": Azure');
  });

  test.each([
    ['a list', '- 1', 'FILE is no configuration of LiteLLM: it must have "model_list" at the top.'],
    ['no model', 'model_list: []', 'FILE has no model in "model_list"'],
    ['a model that is a word', 'model_list: [gpt]', 'FILE has a "model_list[0]" that is no object'],
    [
      'settings that are a list',
      'model_list: [{model_name: a, litellm_params: {model: b}}]\nrouter_settings: [1]',
      '',
    ],
    ['no YAML', 'model_list: [\nmaster_key: sk-secret-in-a-broken-file: : {', 'FILE is no YAML: line '],
    [
      'a bomb of references',
      `a: &a [x,x]\n${'bcdefghijklmnop'
        .split('')
        .map((c, at) => `${c}: &${c} [*${'abcdefghijklmno'[at]},*${'abcdefghijklmno'[at]}]`)
        .join('\n')}\nmodel_list: *p`,
      'FILE is no YAML',
    ],
    ['a depth without end', `model_list: ${'['.repeat(100_000)}`, 'it nests more than 100 deep'],
    ['lists in lists on a line', `model_list:\n  ${'- '.repeat(100_000)}`, 'it nests more than 100 deep'],
    ['objects without end', `model_list: ${'{a: '.repeat(100_000)}`, 'it nests more than 100 deep'],
    [
      'a depth by indentation',
      Array.from({ length: 1_400 }, (_, at) => `${' '.repeat(at)}a:`).join('\n'),
      'FILE ',
    ],
    ['many models', `model_list: [${'{},'.repeat(1_001)}]`, 'FILE has 1001 entries in "model_list"'],
    ['a long text', `# ${'x'.repeat(1024 * 1024)}`, 'FILE has 1048578 bytes'],
  ])('that holds %s is refused without a word of it', (_, text, says) => {
    if (says === '') {
      const file = join(folder, 'section.yaml');
      writeFileSync(file, text);
      expect(() => readLitellmConfig(file).section('router_settings')).toThrow(
        '"router_settings" that is no object',
      );
      return;
    }
    const message = refusal(text);
    expect(message).toContain(says);
    expect(message).not.toContain('secret');
  });

  test('that is not there, or a folder, is refused', () => {
    expect(() => readLitellmConfig(join(folder, 'none.yaml'))).toThrow('cannot be read (ENOENT)');
    expect(() => readLitellmConfig(folder)).toThrow('is no file.');
  });
});

test.each([
  ['bedrock/us-west-2/anthropic.claude-x', { provider: 'bedrock', id: 'anthropic.claude-x' }],
  ['bedrock/invoke/us-gov-west-1/a.b', { provider: 'bedrock', id: 'a.b' }],
  [
    'bedrock/arn:aws:bedrock:us-east-1:1:inference-profile/x',
    { provider: 'bedrock', id: 'arn:aws:bedrock:us-east-1:1:inference-profile/x' },
  ],
  ['claude-sonnet-5-5', { provider: 'anthropic', id: 'claude-sonnet-5-5' }],
  ['gpt-4o', { provider: 'openai-compatible', id: 'gpt-4o', base: 'https://api.openai.com/v1' }],
])('%s is understood', (model, place) => {
  expect(placeOf({ model })).toEqual(place);
});

test('two keys of one server are two endpoints, and one key of it is one', () => {
  const endpoints = new Endpoints();
  const name = (key: string | undefined) => endpoints.nameFor('https://a.example.com/v1', key)?.name;
  expect([name('os.environ/A'), name('os.environ/B'), name('os.environ/A'), name(undefined)]).toEqual([
    'a-example-com',
    'a-example-com-2',
    'a-example-com',
    'a-example-com-3',
  ]);
});
