import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AssistantChoice } from '../../constructs/workspace/assistants/assistant-choice';
import { imageContext } from '../../workspace-image/image/context';
import { workspaceImage } from '../../workspace-image/image/workspace-image';
import { eventually } from '../gateway/support/gateway';

interface Disposable {
  dispose(): void;
}
type WatchKeys = (extensions: readonly string[], everyMs: number) => Disposable;

/** What the editor and the assistant in it were asked. */
const asked: unknown[][] = [];
let assistant: { isActive: boolean; packageJSON: object; exports?: object } | undefined;
let folder = '';

const editor = {
  workspace: {
    getConfiguration: (name: string) => ({
      get: (key: string) =>
        name === 'roo-cline' && key === 'autoImportSettingsPath' ? join(folder, 'settings.json') : undefined,
    }),
  },
  extensions: { getExtension: () => assistant },
  commands: {
    executeCommand: (...words: unknown[]) => {
      asked.push(words);
      return Promise.resolve();
    },
  },
  window: {
    createOutputChannel: () => ({
      info: (line: string) => asked.push(['log', line]),
      error: (line: string) => asked.push(['log', line]),
      dispose: () => {},
    }),
    showWarningMessage: (words: string, button: string) => {
      asked.push(['warning', words]);
      return Promise.resolve(button);
    },
  },
  Disposable: { from: (...all: Disposable[]) => ({ dispose: () => all.forEach((each) => each.dispose()) }) },
};
jest.doMock('vscode', () => editor, { virtual: true });
const { watchKeys } = jest.requireActual<{ watchKeys: WatchKeys }>(
  '../../workspace-image/trust-guide/new-key.cjs',
);

const ROO = 'RooVeterinaryInc.roo-cline';
const profile = (key: string) => ({ apiProvider: 'openai', openAiApiKey: key });
/** As the set-up does: a new file in the place of the old one. */
const write = (apiConfigs: object, more: object = {}): void => {
  const file = join(folder, 'settings.json');
  writeFileSync(`${file}.new`, JSON.stringify({ providerProfiles: { apiConfigs }, ...more }));
  renameSync(`${file}.new`, file);
};
let watching: Disposable;
const open = (): void => {
  watching = watchKeys([ROO], 20);
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'new-key-'));
  asked.length = 0;
  assistant = { isActive: true, packageJSON: { displayName: 'Roo Code' } };
});
afterEach(() => {
  watching.dispose();
  rmSync(folder, { recursive: true });
});

const withApi = (upsertProfile: (...words: unknown[]) => Promise<void>) => ({
  upsertProfile,
  getActiveProfile: () => 'litellm',
});

test('an open window’s assistant gets the new key, in the profile it works with and in the others', async () => {
  assistant!.exports = withApi((...words) => {
    asked.push(['upsert', ...words]);
    return Promise.resolve();
  });
  write({ litellm: profile('sk-old'), other: profile('sk-old') });
  open();
  write({ litellm: profile('sk-new'), other: profile('sk-new') });
  await eventually(() => asked.find(([word]) => word === 'log'));
  expect(asked).toEqual([
    ['upsert', 'litellm', profile('sk-new'), true],
    ['upsert', 'other', profile('sk-new'), false],
    ['log', 'Roo Code has the new key'],
  ]);
});

test('a version without such an interface imports the file by its command', async () => {
  write({ litellm: profile('sk-old') });
  open();
  write({ litellm: profile('sk-new') });
  await eventually(() => asked.find(([word]) => word === 'log'));
  expect(asked[0]).toEqual(['roo-cline.importSettings', join(folder, 'settings.json')]);
});

test('an assistant that does not take it: the person is asked to reload the window, and no key is shown', async () => {
  assistant!.exports = withApi(() => Promise.reject(new Error('sk-new is not taken')));
  // The gateway was away when the window was opened.
  mkdirSync(join(folder, 'settings.json'));
  open();
  rmSync(join(folder, 'settings.json'), { recursive: true });
  write({ litellm: profile('sk-new') });
  await eventually(() => asked.find(([word]) => word === 'workbench.action.reloadWindow'));
  expect(asked).toContainEqual([
    'warning',
    'Roo Code still has the key before: this workspace has a new one. Reload the window.',
  ]);
  expect(JSON.stringify(asked)).not.toContain('sk-new');
});

test('the same key, no key, or an assistant that has not begun: nobody is told anything', async () => {
  write({ litellm: profile('sk-old') });
  open();
  write({ litellm: profile('sk-old') }, { globalSettings: { mode: 'code' } });
  await new Promise((resolve) => setTimeout(resolve, 100));
  write({});
  await new Promise((resolve) => setTimeout(resolve, 100));
  assistant = { isActive: false, packageJSON: {} };
  write({ litellm: profile('sk-new') });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(asked).toEqual([]);
});

test('the image’s own extension watches those of the chosen assistant', () => {
  const files = imageContext(workspaceImage([AssistantChoice.ROO_CODE, AssistantChoice.CLAUDE_CODE]));
  const of = (choice: string, name: string) =>
    String(
      files.get(`rootfs/opt/workspace/extensions/${choice}/contractor-workspace.trust-guide/${name}`)
        ?.content,
    );
  const watched = (choice: string) =>
    (JSON.parse(of(choice, 'package.json')) as { trustGuide: { extensions: string[] } }).trustGuide
      .extensions;
  expect(watched('roo-code')).toEqual([ROO]);
  expect(watched('claude-code')).toEqual([]);
  for (const choice of ['roo-code', 'claude-code']) expect(of(choice, 'new-key.cjs')).toContain('watchKeys');
});
