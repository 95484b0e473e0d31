/**
 * Somebody at the dashboard, without a browser: signs in, finds out what there is to click on, asks for it. Pages are those
 * that the gateway lists, so a new one is visited by itself.
 */
import { request } from 'undici';
import { DOWNLOADS, PAGES } from '../gateway/ui/pages';
import { routeFinder } from '../gateway/ui/route-finder';

export interface Visit {
  readonly status: number;
  /** Until the whole of it was there; of what never ends, until it began. */
  readonly ms: number;
  readonly text: string;
}

export interface Address {
  /** As the list of pages has it: "/ui/keys/{key}". */
  readonly page: string;
  /** With its query. */
  readonly path: string;
}

export interface Visitor {
  get(path: string): Promise<Visit>;
  /** Every page and file with the queries that pages themselves lead to, some of each kind. */
  addresses(): Promise<readonly Address[]>;
  /** Pages and files that nothing leads to in this store. */
  missed(addresses: readonly Address[]): readonly string[];
}

/** Milliseconds. */
const LIMIT_MS = 60_000;
/** Of one page: kinds of queries, and ways to choose in its form. */
const MOST_OF_PAGE = 24;
const MOST_VISITS = 300;
const LISTED = [...PAGES, ...DOWNLOADS].map(({ path }) => path);

export async function signIn(adminUrl: string, masterKey: string): Promise<Visitor> {
  const browser = { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'navigate' };
  const answer = await request(`${adminUrl}/ui/sign-in`, {
    method: 'POST',
    headers: { ...browser, origin: adminUrl, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ key: masterKey, next: '/ui' }).toString(),
  });
  await answer.body.dump();
  const [cookie = ''] = [answer.headers['set-cookie'] ?? []].flat()[0]?.split(';') ?? [];
  if (answer.statusCode !== 303 || cookie === '')
    throw new Error(`the dashboard does not let the master key in: it answered ${answer.statusCode}`);

  async function get(path: string): Promise<Visit> {
    const start = performance.now();
    const {
      statusCode: status,
      headers,
      body,
    } = await request(adminUrl + path, {
      headers: { ...browser, cookie },
      headersTimeout: LIMIT_MS,
      bodyTimeout: LIMIT_MS,
    });
    if (String(headers['content-type']).startsWith('text/event-stream')) {
      const ms = performance.now() - start;
      body.on('error', () => {}).destroy();
      return { status, ms, text: '' };
    }
    const text = await body.text();
    return { status, ms: performance.now() - start, text };
  }

  return { get, addresses: () => findAddresses(get), missed: missedOf };
}

const missedOf = (addresses: readonly Address[]): readonly string[] =>
  LISTED.filter((listed) => !addresses.some(({ page }) => page === listed));

async function findAddresses(get: (path: string) => Promise<Visit>): Promise<readonly Address[]> {
  const routes = routeFinder(PAGES, DOWNLOADS);
  const found = new Map<string, Address>();
  const waiting: Address[] = [];
  const note = (path: string): void => {
    const [place = '', query = ''] = path.split('?', 2);
    const route = routes.find('GET', place);
    if (route === undefined || route.kind === 'action') return;
    const page = route.kind === 'page' ? route.page.path : route.download.path;
    // One of each kind: what is chosen in forms is told apart by what is chosen, the rest by which words there are.
    const words = [...new URLSearchParams(query).keys()].sort().join('&');
    add(`${page}?${words}`, { page, path });
  };
  const add = (kind: string, address: Address): void => {
    if (found.has(kind) || found.size >= MOST_VISITS) return;
    if ([...found.values()].filter(({ page }) => page === address.page).length >= MOST_OF_PAGE) return;
    found.set(kind, address);
    waiting.push(address);
  };
  for (const path of LISTED) if (!path.includes('{')) note(path);
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const { text } = await get(next.path);
    for (const href of hrefsIn(text)) note(href);
    if (next.path === next.page)
      for (const path of choicesIn(text, next.page)) add(path, { page: next.page, path });
  }
  return [...found.values()];
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&#x3D;': '=',
  '&quot;': '"',
  '&#x27;': "'",
};
const plain = (text: string): string =>
  text.replace(/&(?:amp|quot|#x3D|#x27);/g, (each) => ENTITIES[each] ?? each);

const hrefsIn = (html: string): string[] =>
  [...html.matchAll(/ href="(\/ui[^"]*)"/g)].map(([, href = '']) => plain(href));

/** What the lists of a page's search lead to, each choice by itself, and the last of all together. */
function choicesIn(html: string, page: string): string[] {
  const [form] = html
    .split('<form')
    .slice(1)
    .filter((each) => each.includes('role="search"'));
  const lists = [
    ...(form?.split('</form>')[0] ?? '').matchAll(/<select[^>]* name="(\w+)"[^>]*>(.*?)<\/select>/gs),
  ];
  const choices = lists.map(([, name = '', options = '']) =>
    [...options.matchAll(/<option value="([^"]*)"/g)].map(([, value = '']) => [name, plain(value)] as const),
  );
  const path = (words: readonly (readonly [string, string])[]): string =>
    `${page}?${new URLSearchParams(words.filter(([, value]) => value !== '').map(([name, value]) => [name, value])).toString()}`;
  const last = choices.flatMap((each) => each.slice(-1));
  return [...(last.length > 1 ? [path(last)] : []), ...choices.flat().map((choice) => path([choice]))];
}
