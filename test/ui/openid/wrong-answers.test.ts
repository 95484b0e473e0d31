import { createProvider } from '../../../gateway/ui/openid/provider';
import { startBentProvider, type BentProvider } from '../../standins/openid/bent-provider';
import { signIn } from './support/bent';
import { CLIENT, codeOf, entrance, refusalOf } from './support/terms';

let provider: BentProvider;
const HOUR = 3_600;
const seconds = (): number => Math.floor(Date.now() / 1_000);

beforeAll(async () => {
  provider = await startBentProvider(CLIENT.id, CLIENT.secret);
});
afterAll(() => provider.close());
beforeEach(() => {
  Object.assign(provider, {
    description: {},
    claims: {},
    userInfo: {},
    alg: 'RS256',
    signsWithAnother: false,
    answers: {},
  });
  provider.asked.length = 0;
  provider.tokenRequests.length = 0;
});

test('a right answer lets in, with the client told by its header', async () => {
  expect(await signIn(entrance(provider.issuer), provider)).toEqual({
    name: 'lena',
    role: 'admin',
    subject: 'lena',
    returnTo: '/ui',
  });
  expect(provider.asked).toEqual(['discovery', 'token', 'jwks']);
  const [request] = provider.tokenRequests;
  expect(request?.authorization).toMatch(/^Basic /);
  expect([...(request?.form.keys() ?? [])].sort()).toEqual([
    'code',
    'code_verifier',
    'grant_type',
    'redirect_uri',
  ]);
});

test('a provider that takes the secret in the form alone gets it there', async () => {
  provider.description = { token_endpoint_auth_methods_supported: ['client_secret_post'] };
  await signIn(entrance(provider.issuer), provider);
  expect(provider.tokenRequests[0]?.form.get('client_secret')).toBe(CLIENT.secret);
  expect(provider.tokenRequests[0]?.authorization).toBeUndefined();
});

test.each<[string, Partial<BentProvider>, string]>([
  ['for another client', { claims: { aud: 'wiki' } }, 'audience_mismatch'],
  ['for several clients', { claims: { aud: ['wiki', CLIENT.id] } }, 'audience_mismatch'],
  ['by another client', { claims: { aud: ['wiki', CLIENT.id], azp: 'wiki' } }, 'audience_mismatch'],
  ['of another issuer', { claims: { iss: 'https://id.example.com' } }, 'issuer_mismatch'],
  ['without a nonce', { claims: { nonce: undefined } }, 'provider_answer_invalid'],
  ['with another nonce', { claims: { nonce: 'x' } }, 'nonce_mismatch'],
  ['signed with another key', { signsWithAnother: true }, 'signature_invalid'],
  ['without a signature', { alg: 'none' }, 'provider_answer_invalid'],
  ['signed with the secret', { alg: 'HS256' }, 'provider_answer_invalid'],
  [
    'signed with the secret, which is said to be right',
    { alg: 'HS256', description: { id_token_signing_alg_values_supported: ['HS256'] } },
    'provider_answer_invalid',
  ],
  [
    'without a signature, which is said to be right',
    { alg: 'none', description: { id_token_signing_alg_values_supported: ['none'] } },
    'provider_answer_invalid',
  ],
  ['that has ended', { claims: { iat: seconds() - 2 * HOUR, exp: seconds() - HOUR } }, 'clock_off'],
  ['of the future', { claims: { iat: seconds() + HOUR, exp: seconds() + 2 * HOUR } }, 'clock_off'],
  ['that holds later', { claims: { nbf: seconds() + HOUR } }, 'clock_off'],
  ['of nobody', { claims: { sub: undefined } }, 'provider_answer_invalid'],
  ['of an endless subject', { claims: { sub: 'x'.repeat(256) } }, 'subject_invalid'],
  ['whose groups are objects', { claims: { groups: [{ name: 'ai-admins' }] } }, 'groups_invalid'],
  [
    'with more groups than are looked at',
    { claims: { groups: [...Array(6_000).keys()].map(String) } },
    'groups_too_many',
  ],
  [
    'without the groups, which are too many for it',
    { claims: { groups: undefined, _claim_names: { groups: 'src1' } } },
    'groups_left_out',
  ],
  ['whose name has no end', { claims: { preferred_username: 'x'.repeat(500_000) } }, 'name_invalid'],
])('an ID token %s is refused', async (_, bent, code) => {
  Object.assign(provider, bent);
  expect(await codeOf(signIn(entrance(provider.issuer), provider))).toBe(code);
});

test('what userinfo says is of the same person, and does not overrule the ID token', async () => {
  const gateway = entrance(provider.issuer);
  provider.claims = { groups: ['finance'], preferred_username: undefined };
  provider.userInfo = { groups: ['ai-admins'], preferred_username: 'lena' };
  expect(await signIn(gateway, provider)).toMatchObject({ name: 'lena', role: 'viewer' });
  provider.userInfo = { sub: 'otto', preferred_username: 'lena' };
  expect(await codeOf(signIn(gateway, provider))).toBe('subject_invalid');
});

test('userinfo that refuses the token says nothing of the client', async () => {
  provider.claims = { preferred_username: undefined };
  provider.answers = {
    userinfo: (response) =>
      void response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end(),
  };
  expect(await refusalOf(signIn(entrance(provider.issuer), provider))).toMatchObject({
    code: 'provider_answer_invalid',
    reason: 'userinfo refuses the token',
  });
});

test('the word that an address is verified is taken for that address alone', async () => {
  const gateway = entrance(provider.issuer, { GATEWAY_OIDC_NAME_CLAIM: 'email' });
  provider.claims = { email: 'lena@example.com' };
  provider.userInfo = { email: 'lena@example.com', email_verified: true };
  expect(await signIn(gateway, provider)).toMatchObject({ name: 'lena@example.com' });
  provider.userInfo = { email: 'l@example.com', email_verified: true };
  expect(await codeOf(signIn(gateway, provider))).toBe('email_unverified');
  provider.claims = {};
  expect(await signIn(gateway, provider)).toMatchObject({ name: 'l@example.com' });
});

test('a description of another issuer is refused', async () => {
  for (const issuer of ['https://id.example.com', `${provider.issuer}/`, `${provider.issuer}/v2.0`]) {
    provider.description = { issuer };
    const refused = codeOf(signIn(entrance(provider.issuer), provider));
    expect(await refused).toBe('issuer_mismatch');
  }
});

test('a provider that speaks for many issuers at once is refused', async () => {
  // The library makes an exception for this host, which nobody here can be.
  const known = createProvider(
    { issuerUrl: 'https://login.microsoftonline.com/common/v2.0', clientId: 'x', clientSecret: 'x' },
    {
      fetch: () =>
        Promise.resolve(
          Response.json({
            issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0',
            authorization_endpoint: 'https://login.microsoftonline.com/common/oauth2/v2.0/authorize',
            token_endpoint: 'https://login.microsoftonline.com/common/oauth2/v2.0/token',
            jwks_uri: 'https://login.microsoftonline.com/common/discovery/v2.0/keys',
          }),
        ),
      now: () => new Date(),
      freshMs: 1_000,
    },
  );
  expect(await codeOf(known())).toBe('issuer_mismatch');
});

test('a description without a way to sign in is refused', async () => {
  for (const name of ['authorization_endpoint', 'token_endpoint', 'jwks_uri'])
    for (const value of [
      undefined,
      7,
      'x',
      'http://id.example.com/',
      'javascript:alert(1)',
      `${provider.issuer}/${'x'.repeat(3_000)}`,
    ]) {
      provider.description = { [name]: value };
      expect(await codeOf(entrance(provider.issuer).begin({ returnTo: '/ui' }))).toBe(
        'provider_answer_invalid',
      );
    }
});

test('scopes that the provider does not list are not asked for, unless they were set', async () => {
  provider.description = { scopes_supported: ['openid', 'email', 'offline_access'] };
  const scopeOf = async (changes = {}) =>
    new URL((await entrance(provider.issuer, changes).begin({ returnTo: '/ui' })).location).searchParams.get(
      'scope',
    );
  expect(await scopeOf()).toBe('openid email');
  expect(await scopeOf({ GATEWAY_OIDC_SCOPES: 'openid groups' })).toBe('openid groups');
});

test('a new key of the provider is fetched, and the keys are not fetched for each sign-in', async () => {
  const gateway = entrance(provider.issuer);
  await signIn(gateway, provider);
  await signIn(gateway, provider);
  expect(provider.asked).toEqual(['discovery', 'token', 'jwks', 'token']);
});
