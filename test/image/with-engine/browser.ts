/** A real browser that looks at the editor of a container, as a person does. */
import { mkdirSync, readFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium, type Browser, type BrowserContext, type Frame, type Page } from 'playwright-core';
import { EDITOR_PORT } from '../../../workspace-image/image/pins';
import type { Container } from './container';

const FORWARD = readFileSync(join(__dirname, 'forward.mjs'), 'utf8');
/** In the container's own network. */
const FORWARDED = 9080;
/** Milliseconds for what a person waits a few seconds for: the machine may be slow and loaded. */
const LIMIT_MS = 120_000;

/** Where the pictures go that somebody looks at. */
const PICTURES = process.env.TEST_IMAGE_PICTURES ?? join(tmpdir(), 'workspace-image-test', 'pictures');

export const startBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env.TEST_CHROMIUM ?? '/usr/bin/chromium',
    // As root it refuses to start otherwise; it shows nothing but our own editor.
    args: ['--no-sandbox'],
  });

/** The editor at an address of this machine: only there a browser lets it show pages of extensions. */
export class EditorAddress {
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  static async of(container: Container): Promise<EditorAddress> {
    const start = `cat >/tmp/forward.mjs; setsid node /tmp/forward.mjs ${FORWARDED} ${EDITOR_PORT} >/dev/null 2>&1 </dev/null &`;
    expect(await container.exec(['bash', '-c', start], { input: FORWARD })).toMatchObject({ status: 0 });
    const host = await container.inspect('{{.NetworkSettings.IPAddress}}');
    const server = createServer();
    const address = new EditorAddress(server);
    server.on('connection', (caller) => {
      const editor = connect(FORWARDED, host);
      caller.pipe(editor).pipe(caller);
      for (const socket of [caller, editor]) {
        address.sockets.add(socket);
        socket.on('error', () => [caller, editor].forEach((one) => one.destroy()));
        socket.on('close', () => address.sockets.delete(socket));
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return address;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }
}

/** A person's first or later look: a browser that has seen nothing before. */
export class EditorWindow {
  /** Addresses outside of the editor that it asked for or opened. */
  readonly outside: string[] = [];

  private constructor(
    private readonly context: BrowserContext,
    readonly page: Page,
  ) {}

  /** @param path path and query, as the dashboard's button leads to */
  static async open(browser: Browser, url: string, path: string): Promise<EditorWindow> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    context.setDefaultTimeout(LIMIT_MS);
    const page = await context.newPage();
    const window = new EditorWindow(context, page);
    const note = (address: string): void => {
      if (/^https?:/.test(address) && !address.startsWith(url)) window.outside.push(address);
    };
    context.on('request', (request) => note(request.url()));
    context.on('page', (opened) => note(opened.url()));
    await window.go(url, path);
    return window;
  }

  async go(url: string, path: string): Promise<void> {
    await this.page.goto(`${url}${path}`, { timeout: LIMIT_MS });
    // The status bar names the folder's state once all that the editor comes with is known.
    await this.page.waitForSelector('.monaco-workbench .statusbar-item:has-text("Layout")');
  }

  close(): Promise<void> {
    return this.context.close();
  }

  /** Keeps a picture for a person to look at. */
  async picture(name: string): Promise<void> {
    mkdirSync(PICTURES, { recursive: true });
    await this.page.screenshot({ path: join(PICTURES, `${name}.png`) });
  }

  /** What the bar at the side has, by name. */
  places(): Promise<string[]> {
    return this.page.$$eval('.activitybar .action-label', (labels) =>
      labels.map((label) => label.getAttribute('aria-label') ?? ''),
    );
  }

  place(name: string): ReturnType<Page['locator']> {
    return this.page.locator(`.activitybar .action-label[aria-label^="${name}"]`);
  }

  sideBar(): ReturnType<Page['locator']> {
    return this.page.locator('.part.sidebar');
  }

  statusBar(): Promise<string> {
    return this.page.locator('.part.statusbar').innerText();
  }

  async waitForStatus(text: string): Promise<void> {
    await this.page.waitForSelector(`.statusbar-item:has-text("${text}")`);
  }

  /** Says yes to the question that the button of our own view leads to. @returns the question */
  async trust(): Promise<string> {
    await this.sideBar().locator('.monaco-button', { hasText: 'Trust This Folder' }).click();
    const dialog = this.page.locator('.monaco-dialog-box');
    const question = await dialog.innerText();
    await dialog.locator('.monaco-button', { hasText: 'Trust Folder' }).click();
    await dialog.waitFor({ state: 'detached' });
    return question;
  }

  /** Messages that stand over the window. */
  toasts(): Promise<string[]> {
    return this.page.locator('.notifications-toasts .notification-toast').allInnerTexts();
  }

  async runCommand(name: string): Promise<void> {
    await this.page.keyboard.press('F1');
    await this.page.waitForSelector('.quick-input-widget input');
    await this.page.keyboard.type(name);
    await this.page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first().click();
  }

  /**
   * Every command of the palette. It draws what is in view only, so it is gone through page by page, and a page is left
   * once it is drawn. Commands that come while it is open move the others: then it is gone through again.
   */
  async commands(): Promise<string[]> {
    const rows = this.page.locator('.quick-input-list .monaco-list-row');
    const deadline = Date.now() + LIMIT_MS;
    for (;;) {
      await this.page.keyboard.press('F1');
      await rows.first().waitFor();
      const found = new Map<number, string>();
      let size = 0;
      for (let focused = -1, next = 0; focused < next;) {
        focused = next;
        const shown = await this.paletteRows();
        for (const row of shown) found.set(row.at, row.label);
        size = shown[0]?.of ?? 0;
        if (focused >= size - 1) break;
        await this.page.keyboard.press('PageDown');
        next = await this.focusedAfter(focused);
      }
      await this.page.keyboard.press('Escape');
      await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
      if (size > 0 && found.size === size) return [...found.values()];
      if (Date.now() > deadline) throw new Error(`the palette showed ${found.size} of ${size} commands`);
    }
  }

  private paletteRows(): Promise<{ at: number; of: number; label: string; isFocused: boolean }[]> {
    return this.page.locator('.quick-input-list .monaco-list-row').evaluateAll((all) =>
      all.map((row) => ({
        at: Number(row.getAttribute('data-index')),
        of: Number(row.getAttribute('aria-setsize')),
        label: row.getAttribute('aria-label') ?? '',
        isFocused: row.classList.contains('focused'),
      })),
    );
  }

  /** @returns the row that is focused and drawn after another one was, or that one when nothing moves any more */
  private async focusedAfter(former: number): Promise<number> {
    const deadline = Date.now() + 5_000;
    for (;;) {
      const focused = (await this.paletteRows()).find((row) => row.isFocused)?.at;
      if (focused !== undefined && focused !== former) return focused;
      if (Date.now() > deadline) return former;
      await sleep(20);
    }
  }

  /** Text of the page that an extension shows, once it holds the words. */
  async extensionPage(words: string): Promise<string> {
    const deadline = Date.now() + LIMIT_MS;
    const textOf = (frame: Frame): Promise<string> =>
      frame.evaluate(() => document.body?.innerText ?? '').catch(() => '');
    for (;;) {
      const texts = await Promise.all(this.page.frames().map(textOf));
      const found = texts.find((text) => text.includes(words));
      if (found !== undefined) return found;
      if (Date.now() > deadline) throw new Error(`no page of an extension says "${words}"`);
      await sleep(200);
    }
  }
}
