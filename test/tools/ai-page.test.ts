/** The helper behind the button "AI usage": what it shows, to whom, and what it says where it has nothing to show. */
import { spawn, type ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { request, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { lastingPort } from '../harness/lasting-port';
import { eventually } from '../gateway/support/gateway';
import { always, closedPort, describeTools, listen, TOOLS, type Terminal } from './support';
import { Spender } from './usage/spender';

interface Page {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

describeTools('ai-page', ['bash', 'curl', 'jq', 'node'], () => {
  let spender: Spender;
  let terminal: Terminal;
  const running: ChildProcess[] = [];
  beforeAll(async () => {
    spender = await Spender.open();
    terminal = spender.terminal;
  });
  afterAll(() => spender?.close());
  afterEach(async () => {
    for (const child of running.splice(0)) {
      const ended = new Promise((done) => child.once('exit', done));
      if (child.kill('SIGTERM')) await ended;
    }
  });

  class Helper {
    output = '';
    constructor(readonly port: number) {}

    get(
      path = '/',
      headers: Record<string, string> = {},
      { method = 'GET', body }: { method?: string; body?: string } = {},
    ): Promise<Page> {
      return new Promise((resolve, reject) => {
        const options = { host: '127.0.0.1', port: this.port, path, method, headers };
        request(options, (answer) => {
          let text = '';
          answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
        })
          .on('error', reject)
          .end(body);
      });
    }
  }

  async function serve(of: Terminal, ...args: string[]): Promise<Helper> {
    const helper = new Helper(await lastingPort());
    const child = spawn(join(TOOLS, 'ai-page'), ['--port', String(helper.port), ...args], {
      cwd: of.home,
      env: of.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.push(child);
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (helper.output += text));
    await eventually(() =>
      helper.get('/healthz').then(
        ({ status }) => status === 200 || undefined,
        () => undefined,
      ),
    );
    return helper;
  }

  const cells = (html: string, label: string): string[][] => {
    const table = html.split(`aria-label="${label}"><table>`)[1]?.split('</table>')[0] ?? '';
    return table
      .split('<tr>')
      .slice(2)
      .map((row) => [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/g)].map(([, cell]) => cell ?? ''));
  };

  test('says the figures that ai-usage says, and the ledger', async () => {
    const helper = await serve(terminal);
    const { status, text } = await helper.get();
    expect(status).toBe(200);
    const usage = await terminal.json<{
      spend: number;
      owner_budget: { spend: number };
      activity: Record<
        'account' | 'owner',
        {
          total: { calls: number; spend: number };
          by_model: { model: string; calls: number; spend: number }[];
          by_day: { date: string; calls: number; spend: number }[];
        }
      >;
    }>('ai-usage');
    const usd = (value: number): string =>
      new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD', maximumFractionDigits: 4 }).format(
        value,
      );
    const { account, owner } = usage.activity;
    expect(account.total.calls).toBe(2);
    expect(owner.total.calls).toBe(3);
    expect(
      cells(text, 'By model').map(([model, own, calls, , , , , all]) => [model, own, calls, all]),
    ).toEqual(
      owner.by_model.map(({ model, spend }) => {
        const own = account.by_model.find((each) => each.model === model);
        return [model, usd(own?.spend ?? 0), String(own?.calls ?? 0), usd(spend)];
      }),
    );
    const [today] = cells(text, 'By day');
    const [day, all] = [account.by_day[0], owner.by_day[0]];
    expect(today).toEqual([
      day?.date,
      usd(day?.spend ?? 0),
      String(day?.calls),
      usd(all?.spend ?? 0),
      String(all?.calls),
    ]);
    expect(cells(text, 'Budgets').map(([name, spent]) => [name, spent])).toEqual([
      ['This key', usd(usage.spend)],
      ['All your keys', usd(usage.owner_budget.spend)],
    ]);
    expect((await terminal.run('ai-usage')).stdout).toContain(
      `all yours  $${usage.owner_budget.spend.toFixed(2)} of $20.00 a day`,
    );
  });

  test('no key is in the page, its headers, or what it writes; and no script may run in it', async () => {
    const helper = await serve(terminal);
    for (const path of ['/', '/page.css', '/trouble.css', '/healthz', '/nowhere']) {
      const { headers, text } = await helper.get(path);
      expect(JSON.stringify(headers) + text).not.toContain(terminal.key);
      expect(headers).toMatchObject({
        'content-security-policy':
          "default-src 'none'; script-src 'none'; style-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox allow-same-origin",
        'cross-origin-opener-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      });
    }
    expect(helper.output).not.toContain(terminal.key);
    expect((await helper.get('/page.css')).headers['content-type']).toBe('text/css; charset=utf-8');
    expect((await helper.get('/', {}, { method: 'HEAD' })).text).toBe('');
  });

  test('a gateway that sends a key back and headers of its own gets neither through', async () => {
    const copy = spender.copy();
    const stranger = await listen(
      always(`<!doctype html><p>${copy.key}</p>`, 200, {
        'content-type': 'text/html',
        'content-security-policy': "script-src 'unsafe-inline'",
        'set-cookie': 'coder_session_token=x',
        location: 'https://elsewhere.example',
      }),
    );
    const helper = await serve(copy.movedTo(stranger.url));
    const { text, headers } = await helper.get();
    await stranger.close();
    expect(text).toBe('<!doctype html><p>sk-…</p>');
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'none'/);
    expect(headers['set-cookie']).toBeUndefined();
    expect(headers['location']).toBeUndefined();
  });

  test('it answers under the names it may have, and to a tab of its own only', async () => {
    const helper = await serve(
      terminal,
      '--coder',
      'https://Coder.Example.com:7443',
      '--host',
      'proxy.example.com',
    );
    const statusOf = async (headers: Record<string, string>, path = '/'): Promise<number> =>
      (await helper.get(path, headers)).status;
    for (const host of [
      'localhost',
      'localhost:9',
      '127.0.0.1:1',
      '[::1]:80',
      '192.0.2.7',
      'coder.example.com',
      'coder.example.com:7443',
      'CODER.example.com',
      'proxy.example.com',
      'a.localhost',
    ])
      expect([host, await statusOf({ host })]).toEqual([host, 200]);
    for (const host of [
      'rebound.example.net',
      'coder.example.com.example.net',
      '127.0.0.1.example.net',
      'coder.example.com@x',
      'a b',
      'x'.repeat(300),
    ]) {
      expect([host, await statusOf({ host })]).toEqual([host, 403]);
      expect(await statusOf({ host }, '/page.css')).toBe(403);
    }
    const refused = await helper.get('/', { host: 'rebound.example.net' });
    expect(refused.text).toMatch(
      /^this page is not shown under the name "rebound\.example\.net".*usagePage\.hosts/,
    );
    for (const dest of ['empty', 'iframe', 'script', 'image', 'style', 'object'])
      expect([dest, await statusOf({ 'sec-fetch-dest': dest })]).toEqual([dest, 403]);
    expect(await statusOf({ 'sec-fetch-dest': 'document' })).toBe(200);
    expect(await statusOf({ 'sec-fetch-dest': 'style' }, '/page.css')).toBe(200);
    expect(await statusOf({ origin: 'https://coder.example.com' })).toBe(403);
  });

  test('it takes GET and HEAD at four paths, and nothing longer than a head', async () => {
    const helper = await serve(terminal);
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE'])
      expect((await helper.get('/', {}, { method })).status).toBe(405);
    for (const path of [
      '/../../etc/passwd',
      '/%2e%2e/',
      '//',
      '/page',
      '/index.html',
      '/@ada/dev/apps/ai-usage/',
    ])
      expect((await helper.get(path)).status).toBe(404);
    expect((await helper.get('/?anything=1')).status).toBe(200);
    const [bodied] = [await helper.get('/', { 'content-length': '3' }, { body: 'abc' })];
    expect(bodied.status).toBe(413);
    expect((await helper.get('/', { x: 'y'.repeat(40_000) })).status).toBe(431);
    // A connection that says nothing, or half, keeps nobody else out.
    const silent = Array.from({ length: 8 }, () => connect(helper.port, '127.0.0.1'));
    silent.forEach((socket) => socket.on('error', () => {}).write('GET / HT'));
    expect((await helper.get('/healthz')).status).toBe(200);
    silent.forEach((socket) => socket.destroy());
  });

  test('however often it is asked, the gateway is asked once a while', async () => {
    const stranger = await listen(always('<!doctype html>ok', 200, { 'content-type': 'text/html' }));
    const helper = await serve(spender.copy().movedTo(stranger.url));
    const pages = await Promise.all(Array.from({ length: 40 }, () => helper.get()));
    expect(pages.every(({ text }) => text === '<!doctype html>ok')).toBe(true);
    const contacts = [...stranger.contacts];
    await stranger.close();
    // All of them came while the first was under way; a second one is only for a machine that takes seconds for them.
    expect(contacts.length).toBeGreaterThan(0);
    expect(contacts.length).toBeLessThan(5);
    expect(contacts[0]).toMatch(/^GET \/api\/v1\/keys\/me\/page\?zone=/);
    expect(contacts[0]?.split(' ')[1]).not.toContain('sk-');
  });

  test.each<[string, (broken: Terminal) => Promise<Terminal> | Terminal, RegExp]>([
    [
      'a gateway that is away',
      async (broken) => broken.movedTo(await closedPort()),
      /gateway not reachable: nothing listens at http:.*What to do: wait a minute/s,
    ],
    [
      'a key that is not taken',
      (broken) => {
        broken.write('.config/ai-gateway/key', 'sk-0123456789abcdef0123456789abcdef\n');
        return broken;
      },
      /the gateway refuses the key \(401\).*What to do: run ai-setup/s,
    ],
    [
      'a workspace that is not set up yet',
      (broken) => {
        broken.write('.config/ai-gateway/status', 'waiting for the gateway\n');
        return removed(broken, '.config/ai-gateway/key');
      },
      /there is no key: .*\(the set-up says: waiting for the gateway\).*What to do: run ai-setup/s,
    ],
    [
      'a workspace without AI',
      (broken) => removed(broken, '.config/ai-gateway').with({ AI_ASSISTANT: 'none' }),
      /AI is switched off for this workspace/,
    ],
    [
      'a gateway in a file that names none',
      (broken) => {
        broken.write('.config/ai-gateway/gateway', 'http://litellm:4000/<b>x</b>\n');
        return broken;
      },
      /does not name a gateway, but .*&#60;b&#62;x/,
    ],
  ])('%s is told with what to do', async (_, breakIt, words) => {
    const broken = await breakIt(spender.copy());
    const helper = await serve(broken);
    const { status, text, headers } = await helper.get();
    expect([status, headers['content-type']]).toEqual([503, 'text/html; charset=utf-8']);
    expect(text).toMatch(words);
    expect(text).not.toMatch(/<b>|<script|sk-0123/);
    expect(text).toContain('href="trouble.css"');
    expect((await helper.get('/healthz')).status).toBe(200);
    await eventually(() => Promise.resolve(helper.output.includes('no page: ') || undefined));
  });

  const removed = (of: Terminal, path: string): Terminal => {
    rmSync(join(of.home, path), { recursive: true });
    return of;
  };

  test.each<[string, Parameters<typeof always>, RegExp]>([
    [
      'an older gateway',
      [{ error: { message: 'no such path' } }, 404],
      /has no such page.*upgrade the gateway/s,
    ],
    ['what is no gateway', ['<html>Welcome</html>', 200], /answered, but not as the AI gateway does/],
    [
      'an answer without end',
      ['<!doctype html>' + 'x'.repeat(5_000_000), 200],
      /more than 4 MiB|not as the AI gateway/,
    ],
    [
      'a blocked key',
      [{ error: { message: 'This key is blocked. <i>Ask</i> an administrator.' } }, 401],
      /This key is blocked\. &#60;i&#62;Ask/,
    ],
  ])('%s is told with what to do', async (_, answer, words) => {
    const stranger = await listen(always(...answer));
    const { status, text } = await (await serve(spender.copy().movedTo(stranger.url))).get();
    await stranger.close();
    expect(status).toBe(503);
    expect(text).toMatch(words);
  });

  test('a wrong command line is told', async () => {
    for (const [args, words] of [
      [[], '--port must be a whole number from 1024 to 65535, got ""'],
      [['--port', '80'], 'got "80"'],
      [['--port', '80$(id)'], 'must be a whole number'],
      [['--port', '8080', '--while', 'x'], '--while must be the id of a process'],
      [['--sudo'], 'unknown argument "--sudo"'],
      [['--port'], '--port needs a value'],
    ] as const) {
      const { status, stderr } = await terminal.run('ai-page', ...args);
      expect([status, stderr]).toEqual([2, expect.stringContaining(words)]);
    }
    expect((await terminal.run('ai-page', '--help')).stdout).toContain('ai-page --port PORT');
  });
});
