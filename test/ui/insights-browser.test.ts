/** The page of insights in a real browser, with something to see. */
import type { Browser } from 'playwright-core';
import { generateLedger, SMALL } from '../../bench/ledger';
import { MASTER_KEY, startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { openTab, picture, seriousFindings, startBrowser, withChromium } from './browser';

withChromium('insights in Chromium', () => {
  let gateway: TestGateway;
  let browser: Browser;
  beforeAll(async () => {
    gateway = await startTestGateway();
    const { store } = gateway;
    const { time_zone: timeZone } = gateway.gateway.services.documents.current.document;
    const until = new Intl.DateTimeFormat('sv-SE', { timeZone }).format(Date.now() - 86_400_000);
    await generateLedger((text, values) => store.query(text, values), {
      ...SMALL,
      rows: 3_000,
      keys: 150,
      people: 41,
      days: 25,
      timeZone,
      summedDays: 0,
      until,
    });
    const [dearest] = [...gateway.gateway.services.documents.current.document.models].sort(
      (one, other) => (other.deployments[0]?.price.output ?? 0) - (one.deployments[0]?.price.output ?? 0),
    );
    await store.query(
      `update calls set model = $1, input_tokens = 900, output_tokens = 90, cache_write_tokens = 0, cache_read_tokens = 0
       where model = 'model-3'`,
      [dearest?.name],
    );
    await store.query('update keys set created_at = now() - make_interval(days => (id % 80)::integer)');
    await store.query("update keys set max_budget_nano = 60000000, budget_duration = '1d' where id % 9 = 0");
    await store.query('delete from calls where key_id in (70, 71, 79)');
    const { sums, budgetUse } = gateway.gateway.services;
    await sums.restart();
    while ((await store.query('select from calls_beyond_sums limit 1')).length > 0) await sums.follow();
    await budgetUse.run();
    browser = await startBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await gateway?.close();
  });

  test.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 390],
    ['dark', 390],
  ] as const)(
    '%s and %d wide: no serious finding of axe, and it does not scroll sideways',
    async (colorScheme, width) => {
      const tab = await openTab(browser, gateway.adminUrl, {
        colorScheme,
        viewport: { width, height: 900 },
        reducedMotion: 'reduce',
      });
      const { page, complaints } = tab;
      await page.goto('/ui/insights?team=template-1');
      await page.getByLabel('Master key or admin key').fill(MASTER_KEY);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('heading', { name: 'Model match' }).waitFor();
      for (const path of ['/ui/insights?team=template-1&names=yes', '/ui/insights?until=2020-01-01']) {
        await page.goto(path);
        // bounded: a path of this test
        await picture(page, `insights-${path.replace(/\W+/g, '-')}-${colorScheme}-${width}`);
        expect([path, await seriousFindings(page)]).toEqual([path, []]);
        const wide = await page.evaluate(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        );
        expect([path, wide]).toEqual([path, 0]);
      }
      await page.goto('/ui/insights');
      await page.locator('summary').first().focus();
      await page.keyboard.press('Enter');
      expect(await page.getByText('A task is a session').isVisible()).toBe(true);
      expect(complaints).toEqual([]);
      await tab.close();
    },
    120_000,
  );
});
