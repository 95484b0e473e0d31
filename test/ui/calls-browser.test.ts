/** Calls and alerts in a real browser: what is new comes without a reload, and goes when nobody looks or is signed in. */
import type { Browser, Page } from 'playwright-core';
import { HOOK, startAlertReceiver, type AlertReceiver } from '../gateway/support/alert-receiver';
import { eventually, MASTER_KEY, startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { fail, say } from '../standins/anthropic';
import { twoDeployments } from '../gateway/support/two-deployments';
import type { PolicyFile } from '../gateway/support/policy-file';
import { openTab, picture, seriousFindings, startBrowser, withChromium, type Tab } from './browser';

withChromium('in Chromium', () => {
  let receiver: AlertReceiver;
  let policy: PolicyFile;
  let gateway: TestGateway;
  let browser: Browser;
  let key: string;
  let failedOver = '';
  const tabs: Tab[] = [];

  const ask = async (): Promise<string> => {
    const answer = await gateway.request('/v1/chat/completions', {
      key,
      headers: {
        'content-type': 'application/json',
        'x-litellm-session-id': 'refactor-the-billing-module-1',
      },
      body: { model: 'claude-sonnet-4-5', max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] },
    });
    await gateway.settled();
    return answer.headers.get('x-request-id') ?? '';
  };
  beforeAll(async () => {
    receiver = await startAlertReceiver();
    policy = await twoDeployments();
    gateway = await startTestGateway({
      env: { ...receiver.env, ...policy.env },
      limits: { alertLookMs: 50, alertPauseMs: 60_000, coolDownMs: 0 },
    });
    browser = await startBrowser();
    key = await gateway.workspaceKey();
    gateway.standin.answer(fail(529), {
      ...say('x'),
      usage: { input_tokens: 1_000, output_tokens: 60, cache_read_input_tokens: 2_000 },
    });
    failedOver = await ask();
    gateway.standin.answer(fail(503), fail(503));
    await ask();
    const raise = (event: string, kind: string, severity: string, subject: string, title: string) =>
      gateway.store.query(
        `select raise_alert($1, $2, $3, $4, null, $5, array['webhook'], now() + interval '30 days', false, 1000, '1 second')`,
        [
          event,
          kind,
          severity,
          subject,
          JSON.stringify({
            title: [title],
            facts: [['Spent', ['$50.00 of $50.00']]],
            whatToDo: 'Look at it.',
          }),
        ],
      );
    await raise('a/1', 'budget_step', 'warning', 'owner/ann', 'The person ann has used 80 % of its budget.');
    await eventually(() => receiver.received.find(({ json }) => json.id === 'a/1'));
    receiver.behave((_, response) => void response.writeHead(500).end());
    await raise(
      'a/2',
      'budget_used_up',
      'critical',
      'owner/ann',
      'The person ann has used 100 % of its budget.',
    );
    await gateway.store.query(
      `insert into alert_silences (kind, subject, until, made_by, reason)
       values ('model_ends', null, now() + interval '5 days', 'ada', 'The successor is being tried')`,
    );
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await gateway?.close();
    await policy?.remove();
    await receiver?.close();
  });
  afterEach(async () => {
    const complaints = tabs.flatMap((tab) => tab.complaints);
    for (const tab of tabs.splice(0)) await tab.close();
    expect(complaints).toEqual([]);
  });

  const open = async (options: Parameters<typeof openTab>[2] = {}): Promise<Page> => {
    const tab = await openTab(browser, gateway.adminUrl, options);
    tabs.push(tab);
    return tab.page;
  };
  const signIn = async (page: Page, path = '/ui'): Promise<void> => {
    await page.goto(path);
    await page.getByLabel('Master key or admin key').fill(MASTER_KEY);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
  };

  test('new calls are offered by a button, and rows stay where they are until it is pressed', async () => {
    const page = await open();
    await signIn(page, '/ui/calls');
    const rows = await page.locator('tbody tr').count();
    gateway.standin.answer(say('x'), say('y'));
    await ask();
    await ask();
    const button = page.getByRole('link', { name: '2 new calls' });
    await button.waitFor();
    expect(await page.locator('tbody tr').count()).toBe(rows);
    await picture(page, 'calls-news');
    await button.press('Enter');
    await eventually(async () => ((await page.locator('tbody tr').count()) === rows + 2 ? true : undefined));
    expect(await button.count()).toBe(0);
  });

  test('figures of the overview and the number of alerts change without a reload', async () => {
    const page = await open();
    await signIn(page);
    const calls = page.locator('[data-live-figures] [data-figure="calls"]');
    const before = Number(await calls.textContent());
    await page.getByRole('link', { name: /^Alerts\s*\d+$/ }).waitFor();
    await page.evaluate('window.isTheSame = true');
    gateway.standin.answer(say('x'));
    await ask();
    await eventually(async () => ((await calls.textContent()) === `${before + 1}` ? true : undefined));
    expect(await page.evaluate('window.isTheSame')).toBe(true);
  });

  test('a tab that is not looked at lets go of its stream, and takes it up again', async () => {
    const page = await open();
    await signIn(page);
    await page.getByRole('link', { name: /^Alerts\s*\d+$/ }).waitFor();
    const streams = (): number => requests.length;
    const requests: string[] = [];
    const ended: string[] = [];
    page.on('request', (request) => request.url().includes('/ui/live') && requests.push(request.url()));
    page.on('requestfailed', (request) => request.url().includes('/ui/live') && ended.push(request.url()));
    const look = (isHidden: boolean): Promise<unknown> =>
      page.evaluate(
        `Object.defineProperty(document, 'hidden', { value: ${isHidden}, configurable: true }); document.dispatchEvent(new Event('visibilitychange'))`,
      );
    await look(true);
    await eventually(() => (ended.length === 1 ? true : undefined));
    expect(streams()).toBe(0);
    await look(false);
    await eventually(() => (streams() === 1 ? true : undefined));
  });

  test('whoever signs out elsewhere sees that figures have stopped, and no further question is asked', async () => {
    const page = await open();
    await signIn(page);
    await page.getByRole('link', { name: /^Alerts\s*\d+$/ }).waitFor();
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await gateway.store.query('delete from ui_sessions');
    await page.locator('html[data-stale]').waitFor();
    expect(requests).toEqual([]);
  });

  test('a call is found by its id, and a silence is made and ended, by the keyboard alone', async () => {
    const page = await open();
    await signIn(page, '/ui/calls');
    await page.getByLabel('Request id').focus();
    await page.keyboard.type(failedOver);
    await page.keyboard.press('Enter');
    await page.getByText('the next deployment was asked').waitFor();
    await page.goto('/ui/alerts');
    await page.getByText('Silence something for a time').focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('Tab');
    await page.keyboard.type('budget_step');
    for (const text of ['owner/ann', '90d', 'She knows']) {
      await page.keyboard.press('Tab');
      await page.keyboard.press('Control+A');
      await page.keyboard.type(text);
    }
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    expect(await page.getByLabel('Why').inputValue()).toBe('She knows');
    await page.getByLabel('For how long').fill('2h');
    await page.keyboard.press('Enter');
    await page.getByRole('status').filter({ hasText: 'That is silenced' }).waitFor();
    await page
      .getByRole('button', { name: /^End silence/ })
      .first()
      .press('Enter');
    await page.getByText('The silence has ended.').waitFor();
    await page.getByRole('button', { name: 'Send a test to webhook' }).press('Enter');
    await page.getByText('not delivered').waitFor();
    expect(await page.content()).not.toContain(HOOK);
    await picture(page, 'alert-test');
  });

  test.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 390],
    ['dark', 390],
  ] as const)(
    'each page, %s and %d wide, has no serious finding of axe and does not scroll sideways',
    async (colorScheme, width) => {
      const page = await open({ colorScheme, viewport: { width, height: 900 }, reducedMotion: 'reduce' });
      await signIn(page);
      for (const [name, path] of [
        ['overview-live', '/ui'],
        ['calls', '/ui/calls'],
        ['calls-filtered', '/ui/calls?client=node&status=failed'],
        ['calls-none', '/ui/calls?session=nobody'],
        ['call', `/ui/calls/${failedOver}`],
        ['call-unknown', '/ui/calls/nothing'],
        ['alerts', '/ui/alerts'],
      ] as const) {
        await page.goto(path);
        if (name === 'alerts') await page.locator('summary').first().click();
        await picture(page, `${name}-${colorScheme}-${width}`);
        expect([name, await seriousFindings(page)]).toEqual([name, []]);
        const wide = await page.evaluate(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        );
        expect([name, wide]).toEqual([name, 0]);
      }
    },
  );
});
