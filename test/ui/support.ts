/** The dashboard as a browser without scripts has it: cookies, forms with what is hidden in them, redirects one by one. */
import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { MASTER_KEY, type TestGateway } from '../gateway/support/gateway';

export interface UiAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Ask {
  readonly method?: string;
  readonly body?: string;
  /** Taken in place of what a browser sends; undefined leaves one out. */
  readonly headers?: Record<string, string | undefined>;
}

export interface Visitor {
  /** `name=value`; empty: none is kept. */
  cookie: string;
  ask(path: string, options?: Ask): Promise<UiAnswer>;
  get(path: string): Promise<UiAnswer>;
  /** Sends a form with those fields alone. */
  post(
    path: string,
    fields: Record<string, string>,
    headers?: Record<string, string | undefined>,
  ): Promise<UiAnswer>;
  /** Opens a page and sends the form with that action, with what is hidden in it. */
  send(page: string, action: string, fields?: Record<string, string>): Promise<UiAnswer>;
  signIn(key?: string, next?: string): Promise<UiAnswer>;
}

/** @param host as the browser asks for it. @default the address */
export function visitorOf({ adminUrl }: Pick<TestGateway, 'adminUrl'>, host?: string): Visitor {
  const { hostname, port, host: own } = new URL(adminUrl);
  const visitor: Visitor = {
    cookie: '',
    ask(path, { method = 'GET', body, headers = {} } = {}) {
      const all: Record<string, string | undefined> = {
        host: host ?? own,
        'sec-fetch-site': 'same-origin',
        'sec-fetch-mode': 'navigate',
        ...(visitor.cookie === '' ? {} : { cookie: visitor.cookie }),
        ...(body === undefined
          ? {}
          : { 'content-type': 'application/x-www-form-urlencoded', origin: 'null' }),
        ...headers,
      };
      const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
      return new Promise((resolve, reject) => {
        const asking = request({ hostname, port, path, method, headers: given as Record<string, string> });
        asking.on('error', reject).on('response', (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          response.on('end', () => {
            const [set] = response.headers['set-cookie'] ?? [];
            if (set !== undefined)
              visitor.cookie = set.includes('Max-Age=0') ? '' : (set.split(';')[0] ?? '');
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
          });
        });
        asking.end(body);
      });
    },
    get: (path) => visitor.ask(path),
    post: (path, fields, headers = {}) =>
      visitor.ask(path, { method: 'POST', body: new URLSearchParams(fields).toString(), headers }),
    async send(page, action, fields = {}) {
      const shown = await visitor.get(page);
      return visitor.post(action, { ...hiddenOf(shown.text, action), ...fields });
    },
    signIn: (key = MASTER_KEY, next = '/ui') => visitor.post('/ui/sign-in', { key, next }),
  };
  return visitor;
}

/** What is hidden in the form of a page that is sent to that path. */
export function hiddenOf(html: string, action: string): Record<string, string> {
  const form = html.split('<form').find((each) => {
    const sentTo = /action="([^"]*)"/.exec(each)?.[1]?.split('?')[0];
    return sentTo === action;
  });
  if (form === undefined) throw new Error(`no form is sent to ${action}: ${html.slice(0, 2_000)}`);
  const inputs = (form.split('</form>')[0] ?? '').match(/<input type="hidden"[^>]*>/g) ?? [];
  return Object.fromEntries(
    inputs.map((input) => [
      /name="([^"]*)"/.exec(input)?.[1] ?? '',
      /value="([^"]*)"/.exec(input)?.[1] ?? '',
    ]),
  );
}

/** Rows of a CSV by the names of its columns. */
export function csvRows(text: string): Record<string, string>[] {
  const [head = [], ...rows] = text
    .trim()
    .split('\r\n')
    .map((line) =>
      line
        .slice(1, -1)
        .split('","')
        .map((cell) => cell.replaceAll('""', '"')),
    );
  return rows.map((row) => Object.fromEntries(row.map((cell, at) => [head[at] ?? '', cell])));
}
