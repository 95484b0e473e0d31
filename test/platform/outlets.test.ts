/** What alerts, traces and metrics of the platform's gateway go out by. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AiPlatformProps } from '../../constructs/platform/ai-platform';
import { readSettings } from '../../gateway/config/environment';
import { isGiven } from '../../platform/secrets';
import { expectOk } from '../harness/terraform';
import { OUTLET_SECRETS, PlatformUnderTest, SECRETS, TLS_FILES } from './support';

const folder = mkdtempSync(join(tmpdir(), 'outlets-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Container {
  readonly env?: readonly string[];
  readonly upload?: readonly { readonly file: string; readonly content: string | null }[];
}

interface Made {
  readonly env: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
}

/** Environment and placed files of a service once Terraform has made them. */
async function made(props: Partial<AiPlatformProps>, vars: Readonly<Record<string, string>>) {
  const platform = await PlatformUnderTest.synthesize(props);
  try {
    const { state } = expectOk(
      await platform.terraform.apply({ vars: { ...SECRETS, ...TLS_FILES, ...vars } }),
    );
    const resources = state.values?.root_module?.resources ?? [];
    const of = (name: string): Container =>
      resources.find((each) => each.type === 'docker_container' && each.name === name)?.values ?? {};
    return (service: string): Made => ({
      env: Object.fromEntries(
        (of(service.replace('gateway', 'gateway_1')).env ?? []).map((each): [string, string] => {
          const at = each.indexOf('=');
          return [each.slice(0, at), each.slice(at + 1)];
        }),
      ),
      files: Object.fromEntries(
        (of(`${service}_files`).upload ?? []).map(({ file, content }) => [
          file.replace('/given/', ''),
          content,
        ]),
      ) as Readonly<Record<string, string>>,
    });
  } finally {
    platform.dispose();
  }
}

const ALERTS = {
  webhook: { signed: true },
  mail: { from: 'ai@example.com', to: ['ops@example.com', 'team@example.com'] },
  moreChannels: true,
} as const;

test('addresses and passwords of alerts reach the gateway in files, which takes them', async () => {
  const of = await made(
    { gateway: { alerts: ALERTS, telemetry: { langfuse: { url: 'https://langfuse.example.com' } } } },
    OUTLET_SECRETS,
  );
  const { env, files } = of('gateway');
  expect(files).toMatchObject({
    ALERT_WEBHOOK_URL: OUTLET_SECRETS['alert_webhook_url'],
    ALERT_WEBHOOK_SECRET: OUTLET_SECRETS['alert_webhook_secret'],
    ALERT_SMTP_URL: OUTLET_SECRETS['alert_smtp_url'],
    ALERT_MAIL_FROM: 'ai@example.com',
    ALERT_MAIL_TO: 'ops@example.com,team@example.com',
    ALERT_CHANNELS: OUTLET_SECRETS['alert_channels'],
    LANGFUSE_PUBLIC_KEY: OUTLET_SECRETS['site_langfuse_public_key'],
    LANGFUSE_SECRET_KEY: OUTLET_SECRETS['site_langfuse_secret_key'],
  });
  expect(env).toMatchObject({ LANGFUSE_HOST: 'https://langfuse.example.com' });
  const shown = JSON.stringify(env);
  for (const text of [...Object.values(OUTLET_SECRETS), 'ops@example.com']) expect(shown).not.toContain(text);
  // Nothing is named that the gateway would not read.
  const asRead = Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => {
      if (!/^(ALERT|LANGFUSE|OTEL|GATEWAY_MASTER)_/.test(name)) return [];
      const secret = name.replace(/_FILE$/, '');
      return [[secret, name.endsWith('_FILE') ? (files[secret] ?? '') : value]];
    }),
  );
  const settings = readSettings(asRead);
  expect(settings.alertMailTo).toEqual(['ops@example.com', 'team@example.com']);
  expect([...settings.alertChannels.keys()]).toEqual(['chat']);
  expect(settings.langfuseHost).toBe('https://langfuse.example.com');
});

test('an OTLP server of the site’s: headers in a file, one signal alone', async () => {
  const of = await made(
    {
      gateway: {
        telemetry: {
          otlp: {
            endpoint: 'https://otlp.example.com',
            headers: true,
            protocol: 'http/json',
            signals: ['traces'],
          },
        },
      },
    },
    { otlp_headers: 'authorization=Bearer%20abc,x-tenant=a' },
  );
  const { env, files } = of('gateway');
  expect(env).toMatchObject({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otlp.example.com',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_EXPORTER_OTLP_HEADERS_FILE: '/run/ai-platform/OTEL_EXPORTER_OTLP_HEADERS',
  });
  expect(env).not.toHaveProperty('OTEL_TRACES_EXPORTER');
  expect(files['OTEL_EXPORTER_OTLP_HEADERS']).toBe('authorization=Bearer%20abc,x-tenant=a');
});

test.each<[string, NonNullable<AiPlatformProps['collector']>, Record<string, string>]>([
  ['everything', { endpoint: 'https://otlp.example.com' }, {}],
  ['metrics alone', { prometheus: {} }, { OTEL_TRACES_EXPORTER: 'none' }],
  ['traces alone', { endpoint: 'http://tempo:4318', signals: ['traces'] }, { OTEL_METRICS_EXPORTER: 'none' }],
])(
  'the gateway sends %s to the collector, and what it hands on to nobody is not sent',
  async (_, collector, env) => {
    const of = await made({ collector }, {});
    const found = of('gateway').env;
    expect(found['OTEL_EXPORTER_OTLP_ENDPOINT']).toBe('http://collector:4318');
    expect(Object.fromEntries(Object.entries(found).filter(([name]) => name.endsWith('_EXPORTER')))).toEqual(
      env,
    );
  },
);

test('the collector gets its credential as it was given, with each dollar twice, as it wants it', async () => {
  const of = await made(
    { collector: { endpoint: 'https://otlp.example.com', credentialHeader: 'x-key' } },
    { collector_credential: OUTLET_SECRETS['collector_credential'] ?? '' },
  );
  const { files } = of('collector');
  expect(files['credential']).toBe(OUTLET_SECRETS['collector_credential']?.replaceAll('$', '$$$$'));
});

test('“up” asks for what others have made, and makes the rest', () => {
  const given = Object.keys({ ...OUTLET_SECRETS, otlp_headers: '' }).filter((name) =>
    isGiven({ name, isOptional: false }),
  );
  expect(given.sort()).toEqual(
    [...Object.keys(OUTLET_SECRETS).filter((name) => name !== 'alert_webhook_secret'), 'otlp_headers'].sort(),
  );
});
