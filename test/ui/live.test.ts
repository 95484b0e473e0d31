/** What open pages hear: figures that equal the store's, news of a list, and its end with the session or the gateway. */
import { request, type ClientRequest } from 'node:http';
import { isAskedFor } from '../../gateway/ledger/calls/call-filter';
import { readNewest } from '../../gateway/ledger/calls/read-calls';
import { MOST_OF_ONE, newsOf } from '../../gateway/ui/live/live';
import { adminOf } from '../admin/support';
import { say } from '../standins/anthropic';
import { eventually, startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { hiddenOf, visitorOf, type Visitor } from './support';

let clock = 0;
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ now: () => new Date(Date.now() + clock) });
});
afterAll(() => gateway.close());

interface Heard {
  readonly status: number;
  readonly type: string | undefined;
  /** By their names, the newest last. */
  readonly of: (event: string) => Record<string, unknown>[];
  readonly isOver: boolean;
  close(): void;
}

const open: ClientRequest[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.destroy();
});

/** Opens a stream as a page does. */
function listen(visitor: Visitor, path = '/ui/live', to = gateway): Promise<Heard> {
  const { hostname, port } = new URL(to.adminUrl);
  return new Promise((resolve, reject) => {
    const asking = request({
      hostname,
      port,
      path,
      agent: false,
      headers: { cookie: visitor.cookie, 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' },
    });
    open.push(asking);
    asking.on('error', reject).on('response', (response) => {
      let text = '';
      let isOver = false;
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.on('close', () => (isOver = true)).on('error', () => {});
      resolve({
        status: response.statusCode ?? 0,
        type: response.headers['content-type'],
        of: (event) =>
          text
            .split('\n\n')
            .filter((each) => each.startsWith(`event: ${event}\n`))
            .map((each) => JSON.parse(each.split('\ndata: ')[1] ?? '') as Record<string, unknown>),
        get isOver() {
          return isOver;
        },
        close: () => asking.destroy(),
      });
    });
    asking.end();
  });
}

const signedIn = async (key?: string): Promise<Visitor> => {
  const visitor = visitorOf(gateway);
  await visitor.signIn(key);
  return visitor;
};
const last = (heard: Heard, event: string) => eventually(() => heard.of(event).at(-1));
/** The page's stream: where its list says it is. */
const liveOf = async (visitor: Visitor, path: string): Promise<string> => {
  const { text } = await visitor.get(path);
  const found = /data-live-calls="([^"]*)"/.exec(text)?.[1] ?? '';
  return found.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=');
};
const ask = async (key: string, model = 'claude-sonnet-4-5'): Promise<void> => {
  gateway.standin.answer({ ...say('x'), usage: { input_tokens: 1_000, output_tokens: 100 } });
  expect((await gateway.chat(key, { model, messages: [{ role: 'user', content: 'hi' }] })).status).toBe(200);
  await gateway.settled();
};

test('figures are those of the store, and follow it', async () => {
  const visitor = await signedIn();
  const heard = await listen(visitor);
  expect([heard.status, heard.type]).toEqual([200, 'text/event-stream; charset=utf-8']);
  const before = await last(heard, 'figures');
  const key = await gateway.workspaceKey();
  await ask(key);
  await ask(key);
  const [sum] = await gateway.store.query<{ nano: string; calls: string }>(
    'select sum(cost_nano) as nano, count(*) as calls from calls',
  );
  const spend = `$${(Number(sum?.nano) / 1e9).toFixed(4).replace(/0{1,2}$/, '')}`;
  const figures = await eventually(() => {
    const newest = heard.of('figures').at(-1);
    return newest?.['calls'] === sum?.calls ? newest : undefined;
  });
  expect(figures).toMatchObject({ spend, failed: '0', underWay: '0', alerts: '0' });
  expect(before['calls']).not.toBe(figures['calls']);
  const overview = (await visitor.get('/ui')).text;
  expect(overview).toContain(`<b data-figure="spend">${spend}</b>`);
  expect(overview).toContain(`<b data-figure="calls">${sum?.calls}</b>`);
});

test('a list hears of the calls that it would show, and of no others', async () => {
  const visitor = await signedIn();
  const key = await gateway.workspaceKey();
  await ask(key);
  const all = await listen(visitor, await liveOf(visitor, '/ui/calls'));
  const haiku = await listen(visitor, await liveOf(visitor, '/ui/calls?model=claude-haiku-4-5'));
  expect(await last(all, 'news')).toEqual({ count: 0, isMore: false });
  await ask(key);
  await ask(key, 'claude-haiku-4-5');
  await ask(key);
  await eventually(() => (all.of('news').at(-1)?.['count'] === 3 ? true : undefined));
  await eventually(() => (haiku.of('news').at(-1)?.['count'] === 1 ? true : undefined));
  // A page that is opened now has them all.
  const fresh = await listen(visitor, await liveOf(visitor, '/ui/calls'));
  expect(await last(fresh, 'news')).toEqual({ count: 0, isMore: false });
});

test('the news of a list are the rows of the store that are newer than its first', async () => {
  const newest = await readNewest(gateway.gateway.services.database, 500);
  for (const [at, call] of newest.entries()) {
    const filter = { model: 'claude-sonnet-4-5' };
    const rows = newest.slice(0, at).filter((each) => isAskedFor(each, filter));
    expect(newsOf(newest, filter, call.place)).toEqual({ count: rows.length, isMore: false });
  }
  expect(newsOf(newest, {}, undefined, newest.length)).toEqual({ count: newest.length, isMore: true });
});

test('a hundred pages ask the store no more often than one', async () => {
  const asked: string[] = [];
  const { reports } = gateway.gateway.services as { reports: { readPage: (...args: never[]) => unknown } };
  const real = reports.readPage.bind(reports);
  // The real one, noted.
  const spy = jest.spyOn(reports, 'readPage').mockImplementation((...args) => {
    asked.push(String(args[0]));
    return real(...args);
  });
  try {
    // Of one name there are twenty sessions at most.
    const { key } = (await adminOf(gateway)('/admin/key/new', { name: 'ada', role: 'viewer' })).json;
    const visitors = await Promise.all(
      Array.from({ length: 25 }, (_, at) => signedIn(at < 12 ? key : undefined)),
    );
    const streams = await Promise.all(
      visitors.flatMap((each) => Array.from({ length: 4 }, () => listen(each))),
    );
    expect(streams.map(({ status }) => status)).toEqual(Array.from({ length: 100 }, () => 200));
    for (const heard of streams) await last(heard, 'figures');
    const begin = performance.now();
    asked.length = 0;
    await eventually(() => (asked.length >= 3 ? true : undefined));
    // A look every two seconds, and the one that may just have been due.
    expect(asked.length).toBeLessThanOrEqual((performance.now() - begin) / 2_000 + 2);
    expect(new Set(asked)).toEqual(new Set(['the live figures']));
    // One more than a hundred is told so.
    const more = await signedIn();
    expect((await listen(more)).status).toBe(503);
  } finally {
    spy.mockRestore();
  }
}, 120_000);

test('a session has so many streams and no more, and one that is let go makes room', async () => {
  const visitor = await signedIn();
  const streams = [];
  for (let at = 0; at < MOST_OF_ONE; at += 1) streams.push(await listen(visitor));
  expect((await listen(visitor)).status).toBe(503);
  streams[0]?.close();
  await eventually(async () => ((await listen(visitor)).status === 200 ? true : undefined));
});

test('who signs out, or is signed out by somebody else, hears no more', async () => {
  const visitor = await signedIn();
  const heard = await listen(visitor);
  await last(heard, 'figures');
  await visitor.post('/ui/sign-out', hiddenOf((await visitor.get('/ui')).text, '/ui/sign-out'));
  expect(await last(heard, 'over')).toEqual({ why: 'session' });
  await eventually(() => (heard.isOver ? true : undefined));
  const other = await signedIn();
  const ended = await listen(other);
  await last(ended, 'figures');
  await gateway.store.query('delete from ui_sessions');
  expect(await last(ended, 'over')).toEqual({ why: 'session' });
  // Nor does whoever was never signed in.
  const stranger = await listen(visitorOf(gateway));
  expect(await last(stranger, 'over')).toEqual({ why: 'session' });
  expect(stranger.of('figures')).toEqual([]);
});

test('a page that is open and not looked at keeps no session alive', async () => {
  clock = 0;
  const visitor = await signedIn();
  const heard = await listen(visitor);
  await last(heard, 'figures');
  const seen = () => gateway.store.query('select seen_at from ui_sessions');
  const before = await seen();
  clock = 3_500_000;
  const again = await listen(visitor);
  await last(again, 'figures');
  expect(await seen()).toEqual(before);
  clock = 3_700_000;
  expect(await last(heard, 'over')).toEqual({ why: 'session' });
  expect((await visitor.get('/ui')).status).toBe(303);
  clock = 0;
});

test('a store that is away is told, and so is its return', async () => {
  const own = await startTestGateway();
  try {
    const visitor = visitorOf(own);
    await visitor.signIn();
    const heard = await listen(visitor, '/ui/live', own);
    await last(heard, 'figures');
    await own.store.stop();
    await eventually(() => (heard.of('state').at(-1)?.['isAway'] === true ? true : undefined));
    for (const path of ['/ui/calls', '/ui/alerts', '/ui/calls/00000000-0000-0000-0000-000000000000']) {
      const { status, text } = await visitor.get(path);
      expect([path, status]).toEqual([path, 503]);
      expect(text).toContain('The store is away, so nothing was done');
    }
    await own.store.start();
    await eventually(() => (heard.of('state').at(-1)?.['isAway'] === false ? true : undefined));
    expect(heard.isOver).toBe(false);
    await own.gateway.close();
    expect(await last(heard, 'over')).toEqual({ why: 'closing' });
  } finally {
    await own.close();
  }
}, 120_000);
