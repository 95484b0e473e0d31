/** The environment variables of signing in to the dashboard by OpenID Connect. */
import { optional, variable } from './variable';
import { headerValue } from './variable-values';

const LONGEST_URL = 1_024;
const LONGEST_NAME = 256;
const MOST_SCOPES = 32;
const MOST_GROUPS = 200;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Whether nobody can read on the way what is sent there: https, or this machine. */
export const isPrivateAddress = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname));

function privateUrl(value: string): URL {
  if (value.length > LONGEST_URL) throw new Error(`may have ${LONGEST_URL} characters at most`);
  const parsed = URL.canParse(value) ? new URL(value) : undefined;
  if (parsed === undefined || !isPrivateAddress(parsed))
    throw new Error(
      `must be a URL that starts with https:// (http:// on this machine only), not "${value.slice(0, 200)}"`,
    );
  if (parsed.username !== '' || parsed.password !== '' || parsed.search !== '' || parsed.hash !== '')
    throw new Error('must be a URL without user, query and fragment');
  return parsed;
}

/** Kept as it is written: a slash at its end is part of an issuer's name. */
function issuer(value: string): string {
  if (privateUrl(value).pathname.includes('/.well-known/'))
    throw new Error('must be the issuer itself, without "/.well-known/openid-configuration" behind it');
  return value;
}

function origin(value: string): string {
  const parsed = privateUrl(value);
  if (parsed.pathname !== '/')
    throw new Error(
      `must be where the dashboard is, without a path, such as "https://ai.example.com", not "${value.slice(0, 200)}"`,
    );
  return parsed.origin;
}

function name(value: string): string {
  if (value.length > LONGEST_NAME || !/^[\x21-\x7e]+$/.test(value))
    throw new Error(`must be printable ASCII without blanks, of ${LONGEST_NAME} characters at most`);
  return value;
}

function scopes(value: string): readonly string[] {
  const named = value.split(/[ ,]+/, MOST_SCOPES + 1).filter((each) => each !== '');
  if (named.length > MOST_SCOPES) throw new Error(`may name ${MOST_SCOPES} scopes at most`);
  for (const scope of named) name(scope);
  if (!named.includes('openid'))
    throw new Error('must name the scope "openid": without it nobody is told who signed in');
  return named;
}

/** By commas; as a JSON list where a name holds a comma, as names of a directory do. */
function groups(value: string): ReadonlySet<string> {
  const named = value.trim().startsWith('[') ? groupsOfList(value) : value.split(',', MOST_GROUPS + 1);
  const found = new Set(named.map((each) => each.trim()));
  if (named.length > MOST_GROUPS) throw new Error(`may name ${MOST_GROUPS} groups at most`);
  if (found.size === 0) found.add('');
  for (const group of found)
    if (group === '' || group.length > LONGEST_NAME)
      throw new Error(`must name groups of 1 to ${LONGEST_NAME} characters by commas`);
  return found;
}

function groupsOfList(value: string): string[] {
  let list: unknown;
  try {
    list = JSON.parse(value);
  } catch {
    list = undefined;
  }
  if (!Array.isArray(list) || !list.every((each) => typeof each === 'string'))
    throw new Error('must be names of groups by commas, or a JSON list ["name", "other name"]');
  return list;
}

export const OPENID_VARIABLES = {
  oidcIssuerUrl: optional({
    name: 'GATEWAY_OIDC_ISSUER_URL',
    parse: issuer,
    unset: 'none: people sign in to the dashboard with keys',
    meaning:
      'OpenID Connect provider that people sign in to the dashboard with, as it names itself in its tokens.',
  }),
  oidcClientId: optional({
    name: 'GATEWAY_OIDC_CLIENT_ID',
    parse: name,
    meaning: "Id of the dashboard's client at the provider.",
  }),
  oidcClientSecret: optional({
    name: 'GATEWAY_OIDC_CLIENT_SECRET',
    secret: true,
    parse: headerValue,
    meaning: 'Secret of that client.',
  }),
  oidcAccessUrl: optional({
    name: 'GATEWAY_OIDC_ACCESS_URL',
    parse: origin,
    meaning:
      'Where browsers reach the dashboard, such as "https://ai.example.com". The provider has to know the redirect URI that is this with /ui/sign-in/openid/callback behind it.',
  }),
  oidcScopes: optional({
    name: 'GATEWAY_OIDC_SCOPES',
    parse: scopes,
    unset: 'openid profile email groups, without those that the provider does not list',
    meaning: 'Scopes that are asked for, by blanks.',
  }),
  oidcGroupsClaim: variable({
    name: 'GATEWAY_OIDC_GROUPS_CLAIM',
    fallback: 'groups',
    parse: name,
    meaning: "Claim with a person's groups, of the ID token or of userinfo.",
  }),
  oidcAdminGroups: variable<ReadonlySet<string>>({
    name: 'GATEWAY_OIDC_ADMIN_GROUPS',
    fallback: new Set(),
    unset: 'none: nobody is an administrator that way',
    parse: groups,
    meaning:
      'Groups whose people administer, by commas or as a JSON list; exactly as the provider writes them. Whoever is also in one of the viewers administers.',
  }),
  oidcViewerGroups: variable<ReadonlySet<string>>({
    name: 'GATEWAY_OIDC_VIEWER_GROUPS',
    fallback: new Set(),
    unset: 'none: nobody may only look that way',
    parse: groups,
    meaning: 'Groups whose people may look at everything and change nothing. Nobody else gets in.',
  }),
  oidcNameClaim: variable({
    name: 'GATEWAY_OIDC_NAME_CLAIM',
    fallback: 'preferred_username',
    parse: name,
    meaning:
      'Claim with the name that the audit trail gives a person, behind "openid/"; "email" counts only where the provider says email_verified.',
  }),
} as const;

const NEEDED = ['oidcIssuerUrl', 'oidcClientId', 'oidcClientSecret', 'oidcAccessUrl'] as const;
const GROUPS = ['oidcAdminGroups', 'oidcViewerGroups'] as const;
type Key = (typeof NEEDED)[number] | (typeof GROUPS)[number];

const names = (keys: readonly Key[], word = ', '): string =>
  keys.map((key) => OPENID_VARIABLES[key].name).join(word);

/** Half a sign-in is none: said at the start, since people would only find a page that fails. */
export function openIdFaults(isSet: (key: Key) => boolean): string[] {
  const missing = NEEDED.filter((key) => !isSet(key));
  const hasGroups = GROUPS.some(isSet);
  if (missing.length === NEEDED.length && !hasGroups) return [];
  return [
    ...(missing.length === 0
      ? []
      : [
          `${names(NEEDED)} belong together: set all of them or none; ${names(missing)} ${missing.length === 1 ? 'is' : 'are'} not set.`,
        ]),
    ...(hasGroups
      ? []
      : [
          `${names(GROUPS, ' or ')} must name a group of people who may sign in to the dashboard: nobody gets in without one.`,
        ]),
  ];
}
