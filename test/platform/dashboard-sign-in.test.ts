/** What the stack tells the gateway of its sign-in is what the gateway takes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'cdktf';
import type { AiPlatformProps } from '../../constructs/platform/ai-platform';
import { CoderServer } from '../../constructs/platform/coder-server';
import { CoderSignIn } from '../../constructs/platform/coder-sign-in';
import { readSettings } from '../../gateway/config/environment';
import { AiPlatformStack } from '../../src/stacks/ai-platform';

const folder = mkdtempSync(join(tmpdir(), 'dashboard-sign-in-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function settingsOf(props: Partial<AiPlatformProps>) {
  const stack = new AiPlatformStack(new App({ outdir: folder, stackTraces: false }), 'ai-platform', props);
  const text = [...stack.hclFiles().values()].join('\n');
  const found = [...text.matchAll(/"(GATEWAY_OIDC_[A-Z_]+)=((?:[^"\\]|\\.)*)"/g)].map(([, name, value]) => [
    name,
    JSON.parse(`"${value}"`) as string,
  ]);
  const { GATEWAY_OIDC_CLIENT_SECRET_FILE: file, ...environment } = Object.fromEntries(found) as Record<
    string,
    string
  >;
  return { file, text, environment };
}

test('the issuer of Coder’s own sign-in is the dashboard’s, and groups with commas stay whole', () => {
  const { environment, file, text } = settingsOf({
    coder: CoderServer.own({
      signIn: CoderSignIn.oidc({ issuerUrl: 'https://id.example.com/o/ai/', clientId: 'coder' }),
    }),
    gateway: {
      signIn: {
        clientId: 'ai',
        accessUrl: 'https://ai.example.com',
        adminGroups: ['CN=admins,OU=ai', 'a "b"'],
        viewerGroups: ['finance'],
        groupsClaim: 'roles',
        nameClaim: 'email',
        scopes: ['openid', 'roles'],
      },
    },
  });
  const settings = readSettings({
    GATEWAY_MASTER_KEY: 'sk-0123456789abcdef0123456789abcdef',
    GATEWAY_OIDC_CLIENT_SECRET: 'the-secret-of-the-dashboard',
    ...environment,
  });
  expect(settings).toMatchObject({
    oidcIssuerUrl: 'https://id.example.com/o/ai/',
    oidcClientId: 'ai',
    oidcAccessUrl: 'https://ai.example.com',
    oidcAdminGroups: new Set(['CN=admins,OU=ai', 'a "b"']),
    oidcViewerGroups: new Set(['finance']),
    oidcGroupsClaim: 'roles',
    oidcNameClaim: 'email',
    oidcScopes: ['openid', 'roles'],
  });
  expect(file).toMatch(/GATEWAY_OIDC_CLIENT_SECRET$/);
  expect(text).toContain('variable "gateway_oidc_client_secret"');
});

test('an issuer of its own goes before Coder’s', () => {
  const { environment } = settingsOf({
    coder: CoderServer.own({
      signIn: CoderSignIn.oidc({ issuerUrl: 'https://id.example.com', clientId: 'coder' }),
    }),
    gateway: {
      signIn: {
        clientId: 'ai',
        accessUrl: 'https://ai.example.com',
        issuerUrl: 'https://other.example.com',
        viewerGroups: ['finance'],
      },
    },
  });
  expect(environment).toMatchObject({ GATEWAY_OIDC_ISSUER_URL: 'https://other.example.com' });
});

test('without a sign-in there is nothing of it', () => {
  const { environment, text } = settingsOf({});
  expect(environment).toEqual({});
  expect(text).not.toContain('oidc');
});
