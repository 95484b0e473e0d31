/**
 * A real OpenID Connect provider with one page: a form that signs in whoever is named in it.
 *
 * Its environment says who there is: STANDIN_CLIENTS and STANDIN_PEOPLE, as JSON. It prints {"issuer": "…"}.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { OpenIdClient, OpenIdPeople } from './provider';

const SCOPES = 'openid profile email groups';

async function main(): Promise<void> {
  const { Provider } = await import('oidc-provider');
  const clients = JSON.parse(process.env['STANDIN_CLIENTS'] ?? '[]') as OpenIdClient[];
  const people = JSON.parse(process.env['STANDIN_PEOPLE'] ?? '{}') as OpenIdPeople;

  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const provider = new Provider(issuer, {
    clients: clients.map(({ id, secret, redirectUri }) => ({
      client_id: id,
      client_secret: secret,
      redirect_uris: [redirectUri],
    })),
    claims: {
      openid: ['sub'],
      profile: ['name', 'preferred_username'],
      email: ['email', 'email_verified'],
      groups: ['groups'],
    },
    scopes: SCOPES.split(' '),
    // Providers differ in it: here the ID token has the claims as well, unless it is told otherwise.
    conformIdTokenClaims: process.env['STANDIN_CLAIMS_IN'] === 'userinfo',
    cookies: { keys: ['of a test'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    findAccount: (_: unknown, id: string) =>
      people[id] && { accountId: id, claims: () => ({ ...people[id], sub: id }) },
    // Nobody is asked whether the application may know them.
    loadExistingGrant: async ({ oidc }: { oidc: Record<'client' | 'session', Record<string, string>> }) => {
      const grant = new provider.Grant({
        clientId: oidc.client['clientId'] ?? '',
        accountId: oidc.session['accountId'] ?? '',
      });
      grant.addOIDCScope(SCOPES);
      await grant.save();
      return grant;
    },
  });
  const answer = provider.callback();
  server.on('request', (request, response) => {
    const isForm = request.url?.startsWith('/interaction/') === true;
    if (!isForm) return answer(request, response);
    if (request.method === 'GET') {
      response.setHeader('content-type', 'text/html');
      response.end('<form method="post"><input name="person"><button>Sign in</button></form>');
      return;
    }
    void text(request).then((form) => {
      const person = new URLSearchParams(form).get('person') ?? '';
      const result =
        person === ''
          ? { error: 'access_denied', error_description: 'declined' }
          : { login: { accountId: person } };
      return provider.interactionFinished(request, response, result);
    });
  });
  process.stdout.write(`${JSON.stringify({ issuer })}\n`);
}

process.stdin.on('end', () => process.exit()).resume();
void main();
