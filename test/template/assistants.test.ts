import type {
  Assistant,
  AssistantHost,
  AssistantParts,
} from '../../constructs/workspace/assistants/assistant';
import { AssistantChoice } from '../../constructs/workspace/assistants/assistant-choice';
import { OpenCode } from '../../constructs/workspace/assistants/opencode';
import { local } from '../../constructs/common/local';
import { catalog } from '../../src/catalog';
import { StartBuild } from '../harness/start-build';
import { expectOk, plannedActions, plannedValuesOf, type PlanJson } from '../harness/terraform';
import { ADA, claimIn, filesIn, TemplateUnderTest } from './support';

const script = (plan: PlanJson): unknown => plannedValuesOf(plan, 'coder_script.ai_setup')?.script;

/** Names in the environment that a build sets by coder_env. */
const variables = (plan: PlanJson): Record<string, unknown> =>
  Object.fromEntries(
    (plan.planned_values.root_module.resources ?? [])
      .filter(({ type }) => type === 'coder_env')
      .map(({ values }) => [String(values['name']), values['value']]),
  );

describe('the assistants we ship', () => {
  let template: TemplateUnderTest;
  beforeAll(async () => {
    template = await TemplateUnderTest.synthesize();
  });
  afterAll(() => template.dispose());
  const planFor = async (assistant: string): Promise<PlanJson> =>
    expectOk(await template.plan({ ...ADA, parameters: { ai_assistant: assistant } })).plan;

  const opencode = ['.config/opencode/opencode.json', '.config/opencode/enforcement.md'];
  test.each([
    ['roo-code', ['.config/roo-code/settings.json', ...opencode]],
    ['zoo-code', [...opencode, '.config/roo-code/settings.json']],
    ['opencode', opencode],
    ['claude-code', []],
  ])('%s brings its files, and its variables alone', async (assistant, files) => {
    const plan = await planFor(assistant);
    expect(Object.keys(filesIn(script(plan)))).toEqual(files);
    expect(claimIn(script(plan))).toBeDefined();
    expect(variables(plan)).toMatchObject({ AI_ASSISTANT: assistant });
    expect(new StartBuild(plan).environment).toMatchObject({ OPENCODE_DISABLE_PROJECT_CONFIG: '1' });
    expect(Object.keys(variables(plan)).some((name) => name.startsWith('ANTHROPIC_'))).toBe(
      assistant === 'claude-code',
    );
  });

  test('at most six variables are entries of their own in Coder’s list of resources', async () => {
    const parameters = {
      ai_assistant: 'claude-code',
      git_repo: 'https://git.example.com/a/app',
      dotfiles: 'https://git.example.com/a/dot',
    };
    const { plan } = expectOk(await template.plan({ ...ADA, parameters }));
    // What people's own programs read and a choice changes.
    expect(Object.keys(variables(plan)).sort()).toEqual([
      'AI_ASSISTANT',
      'AI_ENFORCEMENT_LEVEL',
      'AI_GATEWAY_URL',
      'AI_MODEL',
      'ANTHROPIC_BASE_URL',
      'ANTHROPIC_MODEL',
    ]);
    expect(new StartBuild(plan).environment).toMatchObject({ DISABLE_AUTOUPDATER: '1' });
    expect(script(plan)).toMatch(
      /^constants='CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS=1 ANTHROPIC_DEFAULT_HAIKU_MODEL=claude-haiku-4-5 .*ANTHROPIC_DEFAULT_OPUS_MODEL=claude-opus-4'$/m,
    );
  });

  test('"none" means no AI: no claim, no file, nothing in the environment but what keeps programs from harm', async () => {
    const plan = await planFor('none');
    expect(claimIn(script(plan))).toBeUndefined();
    expect(filesIn(script(plan))).toEqual({});
    expect(variables(plan)).toEqual({});
    expect(script(plan)).toMatch(/^constants=''$/m);
    // What stays forbids: nothing names a model, a gateway or a key.
    const { environment } = new StartBuild(plan);
    expect(
      Object.keys(environment)
        .filter((name) => /AI|ANTHROPIC|CLAUDE|OPEN|LLM/.test(name))
        .sort(),
    ).toEqual([
      'CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC',
      'OPENCODE_DISABLE_AUTOUPDATE',
      'OPENCODE_DISABLE_CLAUDE_CODE',
      'OPENCODE_DISABLE_LSP_DOWNLOAD',
      'OPENCODE_DISABLE_MODELS_FETCH',
      'OPENCODE_DISABLE_PROJECT_CONFIG',
      'OPENCODE_DISABLE_SHARE',
    ]);
    expect(plannedValuesOf(plan, 'coder_agent.main')?.env ?? null).toBeNull();
  });

  test('another choice at the next start replaces neither agent nor container', async () => {
    const running = { ...ADA, agentToken: '33333333-3333-4333-8333-333333333333' };
    await template.apply(running);
    for (const assistant of ['none', 'claude-code', 'opencode']) {
      const { plan } = expectOk(await template.plan({ ...running, parameters: { ai_assistant: assistant } }));
      const touched = Object.keys(plannedActions(plan)).filter((one) => !one.startsWith('coder_env.'));
      // The page about AI comes and goes with it.
      const page = assistant === 'none' ? ['coder_app.ai_usage[0]', 'coder_script.usage_page[0]'] : [];
      expect(touched.sort()).toEqual(['coder_script.ai_setup', 'coder_script.code_server', ...page].sort());
    }
  });
});

test('a catalog of a hundred models still fits where Coder’s agent puts a script: one argument', async () => {
  const [sonnet] = catalog.models;
  if (!sonnet) throw new Error('the catalog is empty');
  const more = Array.from({ length: 100 }, (_, index) => ({
    ...sonnet,
    name: `model-${index}`,
    aliases: [],
  }));
  const template = await TemplateUnderTest.synthesize(
    {},
    { catalog: { ...catalog, models: [...catalog.models, ...more] } },
  );
  try {
    const { plan } = expectOk(await template.plan(ADA));
    expect(Object.keys(filesIn(script(plan)))).toHaveLength(3);
    expect(Buffer.byteLength(String(script(plan)))).toBeLessThan(131_072 / 3);
  } finally {
    await template.dispose();
  }
});

describe('an assistant of one’s own', () => {
  /** All that a new assistant needs. */
  class Aider implements Assistant {
    readonly name = 'aider';
    readonly image = { packages: { 'aider-cli': '1.2.3' } };
    readonly locks = { AIDER_ANALYTICS: 'false' };
    readonly metadata = [{ key: 'aider', label: 'Aider', command: 'aider --version', interval: 60 }];

    bind(host: AssistantHost): AssistantParts {
      const text = `"model: \${${host.model}}\\nkey: @AI_GATEWAY_KEY@\\n"`;
      return {
        files: [{ path: '.aider.conf.yml', content: local(host.scope, 'aider_config', `\${${text}}`) }],
        environment: { AIDER_BASE: host.gateway },
      };
    }
  }
  const AIDER = AssistantChoice.of({
    value: 'aider',
    label: 'Aider',
    description: 'Aider in the terminal',
    assistants: [new Aider()],
  });

  test('one class and one choice: form, file, variables and lock are there', async () => {
    const template = await TemplateUnderTest.synthesize({}, { assistants: [...AssistantChoice.ALL, AIDER] });
    try {
      const { plan } = expectOk(await template.plan({ ...ADA, parameters: { ai_assistant: 'aider' } }));
      expect(filesIn(script(plan))).toEqual({
        '.aider.conf.yml': 'model: claude-sonnet-5-5\nkey: @AI_GATEWAY_KEY@\n',
      });
      expect(variables(plan)).toMatchObject({
        AI_ASSISTANT: 'aider',
        AIDER_BASE: 'http://litellm:4000',
      });
      expect(new StartBuild(plan).environment).toMatchObject({ AIDER_ANALYTICS: 'false' });
      expect(plannedValuesOf(plan, 'coder_agent.main')?.metadata).toContainEqual(
        expect.objectContaining({ key: 'aider', display_name: 'Aider', script: 'aider --version' }),
      );
      const { plan: other } = expectOk(await template.plan(ADA));
      expect(Object.keys(filesIn(script(other)))).not.toContain('.aider.conf.yml');
      expect(variables(other)).not.toHaveProperty('AIDER_BASE');
    } finally {
      await template.dispose();
    }
  });

  test.each([
    ['.config/ai-gateway/key', 'outside .config/ai-gateway/, got ".config/ai-gateway/key"'],
    ['../outside', 'got "../outside"'],
    ['/etc/passwd', 'got "/etc/passwd"'],
    ["a'b", `got "a'b"`],
    ['.config/opencode/opencode.json', 'must not write different texts to one file'],
  ])('a file at %s is refused at synth', async (path, words) => {
    class Bad extends Aider {
      override bind(): AssistantParts {
        return { files: [{ path, content: '"x"' }] };
      }
    }
    const bad = AssistantChoice.of({ ...AIDER, assistants: [new OpenCode(), new Bad()] });
    await expect(
      TemplateUnderTest.synthesize({}, { assistants: [bad], defaultAssistant: 'aider' }),
    ).rejects.toThrow(words);
  });
});
