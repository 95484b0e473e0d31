/** The dashboard in a real browser: each action, the keyboard alone, no script at all, and what people with less sight meet. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { adminOf, type Admin } from '../admin/support';
import { MASTER_KEY, startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { openTab, picture, seriousFindings, startBrowser, withChromium, type Tab } from './browser';

withChromium('in Chromium', () => {
  let gateway: TestGateway;
  let admin: Admin;
  let browser: Browser;
  const tabs: Tab[] = [];
  let tokens: string[] = [];
  beforeAll(async () => {
    gateway = await startTestGateway();
    admin = adminOf(gateway);
    browser = await startBrowser();
    const owners = [
      'ann',
      'bernd',
      'carla',
      'dmitri',
      'a-person-whose-name-is-as-long-as-names-get-in-some-places',
    ];
    const made = [];
    for (const [at, user_id] of owners.entries())
      made.push(
        await admin('/key/generate', {
          user_id,
          key_alias: at === 1 ? null : `${user_id}-laptop`,
          max_budget: 5 * (at + 1),
          ...(at === 2 ? { duration: '3d' } : {}),
        }),
      );
    tokens = made.map(({ json }) => json.token);
    await admin('/key/update', { key: tokens[0], spend: 4.2, metadata: { team: 'billing' } });
    await admin('/key/block', { key: tokens[3] });
  });
  afterAll(async () => {
    await browser?.close();
    await gateway?.close();
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
  const signIn = async (page: Page, path = '/ui', key = MASTER_KEY): Promise<void> => {
    await page.goto(path);
    await page.getByLabel('Master key or admin key').fill(key);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
  };
  const heading = (page: Page): Promise<string | null> => page.locator('h1').textContent();
  const status = async (token: string): Promise<unknown> =>
    (await admin(`/key/info?key=${token}&include_deleted=true`)).json.info['status'];

  test('signs in and out, and comes back to where one was; a wrong key is told', async () => {
    const page = await open();
    await page.goto('/ui/keys?search=ann');
    await page.getByLabel('Master key or admin key').fill('sk-wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('neither the master key');
    expect(await page.getByLabel('Master key or admin key').inputValue()).toBe('');
    await page.getByLabel('Master key or admin key').fill(MASTER_KEY);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    expect(page.url()).toBe(`${gateway.adminUrl}/ui/keys?search=ann`);
    expect(
      await page.evaluate('JSON.stringify([document.cookie, localStorage.length, sessionStorage.length])'),
    ).toBe('["",0,0]');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('You are signed out').waitFor();
    await page.goBack();
    await page.reload();
    await page.getByLabel('Master key or admin key').waitFor();
  });

  test('gives out a key, rotates, raises, blocks, unblocks and revokes it', async () => {
    const page = await open({ permissions: ['clipboard-read', 'clipboard-write'] });
    await signIn(page, '/ui/keys');
    await page.getByRole('link', { name: 'New key' }).click();
    await page.getByLabel('Whose: user name or id').fill('erin');
    await page.getByLabel('Name of the key').fill('erin-ci');
    await page.getByLabel('Budget, US dollars').fill('lots');
    await page.getByRole('button', { name: 'Give out the key' }).click();
    await page.getByRole('alert').waitFor();
    expect(await page.getByLabel('Whose: user name or id').inputValue()).toBe('erin');
    await page.getByLabel('Budget, US dollars').fill('3');
    await page.getByLabel('in', { exact: true }).selectOption('7d');
    await page.getByRole('button', { name: 'Give out the key' }).click();
    const shown = page.locator('#new-key');
    await shown.waitFor();
    const key = (await shown.textContent()) ?? '';
    expect((await gateway.request('/v1/models', { key })).status).toBe(200);
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(key);
    await picture(page, 'shown-key');
    await page.getByRole('link', { name: 'I have it' }).click();
    expect(page.url()).not.toContain(key);

    await page.getByText('Rotate: another secret').click();
    await page.getByRole('button', { name: 'Rotate' }).click();
    await shown.waitFor();
    expect((await gateway.request('/v1/models', { key })).status).toBe(401);
    await page.getByRole('link', { name: 'I have it' }).click();
    const token = page.url().split('/').at(-1) ?? '';

    await page.getByText('Raise the budget').click();
    await page.getByLabel('US dollars').fill('1.5');
    await page.getByRole('button', { name: 'Raise' }).click();
    await page.getByText('The budget is raised.').waitFor();
    for (const [summary, button, done] of [
      ['Block', 'Block', 'blocked'],
      ['Unblock', 'Unblock', 'active'],
      ['Revoke for good', 'Revoke', 'revoked'],
    ] as const) {
      await page.locator('summary', { hasText: new RegExp(`^${summary}$`) }).click();
      await page.getByRole('button', { name: button, exact: true }).click();
      await page.getByRole('status').waitFor();
      await page.locator('.heading .tag', { hasText: done }).waitFor();
      expect(await status(token)).toBe(done);
    }
  });

  test('two clicks on a button make one key, and show it', async () => {
    const page = await open();
    await signIn(page, '/ui/keys/new');
    await page.getByLabel('Whose: user name or id').fill('twice');
    await page.getByRole('button', { name: 'Give out the key' }).dblclick();
    await page.locator('#new-key').waitFor();
    expect(await gateway.store.query(`select from keys where owner_name = 'twice'`)).toHaveLength(1);
  });

  test('works by the keyboard alone, and by no script at all', async () => {
    const page = await open({ javaScriptEnabled: false });
    await page.goto('/ui/keys');
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').textContent()).toBe('Skip to the content');
    await page.keyboard.press('Tab');
    await page.keyboard.type(MASTER_KEY);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    const focused = (): Promise<string | null> =>
      page.locator(':focus').evaluate((element) => element.textContent);
    /** Tab until the words have the focus. */
    const tabTo = async (words: string): Promise<void> => {
      for (let tries = 0; tries < 80; tries += 1) {
        await page.keyboard.press('Tab');
        if ((await page.locator(':focus').count()) > 0 && (await focused())?.trim() === words) return;
      }
      throw new Error(`no Tab leads to "${words}"`);
    };
    await tabTo('carla-laptop');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/ui/keys/*');
    await tabTo('Block');
    await page.keyboard.press('Space');
    // The button comes next, as the summary has opened what it is in.
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Block');
    await page.keyboard.press('Enter');
    await page.getByRole('status').waitFor();
    expect(await status(tokens[2] ?? '')).toBe('blocked');
    expect(await page.locator('time').first().textContent()).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d UTC$/);
  });

  test('times are the reader’s, with UTC beside them', async () => {
    const page = await open({ timezoneId: 'Asia/Kolkata', locale: 'en-GB' });
    await signIn(page, '/ui/sessions');
    const time = page.locator('tbody time').first();
    const at = new Date((await time.getAttribute('datetime')) ?? '');
    const there = new Intl.DateTimeFormat('en-GB', {
      dateStyle: 'medium',
      timeStyle: 'short',
      timeZone: 'Asia/Kolkata',
    }).format(at);
    expect(await time.textContent()).toBe(there);
    expect(await time.getAttribute('title')).toMatch(/UTC$/);
  });

  test('a link on another site leads to the page when somebody is signed in, though the cookie is strict', async () => {
    const elsewhere: Server = createServer((_, response) => {
      response.setHeader('content-type', 'text/html');
      response.end(`<a href="${gateway.adminUrl}/ui/keys?search=ann">the keys</a>`);
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    try {
      const page = await open();
      await signIn(page);
      await page.goto(`http://localhost:${(elsewhere.address() as AddressInfo).port}/`);
      await page.getByRole('link', { name: 'the keys' }).click();
      await page.getByRole('button', { name: 'Sign out' }).waitFor();
      expect(page.url()).toBe(`${gateway.adminUrl}/ui/keys?search=ann`);
      // The other site is what the complaint is about.
      tabs.forEach((tab) => tab.complaints.splice(0));
    } finally {
      elsewhere.close();
    }
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
      const look = async (name: string): Promise<void> => {
        await picture(page, `${name}-${colorScheme}-${width}`);
        expect([name, await seriousFindings(page)]).toEqual([name, []]);
        const wide = await page.evaluate(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        );
        expect([name, wide]).toEqual([name, 0]);
      };
      await page.goto('/ui/sign-in?why=ended');
      await look('sign-in');
      await signIn(page);
      const [first = ''] = tokens;
      for (const [name, path] of [
        ['overview', '/ui'],
        ['keys', '/ui/keys'],
        ['keys-none', '/ui/keys?search=nobody'],
        ['key', `/ui/keys/${first}`],
        ['new-key', '/ui/keys/new'],
        ['audit', '/ui/audit'],
        ['settings', '/ui/settings'],
        ['sessions', '/ui/sessions'],
        ['refusal', '/ui/nothing'],
      ] as const) {
        await page.goto(path);
        await look(name);
      }
      await page.goto(`/ui/keys/${first}`);
      for (const summary of await page.locator('summary').all()) await summary.click();
      await look('key-open');
      expect(await heading(page)).toBe('ann-laptop');
    },
  );
});
