/**
 * Signing in at an identity provider, from the link of the sign-in page to the session. The link is one since a form may
 * only lead to us, and the last page goes on by itself, since a browser that comes from another site sends no session.
 */
import type { Exchange } from '../http/exchange';
import type { Services } from '../services';
import { sendElsewhere, sendPage } from './answer';
import { localPath } from './local-path';
import type { OpenRoute } from './open-route';
import { CALLBACK_PATH, createOpenId, SIGN_IN_MS, type OpenId } from './openid/openid';
import { openIdActor } from './openid/person';
import { OpenIdRefusal } from './openid/refusal';
import { Refusal } from './refusal';
import { startSession } from './session';
import { dropOpenIdState, openIdStateOf, setOpenIdState } from './session-cookie';
import type { WayIn } from './sign-in';
import type { Render } from './template';
import { isSafe } from './way-here';

export interface OpenIdSignInProps {
  readonly services: Services;
  readonly render: Render;
}

export interface SignInWays {
  readonly routes: readonly OpenRoute[];
  readonly waysIn: readonly WayIn[];
}

const BEGIN_PATH = '/ui/sign-in/openid';

/** Nothing of it, where no provider is set. */
export function openIdSignIn({ services, render }: OpenIdSignInProps): SignInWays {
  const openId = createOpenId(services.settings, services.logger, services.now);
  return openId === undefined ? { routes: [], waysIn: [] } : waysOf(openId, services, render);
}

function waysOf(openId: OpenId, services: Services, render: Render): SignInWays {
  async function begin(exchange: Exchange, query: URLSearchParams): Promise<void> {
    if (!isSafe(exchange)) throw new Refusal(403, IN_THE_CLEAR.title, IN_THE_CLEAR.message);
    const { location, state } = await told(openId.begin({ returnTo: localPath(query.get('next')) }));
    setOpenIdState(exchange, state, SIGN_IN_MS / 1_000);
    sendElsewhere(exchange, location);
  }

  async function finish(exchange: Exchange): Promise<void> {
    const state = openIdStateOf(exchange);
    dropOpenIdState(exchange);
    const callback = new URL(exchange.request.url ?? '', 'http://dashboard');
    const { role, subject, returnTo, name } = await told(openId.finish(callback, state));
    await startSession(services, exchange, { name: openIdActor({ name }), role }, 'openid', { subject });
    sendPage(exchange, 200, render('bounce', { title: 'Signed in', here: localPath(returnTo) }));
  }

  return {
    waysIn: [{ href: BEGIN_PATH, label: 'Sign in with your organization' }],
    routes: [
      { method: 'GET', path: BEGIN_PATH, serve: begin },
      { method: 'GET', path: CALLBACK_PATH, serve: finish },
    ],
  };
}

const IN_THE_CLEAR = {
  title: 'Not in the clear',
  message: 'Open the dashboard by https, or on the machine of the gateway, and sign in there.',
};

/** What the provider's part refuses, as a page with the way back. */
async function told<T>(attempt: Promise<T>): Promise<T> {
  try {
    return await attempt;
  } catch (fault) {
    if (!(fault instanceof OpenIdRefusal)) throw fault;
    throw new Refusal(fault.status, 'You are not signed in', fault.message, {
      href: '/ui/sign-in',
      label: 'To the sign-in page',
    });
  }
}
