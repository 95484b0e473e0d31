/** Debian's Chromium, for what only a browser can say: what it lets a page do, what a keyboard reaches, what is seen. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

export const CHROMIUM = process.env.TEST_CHROMIUM ?? '/usr/bin/chromium';
export const hasChromium = existsSync(CHROMIUM);
/** Where pictures go that somebody looks at. @default none are made */
const PICTURES = process.env.TEST_UI_PICTURES;
/** Milliseconds for what takes none on a quiet machine. */
const LIMIT_MS = 60_000;
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** The tests of a file that need a browser; where there is none they say so. */
export const withChromium = hasChromium ? describe : describe.skip;
if (!hasChromium) process.stderr.write(`skipped: no chromium at ${CHROMIUM} (TEST_CHROMIUM names another)\n`);

export const startBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: CHROMIUM,
    // As root it refuses to start otherwise; it shows nothing but our own pages.
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });

export interface Tab {
  readonly page: Page;
  /** What the browser refused or complained of: its console's errors, and requests to other hosts. */
  readonly complaints: string[];
  close(): Promise<void>;
}

export async function openTab(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Tab> {
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width: 1280, height: 900 },
    ...options,
  });
  context.setDefaultTimeout(LIMIT_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    // The status of a page that is refused is what a test asked for.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text());
  });
  page.on('pageerror', (fault) => complaints.push(String(fault)));
  page.on('request', (request) => {
    if (!request.url().startsWith(url)) complaints.push(`asked for ${request.url()}`);
  });
  return { page, complaints, close: () => context.close() };
}

/**
 * Findings of axe that it calls serious or critical, as "rule: where".
 *
 * @param options of `axe.run`
 */
export async function seriousFindings(page: Page, options = {}): Promise<string[]> {
  await page.evaluate(AXE);
  const found = await page.evaluate<{
    violations: { id: string; impact: string; nodes: { html: string }[] }[];
  }>(`axe.run(document, ${JSON.stringify(options)})`);
  return found.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}

export async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return;
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
}
