import { startOpenIdProvider, Visitor, type OpenIdProvider } from '../../standins/openid/provider';
import { CLIENT, codeOf, entrance, REDIRECT_URI, type Entrance } from './support/terms';

const PEOPLE = {
  lena: { preferred_username: 'lena', groups: ['staff', 'ai-admins'] },
  otto: { preferred_username: 'otto', groups: ['finance'] },
  both: { preferred_username: 'both', groups: ['ai-viewers', 'ai-admins'] },
  mia: { preferred_username: 'mia' },
  none: { preferred_username: 'none', groups: [] },
  sam: { preferred_username: 'sam', groups: ['AI-Admins', 'ai-admins ', 'ai'] },
  nameless: { groups: ['ai-admins'] },
  mail: { email: 'mail@example.com', email_verified: true, groups: ['ai-admins'] },
  spoof: { email: 'lena@example.com', email_verified: false, groups: ['ai-admins'] },
  many: {
    preferred_username: 'many',
    groups: [...Array.from({ length: 4_000 }, (_, number) => `group-${number}`), 'ai-viewers'],
  },
};
const OTHER = {
  id: 'wiki',
  secret: 'the-secret-of-the-wiki',
  redirectUri: REDIRECT_URI,
};

let provider: OpenIdProvider;
let open: Entrance;

beforeAll(async () => {
  provider = await startOpenIdProvider({ clients: [CLIENT, OTHER], people: PEOPLE });
  open = entrance(provider.issuer);
});
afterAll(() => provider.close());

/** From the dashboard's button back to the dashboard. */
async function goThrough(person: string | undefined, gateway: Entrance = open, returnTo = '/ui') {
  const { location, state } = await gateway.begin({ returnTo });
  return { location, state, callback: await new Visitor().signIn(location, person) };
}

const signIn = async (person: string, gateway: Entrance = open, returnTo?: string) => {
  const { callback, state } = await goThrough(person, gateway, returnTo);
  return gateway.finish(callback, state);
};

describe('signing in with a real provider', () => {
  test('asks with PKCE, nonce, state and the scopes the provider lists', async () => {
    const { location } = await open.begin({ returnTo: '/ui' });
    const { origin, searchParams } = new URL(location);
    expect(origin).toBe(provider.issuer);
    expect(Object.fromEntries(searchParams)).toEqual({
      client_id: 'dashboard',
      response_type: 'code',
      redirect_uri: REDIRECT_URI,
      scope: 'openid profile email groups',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/) as string,
      code_challenge_method: 'S256',
      nonce: expect.stringMatching(/^[\w-]{43}$/) as string,
      state: expect.stringMatching(/^[\w-]{43}$/) as string,
    });
  });

  test.each([
    ['lena', 'admin'],
    ['otto', 'viewer'],
    ['both', 'admin'],
    ['many', 'viewer'],
  ])('%s gets in as %s', async (person, role) => {
    expect(await signIn(person, open, '/ui/keys?sort=spend')).toEqual({
      name: person,
      role,
      subject: person,
      returnTo: '/ui/keys?sort=spend',
    });
  });

  test.each([
    ['mia', 'groups_missing'],
    ['none', 'not_in_a_group'],
    ['sam', 'not_in_a_group'],
    ['nameless', 'name_missing'],
    [undefined, 'denied'],
  ])('%s is refused: %s', async (person, code) => {
    const { callback, state } = await goThrough(person);
    expect(await codeOf(open.finish(callback, state))).toBe(code);
  });

  test('an e-mail address is a name only where it is verified', async () => {
    const byMail = entrance(provider.issuer, { GATEWAY_OIDC_NAME_CLAIM: 'email' });
    expect(await signIn('mail', byMail)).toMatchObject({ name: 'mail@example.com' });
    expect(await codeOf(signIn('spoof', byMail))).toBe('email_unverified');
  });

  test('groups and name are found in userinfo as well', async () => {
    const thrifty = await startOpenIdProvider({ clients: [CLIENT], people: PEOPLE, claimsIn: 'userinfo' });
    try {
      const gateway = entrance(thrifty.issuer);
      expect(await signIn('lena', gateway)).toMatchObject({ name: 'lena', role: 'admin' });
      expect(await codeOf(signIn('mia', gateway))).toBe('groups_missing');
    } finally {
      await thrifty.close();
    }
  });
});

describe('what comes back', () => {
  test('is good once', async () => {
    const { callback, state } = await goThrough('lena');
    await open.finish(callback, state);
    expect(await codeOf(open.finish(callback, state))).toBe('code_refused');
  });

  test('is finished by any gateway with the same settings, and by no other', async () => {
    const { callback, state } = await goThrough('lena');
    const otherMaster = entrance(provider.issuer, {
      GATEWAY_MASTER_KEY: 'sk-fedcba9876543210fedcba9876543210',
    });
    expect(await codeOf(otherMaster.finish(callback, state))).toBe('not_begun_here');
    const otherClient = entrance(provider.issuer, { GATEWAY_OIDC_CLIENT_ID: 'wiki' });
    expect(await codeOf(otherClient.finish(callback, state))).toBe('not_begun_here');
    expect(await entrance(provider.issuer).finish(callback, state)).toMatchObject({ name: 'lena' });
  });

  test('is of the browser that began: another one has no cookie, or its own', async () => {
    const { callback } = await goThrough('lena');
    expect(await codeOf(open.finish(callback, ''))).toBe('not_begun_here');
    const { state: ofAnother } = await open.begin({ returnTo: '/ui' });
    expect(await codeOf(open.finish(callback, ofAnother))).toBe('state_mismatch');
  });

  test('has the state it was sent with, once', async () => {
    const { callback, state } = await goThrough('lena');
    for (const change of [
      (url: URL) => url.searchParams.set('state', 'x'.repeat(43)),
      (url: URL) => url.searchParams.delete('state'),
      (url: URL) => url.searchParams.append('state', 'x'),
    ]) {
      const changed = new URL(callback);
      change(changed);
      expect(await codeOf(open.finish(changed, state))).toBe('state_mismatch');
    }
    expect(await open.finish(callback, state)).toMatchObject({ name: 'lena' });
  });

  test('has the nonce it was sent with', async () => {
    const { location, state } = await open.begin({ returnTo: '/ui' });
    const changed = new URL(location);
    changed.searchParams.set('nonce', 'another');
    const callback = await new Visitor().signIn(changed.href, 'lena');
    expect(await codeOf(open.finish(callback, state))).toBe('nonce_mismatch');
  });

  test('was asked for with the verifier that the cookie holds', async () => {
    const { location, state } = await open.begin({ returnTo: '/ui' });
    const changed = new URL(location);
    changed.searchParams.set('code_challenge', 'x'.repeat(43));
    const callback = await new Visitor().signIn(changed.href, 'lena');
    expect(await codeOf(open.finish(callback, state))).toBe('code_refused');
  });

  test('comes within ten minutes', async () => {
    const gateway = entrance(provider.issuer);
    const { callback, state } = await goThrough('lena', gateway);
    gateway.wait(10 * 60 * 1_000 + 1);
    expect(await codeOf(gateway.finish(callback, state))).toBe('expired');
  });

  test('is no code of another client', async () => {
    const { location, state } = await open.begin({ returnTo: '/ui' });
    const changed = new URL(location);
    changed.searchParams.set('client_id', OTHER.id);
    const callback = await new Visitor().signIn(changed.href, 'lena');
    expect(await codeOf(open.finish(callback, state))).toBe('code_refused');
  });

  test('names the provider', async () => {
    const { callback, state } = await goThrough('lena');
    callback.searchParams.set('iss', 'https://id.example.com');
    expect(await codeOf(open.finish(callback, state))).toBe('issuer_mismatch');
    callback.searchParams.delete('iss');
    expect(await codeOf(open.finish(callback, state))).toBe('provider_answer_invalid');
  });

  test('is an answer, and no longer than one', async () => {
    const { callback, state } = await goThrough('lena');
    const bare = new URL(callback);
    bare.searchParams.delete('code');
    expect(await codeOf(open.finish(bare, state))).toBe('callback_invalid');
    const long = new URL(callback);
    long.searchParams.set('code', 'x'.repeat(10_000));
    expect(await codeOf(open.finish(long, state))).toBe('callback_invalid');
  });
});

test('a wrong secret is said to be one', async () => {
  const gateway = entrance(provider.issuer, { GATEWAY_OIDC_CLIENT_SECRET: 'of-something-else' });
  const { callback, state } = await goThrough('lena', gateway);
  expect(await codeOf(gateway.finish(callback, state))).toBe('client_refused');
});

test('a cookie tells nothing, and a changed one is none', async () => {
  const { location, state } = await open.begin({ returnTo: '/ui/keys' });
  expect(Buffer.from(state, 'base64url').toString('latin1')).not.toContain('/ui/keys');
  expect(state.length).toBeLessThan(600);
  const callback = await new Visitor().signIn(location, 'lena');
  const changed = `${state.slice(0, 40)}${state[40] === 'A' ? 'B' : 'A'}${state.slice(41)}`;
  expect(await codeOf(open.finish(callback, changed))).toBe('not_begun_here');
});

test('clocks that are an hour off are said to be', async () => {
  for (const hour of [-3_600_000, 3 * 3_600_000]) {
    const gateway = entrance(provider.issuer);
    gateway.wait(hour);
    const { callback, state } = await goThrough('lena', gateway);
    expect(await codeOf(gateway.finish(callback, state))).toBe('clock_off');
  }
});

test('nothing that is secret is logged', () => {
  const log = open.lines.join('');
  expect(log).toContain('"code":"not_in_a_group"');
  expect(log).not.toContain(CLIENT.secret);
  // Tokens, codes, verifiers.
  expect(log).not.toMatch(/[\w-]{40,}/);
});
