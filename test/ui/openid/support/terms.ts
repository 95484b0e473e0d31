import { readSettings, type Environment } from '../../../../gateway/config/environment';
import { createOpenId, type OpenId, type OpenIdLimits } from '../../../../gateway/ui/openid/openid';
import type { OpenIdRefusal } from '../../../../gateway/ui/openid/refusal';
import { createLogger } from '../../../../gateway/log';

export const ACCESS_URL = 'http://127.0.0.1:9';
export const REDIRECT_URI = `${ACCESS_URL}/ui/sign-in/openid/callback`;
export const CLIENT = { id: 'dashboard', secret: 'the-secret-of-the-dashboard', redirectUri: REDIRECT_URI };

export const environmentFor = (issuer: string): Environment => ({
  GATEWAY_MASTER_KEY: 'sk-0123456789abcdef0123456789abcdef',
  GATEWAY_OIDC_ISSUER_URL: issuer,
  GATEWAY_OIDC_CLIENT_ID: CLIENT.id,
  GATEWAY_OIDC_CLIENT_SECRET: CLIENT.secret,
  GATEWAY_OIDC_ACCESS_URL: ACCESS_URL,
  GATEWAY_OIDC_ADMIN_GROUPS: 'ai-admins',
  GATEWAY_OIDC_VIEWER_GROUPS: 'ai-viewers,finance',
});

export interface Entrance extends OpenId {
  /** Everything that was logged. */
  readonly lines: readonly string[];
  /** Moves its clock on. */
  wait(ms: number): void;
}

/** A gateway's room for signing in, with a clock and a log of the test's own. */
export function entrance(issuer: string, changes: Environment = {}, limits: OpenIdLimits = {}): Entrance {
  const lines: string[] = [];
  let ahead = 0;
  const openId = createOpenId(
    readSettings({ ...environmentFor(issuer), ...changes }),
    createLogger('debug', (line) => void lines.push(line)),
    () => new Date(Date.now() + ahead),
    limits,
  );
  if (openId === undefined) throw new Error('nothing is set');
  return { ...openId, lines, wait: (ms) => void (ahead += ms) };
}

/** What is refused, by its code. */
export async function refusalOf(attempt: Promise<unknown>): Promise<OpenIdRefusal> {
  const refusal = await attempt.then(
    (result) => {
      throw new Error(`was not refused: ${JSON.stringify(result)}`);
    },
    (fault: unknown) => fault as OpenIdRefusal,
  );
  if (refusal.name !== 'OpenIdRefusal') throw refusal;
  return refusal;
}

export const codeOf = async (attempt: Promise<unknown>): Promise<string> => (await refusalOf(attempt)).code;
