/**
 * The dashboard, `/ui` on the admin listener: from a request to a page.
 *
 * Pages are made here and are whole without a script. Two of them at once are loaded in this process, so that whoever
 * clicks through them takes no more of the store's connections from calls.
 */
import { refuseViewer } from '../admin/principal';
import { createTurnsInLine } from '../concurrency/turns-in-line';
import { GatewayError } from '../errors';
import { asGatewayError, type Exchange } from '../http/exchange';
import { goneOf } from '../http/gone';
import { describeFault } from '../log';
import type { Services } from '../services';
import { sendAsset, sendElsewhere, sendPage } from './answer';
import { readAssets } from './asset';
import { FormUsed, newFormToken, onceFor, readForm, TOKEN_FIELD } from './form';
import { localPath, withQuery } from './local-path';
import { createLive, sendOver } from './live/live';
import { LIVE_PATH } from './live/live-stream';
import { openIdSignIn } from './openid-sign-in';
import type { OpenRoute } from './open-route';
import type { Page, SentForm, View } from './page';
import { DOWNLOADS, PAGES } from './pages';
import { pageUnknown, Refusal } from './refusal';
import { routeFinder, type Found } from './route-finder';
import { endSession, findSession, type Session } from './session';
import { dropSessionCookie, sessionIdOf } from './session-cookie';
import { signInRoutes } from './sign-in';
import { readTemplates } from './template';
import { isFromElsewhere } from './way-here';

export interface Dashboard {
  serves(path: string): boolean;
  serve(exchange: Exchange, path: string): Promise<void>;
  /** Ends what is open for as long as somebody looks. */
  close(): void;
}

const HOME = '/ui';
const SIGN_OUT = '/ui/sign-out';
const TURNS = { atOnce: 2, atOnceOfOne: 2, waiting: 32, waitingOfOne: 8, waitMs: 10_000 };

export function createDashboard(services: Services): Dashboard {
  const assets = readAssets();
  const render = readTemplates(assets);
  const routes = routeFinder(PAGES, DOWNLOADS);
  const openId = openIdSignIn({ services, render });
  const open: readonly OpenRoute[] = [
    ...signInRoutes({ services, render, waysIn: openId.waysIn }),
    ...openId.routes,
  ];
  const turns = createTurnsInLine(TURNS);
  const live = createLive(services);

  async function serve(exchange: Exchange, path: string): Promise<void> {
    const { method } = exchange.request;
    const asset = method === 'GET' ? assets.at(path) : undefined;
    if (asset !== undefined) return sendAsset(exchange, asset);
    let session: Session | undefined;
    try {
      if (method !== 'GET' && method !== 'POST') throw methodUnknown(method);
      const query = queryOf(exchange);
      const way = open.find((each) => each.method === method && each.path === path);
      if (way !== undefined) return await way.serve(exchange, query);
      const id = sessionIdOf(exchange);
      const isLive = method === 'GET' && path === LIVE_PATH;
      session = id === undefined ? undefined : await findSession(services, id, !isLive);
      if (session === undefined && isLive) return sendOver(exchange);
      if (session === undefined) return sendAway(exchange, path, query, id !== undefined);
      if (method === 'POST' && path === SIGN_OUT) return await signOut(exchange, session);
      if (isLive) return await live.open({ services, exchange, session, path, parts: {}, query });
      const found = routes.find(method, path);
      if (found === undefined) throw pageUnknown();
      const view: View = { services, exchange, session, path, parts: found.parts, query };
      await answer(view, found);
    } catch (fault) {
      fail(exchange, path, session, fault);
    }
  }

  async function answer(view: View, found: Found): Promise<void> {
    switch (found.kind) {
      case 'page':
        return show(view, found.page, 200);
      case 'download':
        return inTurn(view, () => found.download.send(view));
      case 'action':
        return carryOut(view, found);
    }
  }

  async function show(view: View, page: Page, status: number, fault?: Fault): Promise<void> {
    const data = await inTurn(view, () => page.load(view));
    const frame = { ...frameOf(view.session, page.path, page.title), ...(fault ? { fault } : {}) };
    sendPage(view.exchange, status, render(page.template, { ...frame, ...data }));
  }

  async function carryOut(view: View, found: Found & { kind: 'action' }): Promise<void> {
    const { page, name, action } = found;
    if (action.role === 'admin') refuseViewer(view.session);
    const words = await readForm(services, view.exchange, view.session);
    const token = words.get(TOKEN_FIELD);
    words.delete(TOKEN_FIELD);
    const sent: SentForm = { action: name, words };
    const check = (statements: Parameters<NonNullable<typeof action.guard>>[0]): Promise<void> =>
      action.guard?.(statements, sent, view) ?? Promise.resolve();
    try {
      const outcome = await action.run({
        ...view,
        sent,
        services: action.isHarmless ? services : onceFor(services, view.session, token, check),
      });
      if ('to' in outcome) return sendElsewhere(view.exchange, outcome.to);
      const { title, template, data } = outcome;
      const frame = frameOf(view.session, page.path, title);
      sendPage(view.exchange, 200, render(template, { ...frame, ...data }));
    } catch (fault) {
      // What was typed is still there, with the fault beside it.
      if (!(fault instanceof GatewayError) || !isMendable(fault)) throw fault;
      noteRefusal(view.exchange, fault);
      await show({ ...view, sent }, page, fault.status, faultOf(fault, name));
    }
  }

  async function signOut(exchange: Exchange, session: Session): Promise<void> {
    await readForm(services, exchange, session);
    await services.database.transaction((statements) =>
      endSession(statements, {
        by: session,
        id: session.id,
        action: 'ui/sign-out',
        requestId: exchange.id,
      }),
    );
    dropSessionCookie(exchange);
    sendElsewhere(exchange, '/ui/sign-in?why=out');
  }

  /** To where a session is begun, and back. */
  function sendAway(exchange: Exchange, path: string, query: URLSearchParams, hadOne: boolean): void {
    const isForm = exchange.request.method === 'POST';
    const here = localPath(isForm ? query.get('back') : withQuery(path, query));
    // A link on another site comes without the cookie; the same address asked for by us comes with it.
    if (!isForm && isFromElsewhere(exchange))
      return sendPage(exchange, 200, render('bounce', { title: 'One moment', here }));
    const why = isForm ? 'unsent' : hadOne ? 'ended' : undefined;
    const back = here === HOME ? undefined : here;
    sendElsewhere(exchange, withQuery('/ui/sign-in', new URLSearchParams(), { next: back, why }));
  }

  async function inTurn<T>({ exchange, session }: View, work: () => Promise<T> | T): Promise<T> {
    const tooMany = (): Error =>
      new Refusal(503, 'Too many pages are being made', 'Wait a few seconds, and load this one again.');
    return turns.run(session.name, goneOf(exchange), async () => work(), tooMany);
  }

  function fail(exchange: Exchange, path: string, session: Session | undefined, fault: unknown): void {
    if (exchange.response.headersSent) return void exchange.response.destroy();
    const told = fault instanceof Refusal ? fault : refusalOf(asGatewayError(fault));
    noteRefusal(exchange, fault);
    const frame = session === undefined ? {} : frameOf(session, path, told.title);
    const link = fault instanceof FormUsed ? whatCameOf(fault, path) : told.link;
    const headers = fault instanceof GatewayError ? fault.headers : {};
    const { status, title, message } = told;
    sendPage(
      exchange,
      status,
      render('refusal', { ...frame, title, message, link, status, requestId: exchange.id }),
      headers,
    );
  }

  /** Where it is seen what a form did that was sent before. */
  function whatCameOf({ target, link }: FormUsed, path: string): FormUsed['link'] {
    if (target !== null) return { href: `/ui/keys/${target}`, label: 'Look at the key' };
    const found = routes.find('POST', path);
    if (found?.kind !== 'action' || found.page.path.includes('{')) return link;
    return { href: found.page.path, label: `Go to the page ${found.page.title}` };
  }

  /** As the listener does it for whatever it refuses itself. */
  function noteRefusal(exchange: Exchange, fault: unknown): void {
    const { logger } = services;
    exchange.isLogged = true;
    const at = { request_id: exchange.id };
    if (fault instanceof Refusal)
      return logger.info('page refused', { ...at, status: fault.status, title: fault.title });
    const { code, status } = asGatewayError(fault);
    if (code === 'internal_error')
      logger.error('page failed by a fault of the gateway', { ...at, ...describeFault(fault) });
    else logger.info('page refused', { ...at, status, error: code });
  }

  return { serves: (path) => path === HOME || path.startsWith(`${HOME}/`), serve, close: () => live.close() };
}

/** What every page has around it. */
const frameOf = (session: Session, path: string, title: string) => ({
  title,
  session,
  isAdmin: session.role === 'admin',
  csrf: session.csrf,
  form: newFormToken(),
  nav: PAGES.flatMap((page) =>
    page.nav === undefined
      ? []
      : [
          {
            href: page.path,
            label: page.nav,
            isCurrent: page.path === path || (page.path !== HOME && path.startsWith(`${page.path}/`)),
          },
        ],
  ),
});

export interface Fault {
  /** The field it is about; empty when it is about none of them. */
  readonly field: string;
  readonly message: string;
  readonly action: string;
}

/** Whether whoever typed it can mend it; a store that is away, nobody here can. */
const isMendable = ({ status, code }: GatewayError): boolean =>
  status >= 400 && status < 500 && code !== 'role_insufficient' && code !== 'key_not_found';

const faultOf = ({ param, message }: GatewayError, action: string): Fault => ({
  field: param ?? '',
  message,
  action,
});

const methodUnknown = (method = ''): Refusal =>
  new Refusal(405, 'That is not how a page is asked for', `${method} is not taken here.`);

const TITLES: Readonly<Record<number, string>> = {
  403: 'You may not do that',
  404: 'There is nothing of that name',
  429: 'Too much at once',
  503: 'The gateway cannot say just now',
};
/** Beside what the error says, for whoever looks at a page. */
const MORE: Readonly<Record<string, string>> = {
  role_insufficient:
    'Nothing was done. You are signed in as a viewer, who may look at everything and change nothing.',
  store_unavailable:
    'The store is away, so nothing was done. Calls are refused meanwhile, too. Load the page again in a moment.',
};

const refusalOf = ({ status, code, message }: GatewayError): Refusal =>
  new Refusal(status, TITLES[status] ?? 'That did not work', MORE[code] ?? message, {
    href: HOME,
    label: 'Go to the overview',
  });

function queryOf({ request }: Exchange): URLSearchParams {
  const url = request.url ?? '';
  const at = url.indexOf('?');
  return new URLSearchParams(at < 0 ? '' : url.slice(at + 1));
}
