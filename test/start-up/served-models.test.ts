/** The assistants offer what the gateway serves. This one has Anthropic's key and no Bedrock. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lastingCatalog as catalog } from '../gateway/support/lasting-catalog';
import { rooSettings } from './roo-settings-schema';
import { filesOf, Platform } from './support';

let platform: Platform;
beforeAll(async () => {
  platform = await Platform.start();
});
afterAll(() => platform.stop());

const SERVED = catalog.models
  .filter(({ deployments }) => deployments.some(({ provider }) => provider === 'anthropic'))
  .map(({ name }) => name);
const NOT_SERVED = catalog.models.map(({ name }) => name).filter((name) => !SERVED.includes(name));

const json = (home: string, path: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(home, path), 'utf8')) as Record<string, unknown>;

const modelsOfOpenCode = (home: string): string[] => {
  const { provider } = json(home, '.config/opencode/opencode.json') as {
    provider: { litellm: { models: object } };
  };
  return Object.keys(provider.litellm.models);
};
const profilesOfRoo = (home: string): string[] =>
  Object.keys(rooSettings.parse(json(home, '.config/roo-code/settings.json')).providerProfiles.apiConfigs);

test('models that nobody serves are not offered, and the bytes stay the same', async () => {
  expect(NOT_SERVED).not.toEqual([]);
  const workspace = await platform.workspace();
  expect(await workspace.runScript('ai_setup')).toMatchObject({ status: 0 });
  expect(modelsOfOpenCode(workspace.home)).toEqual(SERVED);
  expect(profilesOfRoo(workspace.home)).toEqual(['litellm', ...SERVED.map((name) => `litellm-${name}`)]);
  const before = filesOf(workspace.home);
  expect(await workspace.runInShell('ai-setup')).toMatchObject({ status: 0 });
  expect(filesOf(workspace.home)).toEqual(before);
  // What is restored later is the same as well.
  rmSync(join(workspace.home, '.config/opencode/opencode.json'));
  expect(await workspace.runScript('ai_setup')).toMatchObject({ status: 0 });
  expect(filesOf(workspace.home)).toEqual(before);
});

/** Lets the gateway be silent about its models alone. */
function silence(home: string): string {
  const curl = `#!/bin/bash\ncase " $* " in *"/v1/models "*) exit 7 ;; esac\nPATH=\${PATH#*:} exec curl "$@"\n`;
  const folder = `${home}-silent`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  writeFileSync(join(folder, 'curl'), curl, { mode: 0o755 });
  return `${folder}:${process.env.PATH}`;
}

test('without the gateway’s word the last one holds, and before any there are all', async () => {
  const workspace = await platform.workspace();
  const PATH = silence(workspace.home);
  expect(await workspace.runScript('ai_setup', { PATH })).toMatchObject({ status: 0 });
  expect(modelsOfOpenCode(workspace.home)).toEqual(catalog.models.map(({ name }) => name));
  expect(existsSync(join(workspace.home, '.config/ai-gateway/models'))).toBe(false);

  expect(await workspace.runScript('ai_setup', { AI_SETUP_AGAIN: '1' })).toMatchObject({ status: 0 });
  expect(modelsOfOpenCode(workspace.home)).toEqual(SERVED);
  expect(await workspace.runScript('ai_setup', { AI_SETUP_AGAIN: '1', PATH })).toMatchObject({ status: 0 });
  expect(modelsOfOpenCode(workspace.home)).toEqual(SERVED);
});

test('the chosen model stays, served or not; a small one that is not served goes', async () => {
  const workspace = await platform.workspace();
  await workspace.runScript('ai_setup');
  const chosen = NOT_SERVED[0] ?? '';
  const answer = JSON.stringify({ data: [{ id: 'claude-opus-4', available: true }, { id: 7 }, null] });
  const folder = `${workspace.home}-other`;
  mkdirSync(folder);
  writeFileSync(
    join(folder, 'curl'),
    `#!/bin/bash\ncase " $* " in *"/v1/models "*) printf 200 >&2; printf '%s' '${answer}' ;; *) PATH=\${PATH#*:} exec curl "$@" ;; esac\n`,
    { mode: 0o755 },
  );
  const text = workspace.scriptText('ai_setup').replace(/^model='.*'$/m, `model='${chosen}'`);
  writeFileSync(`${workspace.home}-script`, text);
  const run = await workspace.runInShell(
    `PATH=${folder}:$PATH AI_SETUP_AGAIN=1 bash ${workspace.home}-script`,
  );
  expect(run).toMatchObject({ status: 0 });
  expect(modelsOfOpenCode(workspace.home).sort()).toEqual([chosen, 'claude-opus-4'].sort());
  expect(json(workspace.home, '.config/opencode/opencode.json')).not.toHaveProperty('small_model');
});

test('Zoo Code counts its announcements by itself, Roo Code has seen its last', async () => {
  for (const [ai_assistant, id] of [
    ['roo-code', expect.stringContaining('3.52') as string],
    ['zoo-code', undefined],
  ] as const) {
    const workspace = await platform.workspace({ parameters: { ai_assistant } });
    await workspace.runScript('ai_setup');
    const { globalSettings } = json(workspace.home, '.config/roo-code/settings.json') as {
      globalSettings: Record<string, unknown>;
    };
    expect(globalSettings['lastShownAnnouncementId']).toEqual(id);
    expect(globalSettings).toMatchObject({ telemetrySetting: 'disabled' });
  }
});

test.each([
  ['sk-short', 'this value has 8 characters'],
  [`sk-${'a'.repeat(257)}`, 'this value has 260 characters'],
  ['pk-0123456789abcdef0123', 'this value has 23 characters and does not start with sk-'],
])('a pasted key that is none is told the rule that holds', async (pasted, words) => {
  const workspace = await platform.workspace({ parameters: { litellm_api_key: pasted } });
  const { status, output } = await workspace.runScript('ai_setup');
  expect(status).toBe(1);
  expect(output).toContain('a key is sk- and 16 to 256 letters, digits, _ and - after it');
  expect(output).toContain(words);
  expect(output).not.toContain(pasted);
});
