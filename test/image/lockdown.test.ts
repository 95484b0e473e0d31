import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AiLockdown } from '../../constructs/workspace/ai-lockdown';
import { AssistantChoice, assistantsOf } from '../../constructs/workspace/assistants/assistant-choice';
import { AI_FEATURES } from '../../src/ai-features';
import { aiFeaturesDocument, PROGRAM_LOCKS } from '../../src/ai-features-document';
import { imageContext } from '../../workspace-image/image/context';
import { workspaceImage } from '../../workspace-image/image/workspace-image';

const DOCUMENT = join(resolve(__dirname, '..', '..'), 'docs', 'lockdown.md');

test('docs/lockdown.md says what the list says', () => {
  if (process.env.UPDATE_SNAPSHOT) writeFileSync(DOCUMENT, aiFeaturesDocument());
  expect(existsSync(DOCUMENT) && readFileSync(DOCUMENT, 'utf8')).toBe(aiFeaturesDocument());
});

test('the variables of the container are those of the assistants', () => {
  const locks = assistantsOf(AssistantChoice.ALL).flatMap((one) => Object.keys(one.locks ?? {}));
  expect(PROGRAM_LOCKS.map(([variable]) => variable)).toEqual([...new Set(locks)].sort());
});

test('every feature has a name, a reason and at least one switch', () => {
  for (const { name, reason, server, editor, cuts, extensions } of AI_FEATURES) {
    expect({
      name,
      reason: reason.length > 20,
      switches: [server, editor, cuts, extensions].some(Boolean),
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

test('what is taken out of the editor’s program is what the build does and the check in the image looks for', () => {
  const { cuts } = new AiLockdown();
  const context = imageContext(workspaceImage());
  const read = (path: string): unknown => JSON.parse(String(context.get(path)?.content)) as unknown;
  const done = read('edits.json') as Record<'part' | 'find' | 'mark' | 'hint', string>[];
  expect(cuts.length).toBeGreaterThan(1);
  expect(done.map(({ part }) => part)).toEqual(expect.arrayContaining(cuts.map(({ part }) => part)));
  for (const { part, find, mark, hint } of done) {
    expect(mark).toBe(`/*contractor-workspace: ${part}*/`);
    // Two of one mark could not be told apart, and a part with the end of a comment in it would end it.
    expect(part).toMatch(/^[\w.]+$/);
    expect(hint).not.toBe('');
    expect(() => new RegExp(find)).not.toThrow();
  }
  const { edits } = read('rootfs/opt/workspace/image.json') as { edits: { part: string }[] };
  expect(edits.map(({ part }) => part)).toEqual(done.map(({ part }) => part));
  expect(new Set(done.map(({ part }) => part)).size).toBe(done.length);
});

test('A38: of the dashboard only the web terminal is shown', () => {
  expect(new AiLockdown().displayApps).toEqual(['webTerminal']);
});
