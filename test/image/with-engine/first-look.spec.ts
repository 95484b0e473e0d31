/**
 * What a person sees of a new workspace in a real browser: the editor as the template starts it and the dashboard
 * opens it. Pictures of the first seconds are kept for somebody to look at (TEST_IMAGE_PICTURES).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { RepositoryAddress } from '../../../constructs/workspace/repository-address';
import { PushedTemplate } from '../../harness/platform';
import { EditorAddress, EditorWindow, startBrowser } from './browser';
import { Container } from './container';

/** Of the stand-ins, which are named by their ids. */
const ROO = 'RooVeterinaryInc.roo-cline';
const ZOO = 'ZooCodeOrganization.zoo-code';

/** What a command of another AI would be named by. */
const AI_WORDS =
  /\b(ai|artificial intelligence|copilot|chats?|agents?|agentic|mcp|llms?|language models?|gpt|codex|cody|gemini|claude|onboarding 2026)\b/i;

const TRUSTED = 'https://git.example.com/team/app.git';
const STRANGE = 'https://elsewhere.example.net/team/other.git';

const folder = mkdtempSync(join(tmpdir(), 'image-first-look-'));
let template: PushedTemplate;
let container: Container;
let address: EditorAddress;
let browser: Browser;
const windows: EditorWindow[] = [];

beforeAll(async () => {
  template = await PushedTemplate.push({
    outdir: join(folder, 'template'),
    gateway: { url: 'http://litellm:4000', claimSecret: 'f'.repeat(64) },
    props: { trustedRepositories: RepositoryAddress.onHosts(['git.example.com']) },
  });
  browser = await startBrowser();
  container = await Container.start();
  await container.output(`
    git init -q /tmp/origin && cd /tmp/origin && echo '# App' > README.md && git add .
    git -c user.name=a -c user.email=a@example.com commit -qm first
    git config --global url./tmp/origin.insteadOf ${TRUSTED}
    git config --global --add url./tmp/origin.insteadOf ${STRANGE}`);
  address = await EditorAddress.of(container);
});
afterAll(async () => {
  await browser?.close();
  address?.close();
  await container?.remove();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(async () => {
  for (const window of windows.splice(0)) await window.close();
});

/** Starts the workspace with what was chosen, as Coder does, and opens the editor as the dashboard does. */
async function start(parameters: Record<string, string>): Promise<EditorWindow> {
  const build = await template.planStart({ parameters });
  for (const name of ['code_server', 'git_clone[0]']) {
    const text = build.scripts.get(name);
    if (text === undefined) continue;
    const result = await container.exec(['bash', '-c', text], { environment: build.environment });
    expect({ name, ...result }).toMatchObject({ name, status: 0 });
  }
  const url = new URL(build.apps.get('code_server') ?? '');
  const window = await EditorWindow.open(browser, address.url, `${url.pathname}${url.search}`);
  windows.push(window);
  return window;
}

/** Nothing in the palette names AI but the assistant that was chosen; nothing asks for an account or complains. */
async function expectNoOtherAi(window: EditorWindow, chosen?: string): Promise<void> {
  const commands = await window.commands();
  expect(commands.length).toBeGreaterThan(300);
  expect(commands.filter((label) => AI_WORDS.test(label) && !label.startsWith(`${chosen}: `))).toEqual([]);
  if (chosen !== undefined) expect(commands).toContain(`${chosen}: Ask the AI`);
  expect(window.outside.filter((one) => /github|copilot|microsoft|openai|anthropic/.test(one))).toEqual([]);
  expect(await window.toasts()).toEqual([]);
}

const expectPlaces = async (window: EditorWindow, there: string[], absent: string[]): Promise<void> => {
  const places = await window.places();
  expect(places).toEqual(expect.arrayContaining(there));
  expect(places.filter((place) => absent.includes(place))).toEqual([]);
};

test('an empty form: a folder of its own, a word about trust in the place of Roo Code, then Roo Code', async () => {
  const window = await start({ ai_assistant: 'roo-code' });
  await window.waitForStatus('Roo Code: trust this folder to use it');
  await window
    .sideBar()
    .getByText('Roo Code is not shown yet, because this folder is not trusted.')
    .waitFor();
  await window.picture('1-empty-form');
  expect(await window.statusBar()).toContain('Restricted Mode');
  await expectPlaces(window, ['Roo Code'], [ROO, ZOO]);
  await expectNoOtherAi(window);

  expect(await window.trust()).toContain('Roo Code changes files of this folder and runs commands in it.');
  await window.place(ROO).click();
  const page = await window.extensionPage('works in');
  await window.picture('2-empty-form-trusted');
  expect(page).toContain('works in /home/coder/project; finds its files');
  await window.extensionPage('its own script runs');
  expect(await window.statusBar()).not.toMatch(/Restricted Mode|trust/);
  await expectPlaces(window, [ROO], ['Roo Code', ZOO]);
  await expectNoOtherAi(window, ROO);

  await window.runCommand('Terminal: Create New Terminal');
  const terminal = window.page.locator('.terminal.xterm .xterm-helper-textarea').first();
  await terminal.focus();
  await terminal.pressSequentially('pwd >/tmp/began');
  await terminal.press('Enter');
  const wait = 'for _ in $(seq 1 300); do [ -s /tmp/began ] && break; sleep 0.2; done; cat /tmp/began';
  expect(await container.output(wait)).toBe('/home/coder/project');
});

test('a terminal of Coder begins in the folder that the editor opens, and a script does not', async () => {
  // As the dashboard's does: a login shell that somebody types into, in the home.
  const { output } = await container.exec(['bash', '-lic', 'pwd'], { folder: '/home/coder' });
  expect(output.trim().split('\n').pop()).toBe('/home/coder/project');
  expect(await container.output('pwd')).toBe('/home/coder');
});

test('a repository of a trusted host: Zoo Code is there at once, Roo Code is not; other folders are asked about', async () => {
  const window = await start({ ai_assistant: 'zoo-code', git_repo: TRUSTED });
  await window.place(ZOO).waitFor();
  await window.picture('3-trusted-repository');
  expect(await window.sideBar().innerText()).toContain('README.md');
  expect(await window.statusBar()).not.toMatch(/Restricted Mode|trust/);
  await expectPlaces(window, [ZOO], ['Zoo Code', 'Roo Code', ROO]);
  await expectNoOtherAi(window, ZOO);

  await container.output('mkdir -p ~/elsewhere');
  await window.go(address.url, '/?folder=/home/coder/elsewhere');
  await window.waitForStatus('Restricted Mode');
  await window.waitForStatus('Zoo Code: trust this folder to use it');
  await expectPlaces(window, [], [ZOO, ROO]);
});

test('a repository of another host is asked about, and its folder is the clone', async () => {
  const window = await start({ ai_assistant: 'zoo-code', git_repo: STRANGE });
  await window.waitForStatus('Zoo Code: trust this folder to use it');
  await window.sideBar().getByText('Zoo Code is not shown yet').waitFor();
  await window.picture('4-repository');
  await window.trust();
  await window.place(ZOO).click();
  expect(await window.extensionPage('works in')).toContain('works in /home/coder/other;');
});

test('OpenCode: no other assistant has a place, and the words are about the terminal', async () => {
  const window = await start({ ai_assistant: 'opencode' });
  await window.sideBar().getByText('OpenCode works in the terminal').waitFor();
  await window.picture('5-opencode');
  await window.trust();
  await window.place('OpenCode').waitFor({ state: 'detached' });
  await expectPlaces(window, ['Explorer (Ctrl+Shift+E)'], [ROO, ZOO, 'Roo Code', 'Zoo Code', 'OpenCode']);
});

test('without AI nothing names any', async () => {
  const window = await start({ ai_assistant: 'none' });
  await window.waitForStatus('Restricted Mode');
  await window.picture('6-none');
  await expectNoOtherAi(window);
  await expectPlaces(window, ['Explorer (Ctrl+Shift+E)'], [ROO, ZOO, 'Roo Code', 'Zoo Code', 'OpenCode']);
  expect(await window.statusBar()).not.toMatch(/trust this folder/);
  expect(await container.output('pgrep -fa "[b]uiltin-extensions-dir" || true')).toBe('');
});
