/** Signing in with a key that is pasted: it is looked at once, and never kept, shown or written anywhere. */
import type { Principal } from '../admin/admin-keys';
import { noteAction } from '../admin/audit-trail';
import { principalOf } from '../admin/principal';
import { createTokenBuckets, type TokenBuckets } from '../concurrency/token-buckets';
import { GatewayError } from '../errors';
import type { Exchange } from '../http/exchange';
import { addressOf } from '../http/failed-credentials';
import type { Services } from '../services';
import { sendElsewhere, sendPage } from './answer';
import { readStrangersForm } from './form';
import { localPath, withQuery } from './local-path';
import type { OpenRoute } from './open-route';
import { credentialMark, startSession } from './session';
import type { Render } from './template';
import { isSafe } from './way-here';

/** Beside the key, such as the page of an identity provider. */
export interface WayIn {
  readonly href: string;
  readonly label: string;
}

export interface SignInOptions {
  readonly services: Services;
  readonly render: Render;
  readonly waysIn: readonly WayIn[];
}

/** As the trail names whoever failed: nobody knows who it was. */
const ACTOR = 'sign-in';
/** Failures that the trail takes along, of one address and of all; the log counts the rest. It is only ever added to. */
const NOTED_A_MINUTE = 6;
const NOTED_OF_ALL = 60;

export function signInRoutes({ services, render, waysIn }: SignInOptions): readonly OpenRoute[] {
  const ofOne = createTokenBuckets(NOTED_A_MINUTE, NOTED_A_MINUTE, services.now);
  const ofAll = createTokenBuckets(NOTED_OF_ALL, NOTED_OF_ALL, services.now);
  const show = (
    exchange: Exchange,
    status: number,
    more: Readonly<Record<string, unknown>> & { readonly next: string },
  ): void => {
    const ways = waysIn.map(({ href, label }) => ({
      href: withQuery(href, new URLSearchParams(), { next: more.next }),
      label,
    }));
    sendPage(
      exchange,
      status,
      render('sign-in', { title: 'Sign in', ...more, waysIn: ways, isSafe: isSafe(exchange) }),
    );
  };

  return [
    {
      method: 'GET',
      path: '/ui/sign-in',
      serve(exchange, query) {
        const notice = NOTICES[query.get('why') ?? ''];
        show(exchange, isSafe(exchange) ? 200 : 403, { next: localPath(query.get('next')), notice });
        return Promise.resolve();
      },
    },
    {
      method: 'POST',
      path: '/ui/sign-in',
      async serve(exchange) {
        const words = await readStrangersForm(services, exchange);
        const next = localPath(words.get('next'));
        if (!isSafe(exchange)) return show(exchange, 403, { next });
        // What is pasted has often a line end with it.
        const key = (words.get('key') ?? '').trim();
        let principal: Principal;
        try {
          principal = await principalOf(services, exchange, key);
        } catch (fault) {
          if (!(fault instanceof GatewayError) || fault.status >= 500) throw fault;
          await noteFailure(services, exchange, ofOne, ofAll);
          const isBounded = fault.code === 'too_many_failed_credentials';
          return show(exchange, fault.status, { next, fault: isBounded ? TOO_MANY : NO_KEY });
        }
        await startSession(services, exchange, principal, 'key', {
          credential: credentialMark(principal, key),
        });
        sendElsewhere(exchange, next);
      },
    },
  ];
}

const NO_KEY =
  'That is neither the master key nor an admin key that holds now. Admin keys are made by “contractor-workspace admins create”, and shown once.';
const TOO_MANY = 'Too many different keys came from this address. Wait a minute, and paste the right one.';

/** What the sign-in page says of how somebody got there. */
const NOTICES: Readonly<Record<string, string>> = {
  ended: 'Your session has ended. Sign in to go on where you were.',
  unsent: 'Your session had ended before the form came, so nothing was done. Sign in and send it again.',
  out: 'You are signed out.',
};

async function noteFailure(
  { database, logger }: Services,
  exchange: Exchange,
  ofOne: TokenBuckets,
  ofAll: TokenBuckets,
): Promise<void> {
  const address = addressOf(exchange);
  logger.warn('sign-in to the dashboard refused', { request_id: exchange.id, address });
  if (ofOne.take(address) !== undefined || ofAll.take('') !== undefined) return;
  await noteAction(database, {
    actor: ACTOR,
    action: 'ui/sign-in-refused',
    target: address,
    requestId: exchange.id,
    before: null,
    after: null,
  });
}
