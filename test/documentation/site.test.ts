/** The site as a browser finds it in a folder: every link leads somewhere, search without a server, for eyes, keys and phones. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { docFiles } from '../../documentation/doc-files';
import NAVIGATION from '../../documentation/site/navigation.json';
import { POLICY, writeSite } from '../../documentation/site/write-site';
import { openTab, picture, seriousFindings, startBrowser, withChromium, type Tab } from '../ui/browser';

let folder: string;
let pages: readonly string[];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'docs-site-'));
  writeSite(folder);
  pages = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.html'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const textOf = (path: string): string => readFileSync(join(folder, path), 'utf8');

test('every page is listed for somebody in documentation/site/navigation.json', () => {
  const listed = new Set(NAVIGATION.flatMap((group) => group.pages));
  expect(docFiles().filter((file) => !listed.has(file))).toEqual(
    // Reached from the index of the reference.
    [],
  );
  expect([...listed].filter((file) => !docFiles().includes(file))).toEqual([]);
  expect(NAVIGATION.map((group) => group.for)).toEqual(
    expect.arrayContaining([
      'Platform engineer',
      'Security officer',
      'Developer',
      'Administrator',
      'Reviewer',
      'From LiteLLM',
      'Contributor',
    ]),
  );
});

test('no link of the site leads nowhere, and none to another host but those of the text', () => {
  const places = new Map(
    pages.map((path) => [path, new Set([...textOf(path).matchAll(/ id="([^"]*)"/g)].map(([, id]) => id))]),
  );
  const broken = pages.flatMap((path) =>
    [...textOf(path).matchAll(/ (?:href|src|srcset)="([^"]*)"/g)].flatMap(([, target = '']) => {
      if (/^https:/.test(target)) return [];
      const [file = '', place] = target.split('#');
      const to = file === '' ? path : join(dirname(path), file);
      const isThere = existsSync(join(folder, to)) && (place === undefined || places.get(to)?.has(place));
      return isThere ? [] : [`${path}: ${target}`];
    }),
  );
  expect(broken).toEqual([]);
});

test('pages have the strict policy, and neither script nor style of their own', () => {
  expect(POLICY).toMatch(/^default-src 'none';/);
  for (const path of pages) {
    expect(textOf(path)).toContain(`content="${POLICY.replaceAll("'", '&#x27;')}"`);
    expect(textOf(path)).not.toMatch(/<script(?![^>]* src=)|<style| style=| on[a-z]+="/);
  }
});

withChromium('in Chromium', () => {
  let browser: Browser;
  const tabs: Tab[] = [];
  beforeAll(async () => void (browser = await startBrowser()));
  afterAll(() => browser?.close());
  afterEach(async () => {
    const complaints = tabs.flatMap((tab) => tab.complaints);
    for (const tab of tabs.splice(0)) await tab.close();
    expect(complaints).toEqual([]);
  });
  const open = async (path: string, options: Parameters<typeof openTab>[2] = {}): Promise<Page> => {
    const tab = await openTab(browser, pathToFileURL(folder).href, options);
    tabs.push(tab);
    await tab.page.goto(pathToFileURL(join(folder, path)).href);
    return tab.page;
  };

  test('a word is found, by the keyboard alone, from a page in a folder below', async () => {
    const page = await open('reference/commands.html');
    await page.keyboard.press('/');
    await page.keyboard.type('CloneProps');
    await page.getByRole('status').filter({ hasText: /place/ }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL(/template-props\.html#/);
    expect(await page.locator('h1').textContent()).toBe('What a template can be given');
  });

  test('headings come before text, and what is nowhere is said', async () => {
    const page = await open('index.html');
    await page.getByLabel('Search').fill('budget windows no-such-word');
    await page.getByText('0 places').waitFor();
    await page.getByLabel('Search').fill('reconcile');
    expect(await page.locator('#found a').first().textContent()).toContain('contractor-workspace reconcile');
    await picture(page, 'docs-search');
    await page.keyboard.press('Escape');
    expect(await page.locator('#found a').count()).toBe(0);
  });

  test.each([
    ['light', { colorScheme: 'light' as const }],
    ['dark', { colorScheme: 'dark' as const }],
    ['phone', { viewport: { width: 360, height: 740 } }],
  ])('%s: nothing to complain of, nothing wider than the window', async (name, options) => {
    for (const path of ['index.html', 'reference/policy.html']) {
      const page = await open(path, options);
      // It would fetch the style sheet, which no page of a folder may.
      expect(await seriousFindings(page, { preload: false })).toEqual([]);
      expect(
        await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth'),
      ).toBeLessThanOrEqual(0);
      await picture(page, `docs-${name}-${path.replace(/\W/g, '-')}`);
    }
  });

  test('without scripts all pages are reached by links', async () => {
    const page = await open('index.html', { javaScriptEnabled: false });
    await page.getByText('Pages', { exact: true }).click();
    await page.getByRole('link', { name: 'Commands', exact: true }).click();
    expect(await page.locator('h1').textContent()).toBe('Commands');
  });
});
