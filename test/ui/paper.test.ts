/** The report of a month on real paper: printed by Chromium, each table whole, its head on every sheet, black on white. */
import { inflateSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { MASTER_KEY, startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { policyFile, type PolicyFile } from '../gateway/support/policy-file';
import { adminOf } from '../admin/support';
import { openTab, picture, seriousFindings, startBrowser, withChromium, type Tab } from './browser';

const TEAMS = 70;
const LONG = `a-template-with-a-name-as-long-as-they-get-${'x'.repeat(120)}`;

withChromium('on paper', () => {
  let file: PolicyFile;
  let gateway: TestGateway;
  let browser: Browser;
  let tab: Tab;
  let page: Page;
  beforeAll(async () => {
    const templates = Object.fromEntries(
      Array.from({ length: TEAMS }, (_, at) => [
        `team-${at}`,
        { maxBudget: 10 + at, budgetDuration: '30d' as const },
      ]),
    );
    file = await policyFile({
      timeZone: 'UTC',
      retentionDays: 90,
      teams: { templates: { ...templates, [LONG]: { maxBudget: 5, budgetDuration: '1d' } }, groups: {} },
    });
    gateway = await startTestGateway({ env: file.env });
    await adminOf(gateway)('/key/generate', { user_id: 'ann' });
    await gateway.store
      .query(`insert into calls (request_id, finished_at, key_id, account_id, account_ids, scope, owner_id, owner_name,
        template_name, level, protocol, model, model_asked, provider, deployment, attempts, streamed, input_tokens,
        output_tokens, cache_write_tokens, cache_read_tokens, cost_nano, estimated, latency_ms, status, client)
      select gen_random_uuid(), '2026-02-10', k.id, k.account_id, array[k.account_id], k.scope, k.owner_id, k.owner_name,
        'team-' || n, 'standard', 'openai-chat', 'model-' || m, '', 'p', 'd', 1, true, 1000, 2000, 0, 0, 1234567890::bigint * m, false,
        100, 200, 'curl' from keys k, generate_series(1, ${TEAMS - 1}) n, generate_series(1, 3) m`);
    await gateway.store.query('select restart_sums()');
    browser = await startBrowser();
    // Whoever likes it dark prints black on white all the same.
    tab = await openTab(browser, gateway.adminUrl, { colorScheme: 'dark' });
    page = tab.page;
    await page.goto('/ui/reports/2026-02/paper');
    await page.getByLabel('Master key or admin key').fill(MASTER_KEY);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'What AI cost in February 2026' }).waitFor();
  }, 60_000);
  afterAll(async () => {
    await tab?.close();
    await browser?.close();
    await gateway?.close();
    await file?.remove();
  });

  test.each(['A4', 'Letter'])('%s: sheets with a head each, every row, and no navigation', async (format) => {
    const sheets = sheetsOf(await page.pdf({ format }));
    expect(sheets.length).toBeGreaterThan(4);
    expect(sheets.length).toBeLessThan(20);
    const whole = sheets.join(' ');
    for (let team = 0; team < TEAMS; team += 1) expect(whole).toContain(`team-${team}`);
    expect(whole.replace(/\s/g, '')).toContain(LONG);
    expect(whole).toContain('$511.11');
    expect(whole).not.toMatch(/Back to the dashboard|Sign out/);
    const rows = sheets.map((sheet) => sheet.match(/\bteam-\d+\s+model-\d/g)?.length ?? 0);
    expect(rows.reduce((sum, each) => sum + each, 0)).toBe((TEAMS - 1) * 3);
    // A sheet that has rows of the long table and nothing before them begins with its head.
    for (const [at, sheet] of sheets.entries())
      if ((rows[at] ?? 0) > 0) expect(sheet).toMatch(/Team\s+Model\s+Spend\s+Share\s+Calls/);
    expect(sheets.filter((_, at) => (rows[at] ?? 0) > 0).length).toBeGreaterThan(2);
  });

  test('no table is wider than the paper, and all of it is black on white', async () => {
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    // Between the margins of A4, in pixels of print.
    await page.setViewportSize({ width: Math.floor(((210 - 28) / 25.4) * 96), height: 1_000 });
    const found = await page.evaluate<{ wide: number; colours: string[]; paper: string }>(`({
      wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      colours: [...new Set([...document.querySelectorAll('main, main *')].map((each) => getComputedStyle(each).color))],
      paper: getComputedStyle(document.body).backgroundColor,
    })`);
    expect(found).toEqual({ wide: 0, colours: ['rgb(0, 0, 0)'], paper: 'rgb(255, 255, 255)' });
    expect(await page.locator('.screen').isVisible()).toBe(false);
    await picture(page, 'paper');
  });

  test('on the screen it leads back, can be printed by a button, and axe finds nothing serious', async () => {
    await page.emulateMedia({ media: 'screen', colorScheme: 'dark' });
    await page.evaluate('globalThis.print = () => { globalThis.printed = true; }');
    await page.getByRole('button', { name: 'Print' }).click();
    expect(await page.evaluate('globalThis.printed')).toBe(true);
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('link', { name: 'Back to the dashboard' }).click();
    await page.getByRole('heading', { name: 'February 2026' }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await picture(page, 'report-of-a-month');
    await page.goto('/ui/reports');
    expect(await seriousFindings(page)).toEqual([]);
    await picture(page, 'reports');
    expect(tab.complaints).toEqual([]);
  });
});

/** The text of each sheet: as Chromium writes it, letters are numbers of a font that says what they stand for. */
function sheetsOf(pdf: Buffer): string[] {
  const objects = new Map<number, { head: string; stream: string }>();
  const source = pdf.toString('latin1');
  for (const [, number = '', body = ''] of source.matchAll(/(?:^|\n)(\d+) 0 obj\s(.*?)\nendobj/gs)) {
    const [head = '', rest] = body.split('stream\n', 2);
    const bytes = Buffer.from((rest ?? '').replace(/\n?endstream\s*$/, ''), 'latin1');
    const stream =
      rest === undefined ? '' : head.includes('FlateDecode') ? unpacked(bytes) : bytes.toString('latin1');
    objects.set(Number(number), { head, stream });
  }
  const of = (reference: string | undefined) => objects.get(Number(reference)) ?? { head: '', stream: '' };
  const pages = [...objects.values()].filter(({ head }) => /\/Type\s*\/Page\b(?!s)/.test(head));
  return pages.map(({ head }) => {
    const fonts = new Map<string, Map<string, string>>();
    for (const [, name = '', font] of head.matchAll(/\/(F\d+) (\d+) 0 R/g))
      fonts.set(name, letters(of(/\/ToUnicode (\d+) 0 R/.exec(of(font).head)?.[1]).stream));
    const { stream } = of(/\/Contents (\d+) 0 R/.exec(head)?.[1]);
    let font = new Map<string, string>();
    let text = '';
    for (const [, name, hex, , end] of stream.matchAll(
      /\/(F\d+) [\d.]+ Tf|<([0-9A-Fa-f]+)>|(\bET\b)|(\bTm\b)/g,
    )) {
      if (name !== undefined) font = fonts.get(name) ?? font;
      else if (hex !== undefined)
        text += (hex.match(/.{4}/g) ?? []).map((code) => font.get(code.toUpperCase()) ?? '').join('');
      else if (end !== undefined || text !== '') text += ' ';
    }
    return text.replace(/\s+/g, ' ');
  });
}

const unpacked = (bytes: Buffer): string => {
  try {
    return inflateSync(bytes).toString('latin1');
  } catch {
    return '';
  }
};

/** What numbers of a font stand for. */
function letters(map: string): Map<string, string> {
  const found = new Map<string, string>();
  const text = (hex: string): string =>
    String.fromCharCode(...(hex.match(/.{4}/g) ?? []).map((code) => parseInt(code, 16)));
  for (const [, part = ''] of map.matchAll(/beginbfchar(.*?)endbfchar/gs))
    for (const [, code = '', to = ''] of part.matchAll(/<(\w{4})>\s*<(\w+)>/g))
      found.set(code.toUpperCase(), text(to));
  for (const [, part = ''] of map.matchAll(/beginbfrange(.*?)endbfrange/gs))
    for (const [, from = '', to = '', first = ''] of part.matchAll(/<(\w{4})>\s*<(\w{4})>\s*<(\w{4})>/g))
      for (let code = parseInt(from, 16); code <= parseInt(to, 16); code += 1)
        found.set(
          code.toString(16).toUpperCase().padStart(4, '0'),
          String.fromCharCode(parseInt(first, 16) + code - parseInt(from, 16)),
        );
  return found;
}
