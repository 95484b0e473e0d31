import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AiLockdown } from '../../constructs/workspace/ai-lockdown';
import { AI_FEATURES } from '../../src/ai-features';
import { aiFeaturesDocument } from '../../src/ai-features-document';
import { imageContext } from '../../workspace-image/image/context';
import { workspaceImage } from '../../workspace-image/image/workspace-image';

const DOCUMENT = join(resolve(__dirname, '..', '..'), 'docs', 'lockdown.md');

test('docs/lockdown.md says what the list says', () => {
  if (process.env.UPDATE_SNAPSHOT) writeFileSync(DOCUMENT, aiFeaturesDocument());
  expect(existsSync(DOCUMENT) && readFileSync(DOCUMENT, 'utf8')).toBe(aiFeaturesDocument());
});

test('every feature has a name, a reason and at least one switch', () => {
  for (const { name, reason, server, editor, extensions } of AI_FEATURES) {
    expect({
      name,
      reason: reason.length > 20,
      switches: [server, editor, extensions].some(Boolean),
    }).toEqual({
      name,
      reason: true,
      switches: true,
    });
  }
});

test('each layer comes from the list: server, settings of the machine, removed extensions', () => {
  const lockdown = new AiLockdown();
  expect(lockdown.serverEnvironment).toEqual({
    CODER_AIBRIDGE_ENABLED: 'false',
    CODER_HIDE_AI_TASKS: 'true',
    CODER_OAUTH2_GITHUB_DEFAULT_PROVIDER_ENABLE: 'false',
  });
  const context = imageContext(workspaceImage());
  const settings = JSON.parse(
    String(context.get('rootfs/var/lib/code-server/Machine/settings.json')?.content),
  ) as Record<string, unknown>;
  const stated = AI_FEATURES.flatMap(({ editor }) => editor ?? []);
  expect(stated.length).toBeGreaterThan(10);
  for (const { key, value } of stated) expect({ key, value: settings[key] }).toEqual({ key, value });
  const { removed } = JSON.parse(String(context.get('extensions.json')?.content)) as { removed: string[] };
  expect(removed).toEqual(
    expect.arrayContaining(['github.copilot', 'github.copilot-chat', 'sourcegraph.cody-ai']),
  );
});

test('a setting of a removed extension is marked as such, and only of one that is removed', () => {
  const { foreignSettings, removedExtensions } = new AiLockdown();
  const marked = AI_FEATURES.flatMap(({ editor }) => editor ?? []).filter(({ of }) => of !== undefined);
  expect(marked.map(({ key }) => key)).toEqual(foreignSettings);
  for (const { of } of marked) expect(removedExtensions).toContain(of);
});

test('A38: of the dashboard only the web terminal is shown', () => {
  expect(new AiLockdown().displayApps).toEqual(['webTerminal']);
});
