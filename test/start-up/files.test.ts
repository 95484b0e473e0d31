import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCodeSchema } from './opencode-schema';
import { rooSettings } from './roo-settings-schema';
import { filesOf, Platform } from './support';

let platform: Platform;
beforeAll(async () => {
  platform = await Platform.start();
});
afterAll(() => platform.stop());

const COMMANDS = ['comment', 'refactor', 'review', 'test'];

const json = (home: string, path: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(home, path), 'utf8')) as Record<string, unknown>;

test('the first start leaves everything the assistants need, readable by the owner only', async () => {
  const workspace = await platform.workspace();
  const result = await workspace.runScript('ai_setup');
  expect(result).toMatchObject({ status: 0 });

  const files = filesOf(workspace.home);
  expect(Object.fromEntries(Object.entries(files).map(([path, { mode }]) => [path, mode]))).toEqual({
    '.bashrc': '600',
    '.config/ai-gateway/env.sh': '600',
    '.config/ai-gateway/gateway': '600',
    '.config/ai-gateway/key': '600',
    '.config/ai-gateway/models': '600',
    '.config/ai-gateway/status': '600',
    '.config/ai-gateway/written': '600',
    '.config/opencode/enforcement.md': '600',
    '.config/opencode/opencode.json': '600',
    '.config/roo-code/settings.json': '600',
    ...Object.fromEntries(COMMANDS.map((name) => [`.roo/commands/${name}.md`, '600'])),
  });
  expect(files['.config/ai-gateway/status']?.text).toBe('ready: claude-sonnet-5-5, standard\n');
});

test('the key lies in its file and in the import file of Roo Code, nowhere else', async () => {
  const workspace = await platform.workspace();
  const { output } = await workspace.runScript('ai_setup');
  const files = filesOf(workspace.home);
  const key = files['.config/ai-gateway/key']?.text.trim() ?? '';
  expect(key).toMatch(/^sk-[\w-]{20,}$/);
  expect(output).not.toContain(key);
  const holders = Object.keys(files).filter((path) => files[path]?.text.includes(key));
  expect(holders).toEqual(['.config/ai-gateway/key', '.config/roo-code/settings.json']);
});

test('Roo Code and Zoo Code accept the settings, strictly read', async () => {
  const workspace = await platform.workspace({ parameters: { ai_model: 'claude-opus' } });
  await workspace.runScript('ai_setup');
  const settings = rooSettings.parse(json(workspace.home, '.config/roo-code/settings.json'));
  const { currentApiConfigName, apiConfigs, modeApiConfigs } = settings.providerProfiles;
  expect(currentApiConfigName).toBe('litellm');
  expect(apiConfigs['litellm']).toMatchObject({
    id: 'litellm-default',
    apiProvider: 'openai',
    openAiBaseUrl: `${platform.gateway.url}/v1`,
    openAiModelId: 'claude-opus-4',
    openAiCustomModelInfo: { contextWindow: 200_000, supportsPromptCache: true, inputPrice: 5 },
  });
  expect(new Set(Object.values(modeApiConfigs ?? {}))).toEqual(new Set(['litellm-default']));
  expect(new Set(Object.values(apiConfigs).map(({ id }) => id)).size).toBe(Object.keys(apiConfigs).length);
  expect(settings.globalSettings).toMatchObject({
    telemetrySetting: 'disabled',
    allowedCommands: expect.arrayContaining(['git diff']) as string[],
    deniedCommands: expect.arrayContaining(['rm -rf']) as string[],
    // The account prompt, the announcement and the advertising of the cloud do not cover the first screen.
    lastShownAnnouncementId: expect.stringContaining('3.52') as string,
    dismissedUpsells: ['longRunningTask', 'taskList2'],
  });
  // What is absent stays the developer's: mode, language, automatic approval.
  const theirs = ['mode', 'language', 'autoApprovalEnabled', 'alwaysAllowExecute'];
  expect(Object.keys(settings.globalSettings ?? {}).filter((key) => theirs.includes(key))).toEqual([]);
});

test('OpenCode accepts its configuration by its own schema', async () => {
  const workspace = await platform.workspace();
  await workspace.runScript('ai_setup');
  const config = json(workspace.home, '.config/opencode/opencode.json');
  const validate = openCodeSchema();
  expect({ valid: validate(config), errors: validate.errors }).toEqual({ valid: true, errors: null });
  expect(validate({ ...config, enabledProviders: [] })).toBe(false);
  expect(config).toMatchObject({
    model: 'litellm/claude-sonnet-5-5',
    small_model: 'litellm/claude-haiku-4-5',
    instructions: ['~/.config/opencode/enforcement.md'],
  });
});

test('a second run leaves the same bytes and touches .bashrc no more', async () => {
  const workspace = await platform.workspace();
  await workspace.runScript('ai_setup');
  const first = filesOf(workspace.home);
  expect((await workspace.runScript('ai_setup')).status).toBe(0);
  expect(filesOf(workspace.home)).toEqual(first);
});

test('the next start brings a changed model, level and assistant, and removes what is not wanted any more', async () => {
  const home = platform.newHome();
  await (await platform.workspace({}, home)).runScript('ai_setup');
  const next = await platform.workspace(
    {
      parameters: {
        ai_model: 'claude-haiku',
        ai_assistant: 'opencode',
        ai_enforcement_level: 'unrestricted',
      },
    },
    home,
  );
  expect(await next.runScript('ai_setup')).toMatchObject({ status: 0 });
  const files = filesOf(home);
  expect(Object.keys(files)).not.toContain('.config/roo-code/settings.json');
  expect(Object.keys(files)).not.toContain('.config/opencode/enforcement.md');
  expect(files['.config/opencode/opencode.json']?.text).toContain('"litellm/claude-haiku-4-5"');
  expect(files['.config/ai-gateway/status']?.text).toBe('ready: claude-haiku-4-5, unrestricted\n');
});

test('"none" takes back what an earlier start wrote, and nothing of the developer', async () => {
  const home = platform.newHome();
  await (await platform.workspace({}, home)).runScript('ai_setup');
  const off = await platform.workspace({ parameters: { ai_assistant: 'none' } }, home);
  expect(await off.runScript('ai_setup')).toMatchObject({ status: 0 });
  expect(Object.keys(filesOf(home))).toEqual(['.bashrc']);
});

test('"none" from the beginning leaves the home as it was', async () => {
  const off = await platform.workspace({ parameters: { ai_assistant: 'none' } });
  expect(await off.runScript('ai_setup')).toMatchObject({ status: 0 });
  expect(filesOf(off.home)).toEqual({});
});

test('a terminal has the variables people and scripts rely on', async () => {
  const workspace = await platform.workspace();
  await workspace.runScript('ai_setup');
  const { output } = await workspace.runInShell(
    'printf "%s\\n" "$AI_GATEWAY_URL" "$OPENAI_API_BASE" "$AI_MODEL"; [ "$OPENAI_API_KEY" = "$LITELLM_API_KEY" ] && [ "$OPENAI_API_KEY" = "$(cat ~/.config/ai-gateway/key)" ] && echo same',
  );
  expect(output.trim().split('\n')).toEqual([
    platform.gateway.url,
    `${platform.gateway.url}/v1`,
    'claude-sonnet-5-5',
    'same',
  ]);
});

test('Claude Code finds gateway and models in the environment, and no key there or in a file of its own', async () => {
  const workspace = await platform.workspace({ parameters: { ai_assistant: 'claude-code' } });
  expect(await workspace.runScript('ai_setup')).toMatchObject({ status: 0 });
  const { output } = await workspace.runInShell(
    'printf "%s\\n" "$ANTHROPIC_BASE_URL" "$ANTHROPIC_MODEL" "$ANTHROPIC_DEFAULT_HAIKU_MODEL" "$ANTHROPIC_DEFAULT_SONNET_MODEL" "$ANTHROPIC_DEFAULT_OPUS_MODEL" "${ANTHROPIC_AUTH_TOKEN-none}" "${ANTHROPIC_API_KEY-none}"',
  );
  expect(output.trim().split('\n')).toEqual([
    platform.gateway.url,
    'claude-sonnet-5-5',
    'claude-haiku-4-5',
    'claude-sonnet-5-5',
    'claude-opus-4',
    'none',
    'none',
  ]);
  expect(Object.keys(filesOf(workspace.home))).toEqual([
    '.bashrc',
    ...COMMANDS.map((name) => `.claude/commands/${name}.md`),
    '.config/ai-gateway/env.sh',
    '.config/ai-gateway/gateway',
    '.config/ai-gateway/key',
    '.config/ai-gateway/status',
    '.config/ai-gateway/written',
  ]);
});
