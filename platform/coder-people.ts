/** Who has to be known to Coder before anybody works: an administrator, and the account of the gateway. */
import { CliError } from '../terminal/fault';
import type { Coder } from './coder';

export interface Administrator {
  readonly username: string;
  readonly email: string;
  readonly password: string;
}

/** The gateway's account: it looks at workspaces and people, and may do nothing. */
const GATEWAY = { username: 'ai-gateway', email: 'ai-gateway@platform.invalid', name: 'AI gateway' };
/** What the gateway's token may do: https://coder.com/docs/reference/api/schemas#codersdkapikeyscope. */
const SCOPES = ['workspace:read', 'template:read', 'user:read'];
/** Coder lets an administrator's token live for a week at most, and this one longer. */
export const TOKEN_DAYS = 365;
const DAY_NANOSECONDS = 86_400 * 1e9;

/** @returns whether Coder has a first user */
export async function hasFirstUser(coder: Coder, stop: AbortSignal): Promise<boolean> {
  const { status } = await coder.ask('GET', '/api/v2/users/first', {}, stop);
  if (status === 200) return true;
  if (status === 404) return false;
  throw new CliError(`Coder does not say whether it has an administrator (HTTP ${status}).`);
}

export async function makeFirstUser(
  coder: Coder,
  { username, email, password }: Administrator,
  stop: AbortSignal,
): Promise<void> {
  await coder.must(
    'POST',
    '/api/v2/users/first',
    { body: { username, email, password, trial: false } },
    stop,
  );
}

/** @returns a session's token; nothing when Coder does not know this password */
export async function signIn(
  coder: Coder,
  { email, password }: Administrator,
  stop: AbortSignal,
): Promise<string | undefined> {
  const { status, body } = await coder.ask(
    'POST',
    '/api/v2/users/login',
    { body: { email, password } },
    stop,
  );
  const token = (body as { session_token?: unknown } | undefined)?.session_token;
  if (status < 300 && typeof token === 'string') return token;
  // Passwords may be switched off, changed, or the person renamed: a token is asked for then.
  if (status >= 400 && status < 500) return undefined;
  throw new CliError(`Coder does not let the administrator in (HTTP ${status}): its log says why.`);
}

/** @returns whether a token is one, and its person's name */
export async function whoHas(coder: Coder, token: string, stop: AbortSignal): Promise<string | undefined> {
  const { status, body } = await coder.ask('GET', '/api/v2/users/me', { token }, stop);
  const name = (body as { username?: unknown } | undefined)?.username;
  return status === 200 && typeof name === 'string' ? name : undefined;
}

interface User {
  readonly id: string;
  readonly username: string;
  readonly organization_ids?: readonly string[];
}

/**
 * Makes the gateway's account where there is none, and a token of it.
 *
 * @param token of an administrator
 */
export async function makeGatewayToken(coder: Coder, token: string, stop: AbortSignal): Promise<string> {
  const me = await coder.must<User>('GET', '/api/v2/users/me', { token }, stop);
  const { status } = await coder.ask('GET', `/api/v2/users/${GATEWAY.username}`, { token }, stop);
  if (status !== 200)
    await coder.must(
      'POST',
      '/api/v2/users',
      // Nobody signs in as it: it has a token and no password.
      { token, body: { ...GATEWAY, login_type: 'none', organization_ids: me.organization_ids ?? [] } },
      stop,
    );
  await coder.must(
    'PUT',
    `/api/v2/users/${GATEWAY.username}/roles`,
    { token, body: { roles: ['template-admin'] } },
    stop,
  );
  const made = await coder.must<{ key: string }>(
    'POST',
    `/api/v2/users/${GATEWAY.username}/keys/tokens`,
    {
      token,
      body: {
        lifetime: TOKEN_DAYS * DAY_NANOSECONDS,
        scopes: SCOPES,
        token_name: `ai-gateway-${new Date().toISOString().slice(0, 19).replace(/[-:T]/g, '')}`,
      },
    },
    stop,
  );
  return made.key;
}
