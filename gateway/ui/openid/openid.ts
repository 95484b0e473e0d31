/**
 * Signing in to the dashboard by OpenID Connect: authorization code with PKCE, nonce and state. Nothing of a sign-in under
 * way is kept here, so that any gateway of a deployment finishes what another one began.
 */
import type { Role } from '../../admin/admin-keys';
import type { Settings } from '../../config/environment';
import type { Logger } from '../../log';
import { localPath } from '../local-path';
import { createBoundedFetch } from './bounded-fetch';
import { refusalByUserInfo, refusalOf } from './library-fault';
import { mergedClaims, personOf, saysEnough, type Claims } from './person';
import { CLOCK_TOLERANCE, createProvider, type KnownProvider } from './provider';
import { OpenIdRefusal } from './refusal';
import { createSeal, type SignInUnderWay } from './sealed-sign-in';

export interface OpenIdSignIn {
  readonly name: string;
  readonly role: Role;
  /** What the provider calls the person for ever. */
  readonly subject: string;
  /** Path of the dashboard. */
  readonly returnTo: string;
}

export interface OpenId {
  /**
   * @returns the provider's address to send the browser to, and what its cookie has to hold until it comes back
   * @throws OpenIdRefusal
   */
  begin(asked: { readonly returnTo: string }): Promise<{ readonly location: string; readonly state: string }>;
  /**
   * Go on to `returnTo` by a page that leads there, not by a redirect: the browser comes from another site's page, and
   * sends no SameSite=Strict cookie along all redirects of that.
   *
   * @param callbackUrl as the browser came back; only its query counts
   * @param state what the cookie holds, or nothing where there is none; take the cookie away whatever comes of it
   * @throws OpenIdRefusal
   */
  finish(callbackUrl: URL, state: string): Promise<OpenIdSignIn>;
}

export type OpenIdTerms = Pick<
  Settings,
  | 'masterKey'
  | 'oidcIssuerUrl'
  | 'oidcClientId'
  | 'oidcClientSecret'
  | 'oidcAccessUrl'
  | 'oidcScopes'
  | 'oidcGroupsClaim'
  | 'oidcNameClaim'
  | 'oidcAdminGroups'
  | 'oidcViewerGroups'
>;

export interface OpenIdLimits {
  /** Milliseconds for one answer of the provider, to its last byte. @default 10000 */
  readonly answerMs?: number;
  /** Milliseconds that what the provider says of itself holds. @default 900000 */
  readonly freshMs?: number;
}

export const CALLBACK_PATH = '/ui/sign-in/openid/callback';
/** Milliseconds from the provider's page back to ours. */
export const SIGN_IN_MS = 10 * 60 * 1_000;
const DEFAULT_SCOPES = ['openid', 'profile', 'email', 'groups'];
/** Characters; codes have at most some thousands. */
const LONGEST_CALLBACK = 8_192;
/** Sign-ins that wait for the provider in one process. */
const MOST_UNDER_WAY = 32;

/** @returns undefined where no provider is set. Nobody is asked before somebody signs in. */
export function createOpenId(
  terms: OpenIdTerms,
  logger: Logger,
  now: () => Date,
  { answerMs = 10_000, freshMs = 15 * 60 * 1_000 }: OpenIdLimits = {},
): OpenId | undefined {
  const {
    oidcIssuerUrl: issuerUrl,
    oidcClientId: clientId,
    oidcClientSecret: clientSecret,
    oidcAccessUrl: accessUrl,
  } = terms;
  if (
    issuerUrl === undefined ||
    clientId === undefined ||
    clientSecret === undefined ||
    accessUrl === undefined
  )
    return undefined;
  const provider = createProvider(
    { issuerUrl, clientId, clientSecret },
    { fetch: createBoundedFetch(answerMs), now, freshMs },
  );
  const seal = createSeal(terms.masterKey, JSON.stringify([issuerUrl, clientId, accessUrl]));
  const redirectUri = `${accessUrl}${CALLBACK_PATH}`;
  let underWay = 0;

  async function told<T>(attempt: () => Promise<T>): Promise<T> {
    try {
      return await attempt();
    } catch (fault) {
      const refusal = refusalOf(fault);
      const { code, reason, status } = refusal;
      const isOurs = status >= 500;
      logger[isOurs ? 'warn' : 'info']('a sign-in by OpenID Connect was refused', { code, reason });
      throw refusal;
    }
  }

  async function claimsOf(known: KnownProvider, query: string, signIn: SignInUnderWay): Promise<Claims> {
    const { library, configuration } = known;
    const callback = new URL(redirectUri);
    callback.search = query;
    const issuer = callback.searchParams.get('iss');
    if (issuer !== null && issuer !== known.issuer) throw new OpenIdRefusal('issuer_mismatch', 'iss');
    const tokens = await library.authorizationCodeGrant(configuration, callback, {
      pkceCodeVerifier: signIn.verifier,
      expectedNonce: signIn.nonce,
      expectedState: signIn.state,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (claims === undefined) throw new OpenIdRefusal('provider_answer_invalid', 'id_token');
    // The library looks at the end of its validity alone.
    if (claims.iat > now().getTime() / 1_000 + CLOCK_TOLERANCE) throw new OpenIdRefusal('clock_off', 'iat');
    if (saysEnough(claims, terms) || !known.hasUserInfo) return claims;
    const more = await library
      .fetchUserInfo(configuration, tokens.access_token, claims.sub)
      .catch((fault: unknown) => {
        throw refusalByUserInfo(fault);
      });
    return mergedClaims(claims, more);
  }

  return {
    begin: ({ returnTo }) =>
      told(async () => {
        const { library, configuration, scopes } = await provider();
        const signIn: SignInUnderWay = {
          verifier: library.randomPKCECodeVerifier(),
          nonce: library.randomNonce(),
          state: library.randomState(),
          returnTo: localPath(returnTo),
          begunAt: now().getTime(),
        };
        const location = library.buildAuthorizationUrl(configuration, {
          redirect_uri: redirectUri,
          scope: scopesOf(terms, scopes).join(' '),
          code_challenge: await library.calculatePKCECodeChallenge(signIn.verifier),
          code_challenge_method: 'S256',
          nonce: signIn.nonce,
          state: signIn.state,
        });
        return { location: location.href, state: seal.seal(signIn) };
      }),
    finish: (callbackUrl, state) =>
      told(async () => {
        const signIn = openSignIn(seal.open(state), now().getTime());
        const query = queryOf(callbackUrl, signIn);
        if (underWay >= MOST_UNDER_WAY) throw new OpenIdRefusal('busy');
        underWay += 1;
        try {
          const claims = await claimsOf(await provider(), query, signIn);
          return { ...personOf(claims, terms), returnTo: signIn.returnTo };
        } finally {
          underWay -= 1;
        }
      }),
  };
}

/** A scope that a provider does not know is an error with some, so the usual ones are only asked for where it lists them. */
const scopesOf = ({ oidcScopes }: OpenIdTerms, listed: readonly string[] | undefined): readonly string[] =>
  oidcScopes ??
  DEFAULT_SCOPES.filter((scope) => scope === 'openid' || listed === undefined || listed.includes(scope));

function openSignIn(signIn: SignInUnderWay | undefined, at: number): SignInUnderWay {
  if (signIn === undefined) throw new OpenIdRefusal('not_begun_here');
  const age = at - signIn.begunAt;
  // Another gateway, with another clock, may have begun it.
  if (age > SIGN_IN_MS || age < -CLOCK_TOLERANCE * 1_000) throw new OpenIdRefusal('expired');
  return signIn;
}

function queryOf(callbackUrl: URL, { state }: SignInUnderWay): string {
  const { search } = callbackUrl;
  if (search.length > LONGEST_CALLBACK) throw new OpenIdRefusal('callback_invalid', 'too long');
  const given = new URLSearchParams(search);
  const states = given.getAll('state');
  if (states.length !== 1 || states[0] !== state) throw new OpenIdRefusal('state_mismatch');
  if (!given.has('code') && !given.has('error')) throw new OpenIdRefusal('callback_invalid', 'no code');
  return search;
}
