/** A developer's page in a real browser, below a path as Coder shows it: real gateway, real helper, no script. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { eventually, startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { lastingPort } from '../harness/lasting-port';
import { SESSION_COOKIE, startPathApps, type PathApps } from '../standins/coder/path-apps';
import { openTab, picture, seriousFindings, startBrowser, withChromium, type Tab } from './browser';

const AI_PAGE = resolve(__dirname, '../../workspace-image/tools/ai-page');
/** What another app of this Coder could try, on the same origin, with the session of whoever opens it. */
const NEIGHBOUR = `<!doctype html><title>another app</title><iframe src="/@ann/dev.main/apps/ai-usage/"></iframe>`;

/** In a page whose policy forbids scripts no timer runs, and axe waits for some. */
const FOR_AXE = { bypassCSP: true };

withChromium('the page of AI usage in Chromium', () => {
  let gateway: TestGateway;
  let helper: ChildProcess;
  let home: string;
  let coder: PathApps;
  let browser: Browser;
  const tabs: Tab[] = [];
  beforeAll(async () => {
    gateway = await startTestGateway();
    const owner = { id: 'owner-ann', name: 'ann', groups: [] };
    const key = await gateway.workspaceKey({ owner, workspace: { id: 'w-one', name: 'payments' } });
    await gateway.workspaceKey({ owner, workspace: { id: 'w-two', name: 'second' } });
    await book('w-one', 60);
    await book('w-two', 40);
    home = mkdtempSync(join(tmpdir(), 'own-page-'));
    mkdirSync(join(home, '.config/ai-gateway'), { recursive: true });
    writeFileSync(join(home, '.config/ai-gateway/key'), `${key}\n`, { mode: 0o600 });
    writeFileSync(join(home, '.config/ai-gateway/gateway'), `${gateway.dataUrl}\n`);
    const port = await lastingPort();
    coder = await startPathApps({ port, slug: 'ai-usage', owner: 'ann', neighbour: NEIGHBOUR });
    helper = spawn(AI_PAGE, ['--port', String(port), '--coder', coder.url], {
      env: { PATH: process.env.PATH, HOME: home, TZ: 'Asia/Kathmandu', AI_ASSISTANT: 'roo-code' },
      stdio: 'ignore',
    });
    await eventually(() =>
      fetch(`http://127.0.0.1:${port}/healthz`).then(
        ({ ok }) => ok || undefined,
        () => undefined,
      ),
    );
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    helper?.kill('SIGTERM');
    await coder?.close();
    await gateway?.close();
    if (home) rmSync(home, { recursive: true, force: true });
  });
  afterEach(async () => {
    for (const tab of tabs.splice(0)) await tab.close();
  });

  const book = (workspace: string, rows: number): Promise<unknown> =>
    gateway.store.query(
      `insert into calls (request_id, finished_at, key_id, account_id, account_ids, scope, owner_id, owner_name, workspace_id,
         workspace_name, level, protocol, model, model_asked, attempts, streamed, input_tokens, output_tokens,
         cache_write_tokens, cache_read_tokens, cost_nano, estimated, latency_ms, status, error_type, client, session)
       select gen_random_uuid(), now() - make_interval(days => n % 12, secs => 60 * n), k.id, k.account_id,
         array[k.account_id], k.scope, k.owner_id, k.owner_name, k.workspace_id, k.workspace_name, 'standard', 'openai-chat',
         m, m, 1, true, 900 * n, 120 * n, 300 * n, 5000 * n, n * 9000000::bigint, false, 700 + 90 * n,
         case when n % 13 = 0 then 502 else 200 end, case when n % 13 = 0 then 'provider_error' end,
         'RooCode', case when n % 3 = 0 then 'f3c1d2e4-0000-4000-8000-00000000000' || n % 4 end
       from keys k, generate_series(1, $2) n
         cross join lateral (select (array['claude-sonnet-5-5', 'claude-haiku-4-5'])[1 + n % 2] as m) as models
       where k.workspace_id = $1 and k.revoked_at is null`,
      [workspace, rows],
    );

  async function open(options: Parameters<typeof openTab>[2] = {}, who = 'ann'): Promise<[Page, Tab]> {
    const tab = await openTab(browser, coder.url, options);
    tabs.push(tab);
    await tab.page
      .context()
      .addCookies([{ name: SESSION_COOKIE, value: who, url: coder.url, httpOnly: true }]);
    return [tab.page, tab];
  }

  test('is whole below the prefix: its style is there, its links stay, nothing else is asked for', async () => {
    const [page, tab] = await open({ javaScriptEnabled: true });
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url().slice(coder.url.length)));
    // As a bookmark without its slash would be.
    const answer = await page.goto(coder.prefix.slice(0, -1));
    expect(answer?.status()).toBe(200);
    expect(await answer?.headerValue('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'none'; style-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'/,
    );
    expect(await page.locator('h1').textContent()).toBe('AI usage of payments');
    expect(await page.locator('script, style, form, iframe, img, [style]').count()).toBe(0);
    await picture(page, 'own-page-wide-light');
    expect(asked).toEqual([coder.prefix.slice(0, -1), coder.prefix, `${coder.prefix}page.css`]);
    await page.getByRole('link', { name: 'Look again' }).click();
    await page.waitForLoadState();
    expect(page.url()).toBe(coder.url + coder.prefix);
    expect(await page.locator('svg').count()).toBe(2);
    expect(await page.content()).not.toContain('second');
    expect(tab.complaints).toEqual([]);
  });

  test('times are said in the zone of the workspace as well', async () => {
    const [page] = await open();
    await page.goto(coder.prefix);
    expect(await page.locator('p', { hasText: 'As of' }).first().textContent()).toMatch(
      /UTC \((?:[\d-]+ )?\d\d:\d\d Asia\/Kat[a-z]+\)\. Days are those of/,
    );
  });

  test.each([
    ['wide and light', {}],
    ['wide and dark', { colorScheme: 'dark' }],
    ['as wide as a phone and light', { viewport: { width: 360, height: 740 } }],
    ['as wide as a phone and dark', { viewport: { width: 360, height: 740 }, colorScheme: 'dark' }],
  ] as const)(
    '%s: styled, no wider than the window, and without serious findings of axe',
    async (name, options) => {
      const [page] = await open({ ...options, ...FOR_AXE });
      await page.goto(coder.prefix);
      expect(
        await page.evaluate<string>(
          'getComputedStyle(document.querySelector(".card")).borderTopStyle + " " + (document.documentElement.scrollWidth <= innerWidth)',
        ),
      ).toBe('solid true');
      await picture(page, `own-page-${name.replaceAll(' ', '-')}`);
      expect(await seriousFindings(page)).toEqual([]);
    },
  );

  test('somebody else gets Coder’s 404, and no word of it', async () => {
    const [page] = await open({}, 'eve');
    const answer = await page.goto(coder.prefix);
    expect(answer?.status()).toBe(404);
    expect(await page.content()).not.toContain('payments');
  });

  test('a script of another app on Coder’s origin cannot read it: by no request, no frame and no window', async () => {
    const [page] = await open();
    await page.goto('/@eve/dev.main/apps/web/');
    const path = JSON.stringify(coder.prefix);
    const read = await page.evaluate<string[]>(`(async () => {
      const said = [];
      for (const init of [{}, { mode: 'no-cors' }, { mode: 'same-origin', headers: { 'x-forwarded-host': 'localhost' } }])
        said.push(await fetch(${path}, init).then((answer) => answer.text(), () => 'failed'));
      const frame = document.querySelector('iframe');
      said.push(String(frame.contentDocument?.body?.textContent));
      return said;
    })()`);
    expect(read.join('\n')).not.toContain('payments');
    expect(read[0]).toContain('not for scripts to read');
    const [popup] = await Promise.all([
      page.waitForEvent('popup'),
      page.evaluate(`{ window.opened = window.open(${path}); }`),
    ]);
    await popup.locator('h1').waitFor();
    expect(await popup.locator('h1').textContent()).toContain('payments');
    expect(
      await page.evaluate<string>(
        `(() => { try { return opened.document?.body?.textContent ?? 'nothing'; } catch { return 'refused'; } })()`,
      ),
    ).not.toContain('payments');
    expect(await page.evaluate('opened.closed')).toBe(true);
  });

  test('what is wrong is told as a page of its own style', async () => {
    writeFileSync(join(home, '.config/ai-gateway/gateway'), 'http://127.0.0.1:1\n');
    const [page] = await open(FOR_AXE);
    await eventually(async () => (await page.goto(coder.prefix))?.status() === 503 || undefined);
    expect(await page.locator('h1').textContent()).toBe('No figures just now');
    expect(await page.evaluate('getComputedStyle(document.body).maxWidth')).not.toBe('none');
    expect(await page.getByText('What to do:').textContent()).toContain('wait a minute');
    await picture(page, 'own-page-trouble');
    expect(await seriousFindings(page)).toEqual([]);
  });
});
