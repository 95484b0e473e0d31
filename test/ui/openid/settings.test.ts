import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  EnvironmentError,
  readSettings,
  secretValues,
  type Environment,
} from '../../../gateway/config/environment';
import { OPENID_VARIABLES } from '../../../gateway/config/openid-variables';
import { createLogger } from '../../../gateway/log';
import { createOpenId } from '../../../gateway/ui/openid/openid';
import { REFUSALS } from '../../../gateway/ui/openid/refusal';
import { CLIENT, environmentFor } from './support/terms';

const WHOLE = environmentFor('https://id.example.com/realms/ai');

function faultsOf(changes: Environment): readonly string[] {
  try {
    readSettings({ ...WHOLE, ...changes });
    return [];
  } catch (fault) {
    if (fault instanceof EnvironmentError) return fault.faults;
    throw fault;
  }
}

test('what is set is read', () => {
  const settings = readSettings({
    ...WHOLE,
    GATEWAY_OIDC_ACCESS_URL: 'https://ai.example.com/',
    GATEWAY_OIDC_ISSUER_URL: 'https://id.example.com/o/ai/',
    GATEWAY_OIDC_SCOPES: 'openid, profile  roles',
    GATEWAY_OIDC_ADMIN_GROUPS: '["CN=admins,OU=ai", "root"]',
    GATEWAY_OIDC_VIEWER_GROUPS: ' finance , ai viewers',
  });
  expect(settings).toMatchObject({
    // The slash is part of its name.
    oidcIssuerUrl: 'https://id.example.com/o/ai/',
    oidcAccessUrl: 'https://ai.example.com',
    oidcScopes: ['openid', 'profile', 'roles'],
    oidcGroupsClaim: 'groups',
    oidcNameClaim: 'preferred_username',
    oidcAdminGroups: new Set(['CN=admins,OU=ai', 'root']),
    oidcViewerGroups: new Set(['finance', 'ai viewers']),
  });
  expect(secretValues(settings)).toContain(CLIENT.secret);
});

test('where nothing is set there is no such sign-in', () => {
  const { GATEWAY_MASTER_KEY } = WHOLE;
  const settings = readSettings({ GATEWAY_MASTER_KEY });
  expect(createOpenId(settings, createLogger('error'), () => new Date())).toBeUndefined();
});

test.each<[Environment, RegExp[]]>([
  [
    { GATEWAY_OIDC_ISSUER_URL: 'http://id.example.com' },
    [/ISSUER_URL must be a URL that starts with https:\/\/ .* not "http:\/\/id/],
  ],
  [{ GATEWAY_OIDC_ISSUER_URL: 'id.example.com' }, [/ISSUER_URL must be a URL/]],
  [
    { GATEWAY_OIDC_ISSUER_URL: 'https://a:b@id.example.com' },
    [/ISSUER_URL must be a URL without user, query and fragment/],
  ],
  [{ GATEWAY_OIDC_ISSUER_URL: 'https://id.example.com/?a' }, [/ISSUER_URL must be a URL without user/]],
  [
    { GATEWAY_OIDC_ISSUER_URL: 'https://id.example.com/.well-known/openid-configuration' },
    [/must be the issuer itself, without/],
  ],
  [
    { GATEWAY_OIDC_ISSUER_URL: `https://id.example.com/${'x'.repeat(2_000)}` },
    [/ISSUER_URL may have 1024 characters/],
  ],
  [{ GATEWAY_OIDC_ACCESS_URL: 'http://ai.example.com' }, [/ACCESS_URL must be a URL that starts with https/]],
  [
    { GATEWAY_OIDC_ACCESS_URL: 'https://ai.example.com/ui' },
    [/ACCESS_URL must be where the dashboard is, without a path/],
  ],
  [{ GATEWAY_OIDC_SCOPES: 'profile groups' }, [/SCOPES must name the scope "openid"/]],
  [{ GATEWAY_OIDC_SCOPES: 'openid "x' }, []],
  [{ GATEWAY_OIDC_SCOPES: Array(50).fill('openid').join(' ') }, [/SCOPES may name 32 scopes/]],
  [{ GATEWAY_OIDC_GROUPS_CLAIM: 'my groups' }, [/GROUPS_CLAIM must be printable ASCII without blanks/]],
  [{ GATEWAY_OIDC_ADMIN_GROUPS: 'a,,b' }, [/ADMIN_GROUPS must name groups of 1 to 256 characters/]],
  [{ GATEWAY_OIDC_ADMIN_GROUPS: '["a"' }, [/ADMIN_GROUPS must be names of groups by commas, or a JSON list/]],
  [{ GATEWAY_OIDC_ADMIN_GROUPS: '[]' }, [/ADMIN_GROUPS must name/]],
  [
    { GATEWAY_OIDC_ADMIN_GROUPS: Array.from({ length: 300 }, String).join(',') },
    [/ADMIN_GROUPS may name 200 groups/],
  ],
  [{ GATEWAY_OIDC_CLIENT_SECRET: '${SECRET}' }, [/CLIENT_SECRET \("\$\{SECRE…"\) names another variable/]],
  [
    { GATEWAY_OIDC_CLIENT_SECRET: '' },
    [/belong together: set all of them or none; GATEWAY_OIDC_CLIENT_SECRET is not set/],
  ],
  [
    { GATEWAY_OIDC_CLIENT_ID: '', GATEWAY_OIDC_ACCESS_URL: '' },
    [/GATEWAY_OIDC_CLIENT_ID, GATEWAY_OIDC_ACCESS_URL are not set/],
  ],
  [
    { GATEWAY_OIDC_ADMIN_GROUPS: '', GATEWAY_OIDC_VIEWER_GROUPS: '' },
    [
      /GATEWAY_OIDC_ADMIN_GROUPS or GATEWAY_OIDC_VIEWER_GROUPS must name a group .*nobody gets in without one/,
    ],
  ],
  [
    {
      GATEWAY_OIDC_ISSUER_URL: '',
      GATEWAY_OIDC_CLIENT_ID: '',
      GATEWAY_OIDC_CLIENT_SECRET: '',
      GATEWAY_OIDC_ACCESS_URL: '',
    },
    [/belong together/],
  ],
  [{ GATEWAY_OIDC_CLIENT_SECRET: WHOLE['GATEWAY_MASTER_KEY'] }, [/have the same value/]],
  [
    { GATEWAY_OIDC_CLIENT_SECRET: '', GATEWAY_OIDC_CLIENT_SECRET_FILE: '/nowhere/secret' },
    [/GATEWAY_OIDC_CLIENT_SECRET_FILE: \/nowhere\/secret cannot be read/],
  ],
  [{ GATEWAY_OIDC_ISSUER: 'https://id.example.com' }, [/Did you mean GATEWAY_OIDC_ISSUER_URL/]],
])('%j is refused with as many sentences', (changes, sentences) => {
  expect(faultsOf(changes)).toEqual(sentences.map((sentence) => expect.stringMatching(sentence) as string));
});

test('the document says each setting and each refusal', () => {
  const text = readFileSync(join(__dirname, '../../../docs/dashboard-sign-in.md'), 'utf8');
  for (const { name } of Object.values(OPENID_VARIABLES)) expect(text).toContain(`\`${name}\``);
  for (const code of Object.keys(REFUSALS)) expect(text).toContain(`\`${code}\``);
});

test('a sentence tells a person what to do', () => {
  for (const { message, status } of Object.values(REFUSALS)) {
    expect(message).toMatch(/^[A-Z].*\.$/);
    expect(message.split('. ').length).toBeGreaterThan(1);
    expect([400, 403, 502, 503]).toContain(status);
  }
});
