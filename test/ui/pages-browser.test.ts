/** People, teams, workspaces, models and the overview in a real browser: by keyboard, in light and dark, wide and narrow. */
import type { Browser, Page } from 'playwright-core';
import { generateLedger, SMALL } from '../../bench/ledger';
import { MASTER_KEY, startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { policyFile, type PolicyFile } from '../gateway/support/policy-file';
import { openTab, picture, seriousFindings, startBrowser, withChromium, type Tab } from './browser';

const ZONE = 'America/Sao_Paulo';

withChromium('in Chromium', () => {
  let file: PolicyFile;
  let gateway: TestGateway;
  let browser: Browser;
  const tabs: Tab[] = [];
  beforeAll(async () => {
    file = await policyFile({
      timeZone: ZONE,
      retentionDays: 90,
      teams: {
        templates: { 'template-2': { maxBudget: 5, budgetDuration: '30d' } },
        groups: { 'group-1': { maxBudget: 100, budgetDuration: '30d' } },
      },
    });
    gateway = await startTestGateway({ env: file.env });
    await generateLedger((text, values) => gateway.store.query(text, values), {
      ...SMALL,
      rows: 2_000,
      keys: 24,
      people: 12,
      models: 4,
      days: 20,
      timeZone: ZONE,
      summedDays: 0,
      until: new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE }).format(Date.now()),
    });
    browser = await startBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await gateway?.close();
    await file?.remove();
  });
  afterEach(async () => {
    const complaints = tabs.flatMap((tab) => tab.complaints);
    for (const tab of tabs.splice(0)) await tab.close();
    expect(complaints).toEqual([]);
  });

  const open = async (options: Parameters<typeof openTab>[2], path: string): Promise<Page> => {
    const tab = await openTab(browser, gateway.adminUrl, options);
    tabs.push(tab);
    await tab.page.goto(path);
    await tab.page.getByLabel('Master key or admin key').fill(MASTER_KEY);
    await tab.page.keyboard.press('Enter');
    await tab.page.getByRole('button', { name: 'Sign out' }).waitFor();
    return tab.page;
  };

  test('the keyboard alone leads from the people to one of them, and raises the budget, without a script', async () => {
    const page = await open({ javaScriptEnabled: false }, '/ui/people?search=owner-9');
    const tabTo = async (words: string): Promise<void> => {
      for (let tries = 0; tries < 120; tries += 1) {
        await page.keyboard.press('Tab');
        const focused = page.locator(':focus');
        if ((await focused.count()) > 0 && (await focused.textContent())?.trim() === words) return;
      }
      throw new Error(`no Tab leads to "${words}"`);
    };
    const name = (await page.locator('tbody th a').first().textContent())?.trim() ?? '';
    await tabTo(name);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/ui/people/owner-9');
    await tabTo('Raise the budget');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.type('4');
    await page.keyboard.press('Enter');
    await page.getByText('The budget is raised.').waitFor();
    expect(
      await gateway.store.query("select raised_nano::text from accounts where label = 'owner/owner-9'"),
    ).toEqual([{ raised_nano: '4000000000' }]);
  });

  test('the list is ordered, searched and looked through by what stands on it', async () => {
    const page = await open({}, '/ui/people');
    await page.locator('thead').getByRole('link', { name: 'Spend', exact: true }).click();
    await page.waitForURL('**/ui/people?sort=spend&order=desc');
    expect(await page.locator('th[aria-sort="descending"]').textContent()).toBe('Spend');
    await page.getByLabel('Name or id').fill('nobody');
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByText('Nobody is like that.').waitFor();
    await page.goto('/ui');
    await page.getByRole('link', { name: '30 days', exact: true }).click();
    await page.waitForURL('**/ui?per=day');
    await page.getByText('The same as a table').first().click();
    expect(await page.locator('details[open] tbody tr').count()).toBe(20);
  });

  test.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 390],
    ['dark', 390],
  ] as const)(
    'each page, %s and %d wide, has no serious finding of axe and does not scroll sideways',
    async (colorScheme, width) => {
      const page = await open(
        { colorScheme, viewport: { width, height: 900 }, reducedMotion: 'reduce' },
        '/ui',
      );
      for (const [name, path] of [
        ['overview', '/ui'],
        ['overview-days', '/ui?per=day&by=person'],
        ['people', '/ui/people'],
        ['people-none', '/ui/people?search=nobody'],
        ['person', '/ui/people/owner-3'],
        ['teams', '/ui/teams'],
        ['team', '/ui/teams/template-2'],
        ['workspaces', '/ui/workspaces'],
        ['workspace', '/ui/workspaces/w-3'],
        ['models', '/ui/models'],
        ['model', '/ui/models/model-1'],
        ['spend', '/ui/spend?by=deployment&provider=provider-1'],
      ] as const) {
        await page.goto(path);
        await picture(page, `figures-${name}-${colorScheme}-${width}`);
        expect([name, await seriousFindings(page)]).toEqual([name, []]);
        const wide = await page.evaluate(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        );
        expect([name, wide]).toEqual([name, 0]);
      }
    },
  );
});
