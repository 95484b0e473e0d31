import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '../../gateway/config/environment';
import { startAnthropicStandin, type AnthropicStandin } from '../standins/anthropic';
import {
  startBedrockStandin,
  startCredentialService,
  type BedrockStandin,
  type CredentialService,
} from '../standins/bedrock';
import { MASTER_KEY, startTestGateway, type TestGateway } from './support/gateway';
import { startStore, type TestStore } from './support/store';

const HOUR = 3_600_000;
const hi = { max_tokens: 10, messages: [{ role: 'user', content: 'hi' }] };
const METADATA = 'AWS_EC2_METADATA_SERVICE_ENDPOINT';

describe('Bedrock is asked', () => {
  let store: TestStore;
  let standin: AnthropicStandin;
  let bedrock: BedrockStandin;
  let service: CredentialService;
  let folder: string;
  const former = process.env[METADATA];

  beforeAll(async () => {
    [store, standin, bedrock] = await Promise.all([
      startStore(),
      startAnthropicStandin(),
      startBedrockStandin({ region: 'eu-central-1' }),
    ]);
    service = await startCredentialService(bedrock.keys);
    folder = await mkdtemp(join(tmpdir(), 'gateway-bedrock-'));
    // Read by AWS's own client, from the process.
    process.env[METADATA] = service.url;
  });
  afterAll(async () => {
    if (former === undefined) delete process.env[METADATA];
    else process.env[METADATA] = former;
    await Promise.all([service.close(), bedrock.close(), standin.close(), store.remove()]);
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    bedrock.reset();
    standin.reset();
    service.lifeMs = HOUR;
    service.isDown = false;
  });

  async function withGateway(env: Record<string, string>, use: (gateway: TestGateway) => Promise<void>) {
    const { AWS_REGION, AWS_ENDPOINT_URL_BEDROCK_RUNTIME } = bedrock.env;
    const places = { AWS_REGION, AWS_ENDPOINT_URL_BEDROCK_RUNTIME };
    const gateway = await startTestGateway({
      store,
      standin,
      env: { ...places, ...env },
      limits: { coolDownMs: 0 },
    });
    try {
      await use(gateway);
      // Whatever was asked and answered: no secret of AWS's gets into the log.
      const secrets = [service.containerToken, bedrock.bearer, bedrock.key.secretAccessKey];
      for (const request of bedrock.requests)
        secrets.push(String(request.headers.authorization), String(request.headers['x-amz-security-token']));
      for (const secret of secrets.filter((each) => each !== 'undefined'))
        expect(gateway.logs.join('')).not.toContain(secret);
    } finally {
      await gateway.close();
    }
  }
  const ask = async (gateway: TestGateway, model = 'bedrock-claude-sonnet', stream = false) =>
    gateway.chat(await gateway.workspaceKey(), { ...hi, model, stream });
  const signers = () =>
    bedrock.requests.map(({ headers }) => /Credential=([^/]+)/.exec(headers.authorization ?? '')?.[1]);

  test('with a bearer key, before all others', () =>
    withGateway({ ...bedrock.env, AWS_BEARER_TOKEN_BEDROCK: bedrock.bearer }, async (gateway) => {
      for (const stream of [false, true]) expect((await ask(gateway, undefined, stream)).status).toBe(200);
      expect(bedrock.requests.map(({ headers }) => headers.authorization)).toEqual([
        `Bearer ${bedrock.bearer}`,
        `Bearer ${bedrock.bearer}`,
      ]);
      expect(bedrock.requests[0]?.headers).not.toHaveProperty('x-amz-date');
    }));

  test('with an access key and its session token', async () => {
    const { accessKeyId, secretAccessKey, sessionToken = '' } = bedrock.keys.issue(Date.now() + HOUR);
    const env = {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    };
    await withGateway(env, async (gateway) => {
      expect((await ask(gateway)).status).toBe(200);
      expect(bedrock.requests[0]?.headers['x-amz-security-token']).toBe(sessionToken);
    });
  });

  test('never with a wrong key: the client hears of it without a word of what was signed', () =>
    withGateway(
      { ...bedrock.env, AWS_SECRET_ACCESS_KEY: 'not the one that belongs to it' },
      async (gateway) => {
        const answer = await ask(gateway);
        expect(answer.status).toBe(502);
        expect(answer.text).not.toMatch(/signature|Canonical|AKIA/i);
        expect(bedrock.requests[0]?.refusedBy).toBe('caller');
        // Another provider that serves the model is asked instead.
        const other = await ask(gateway, 'claude-sonnet');
        expect(other.headers.get('x-gateway-deployment')).toContain('anthropic/');
      },
    ));

  test("with a container's credentials, renewed before they expire, and again when AWS refuses them", async () => {
    const file = join(folder, 'token');
    await writeFile(file, service.containerToken);
    const env = {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${service.url}/credentials`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file,
    };
    await withGateway(env, async (gateway) => {
      const before = service.asked;
      // So short that the next call waits for new ones.
      service.lifeMs = 50_000;
      expect((await ask(gateway)).status).toBe(200);
      expect((await ask(gateway)).status).toBe(200);
      expect(service.asked - before).toBe(2);
      service.lifeMs = HOUR;
      expect((await ask(gateway)).status).toBe(200);
      expect((await ask(gateway, undefined, true)).status).toBe(200);
      expect(service.asked - before).toBe(3);
      const [first, second, third, fourth] = signers();
      expect(new Set([first, second, third]).size).toBe(3);
      expect(fourth).toBe(third);
    });
  });

  test('not without credentials: 502, never 401; the service is asked once in a while; Anthropic answers', () =>
    withGateway(
      {
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `${service.url}/credentials`,
        AWS_CONTAINER_AUTHORIZATION_TOKEN: 'of another container',
      },
      async (gateway) => {
        const before = service.asked;
        const first = await ask(gateway);
        const asked = service.asked - before;
        expect(first.status).toBe(502);
        expect(first.json.error.message).toContain('no credentials for AWS');
        expect(first.headers.get('x-should-retry')).toBe('false');
        expect(first.text).not.toContain('127.0.0.1');
        const more = await Promise.all(Array.from({ length: 10 }, () => ask(gateway)));
        expect(more.map(({ status }) => status)).toEqual(Array(10).fill(502));
        expect(bedrock.requests).toHaveLength(0);
        expect(asked).toBeGreaterThan(0);
        expect((await ask(gateway, 'claude-sonnet')).status).toBe(200);
      },
    ));

  test("with an instance's credentials, when it is said so", () =>
    withGateway({ GATEWAY_AWS_INSTANCE_CREDENTIALS: 'true' }, async (gateway) => {
      const before = service.asked;
      for (const stream of [false, true]) expect((await ask(gateway, undefined, stream)).status).toBe(200);
      expect(service.asked - before).toBe(1);
      expect(signers()[0]).toMatch(/^ASIA/);
    }));

  test('never when only a region is set, and no metadata service is looked for', () =>
    withGateway({}, async (gateway) => {
      const before = service.asked;
      const answer = await ask(gateway);
      expect(answer.status).toBe(400);
      expect(answer.json.error.type).toBe('provider_not_configured');
      expect(service.asked).toBe(before);
      expect(gateway.logs.join('')).toContain('Bedrock is not served: there is a region, but no credentials');
    }));
});

describe('the variables of AWS', () => {
  const faultsOf = (env: Record<string, string>): string => {
    try {
      readSettings({ GATEWAY_MASTER_KEY: MASTER_KEY, ...env });
      return '';
    } catch (fault) {
      return (fault as { faults: string[] }).faults.join('\n');
    }
  };

  test.each<[Record<string, string>, RegExp]>([
    [{ AWS_REGION: 'frankfurt' }, /AWS_REGION must be the name of an AWS region, for example us-east-1/],
    [{ AWS_REGION: 'us-east-1.evil.example/' }, /AWS_REGION must be/],
    [{ AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE' }, /AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY belong together/],
    [{ AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: 'v2/x' }, /must be a path that starts with \//],
    [{ AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://example.com/x' }, /must be an https URL, or an http one/],
    [{ GATEWAY_AWS_INSTANCE_CREDENTIALS: 'yes' }, /must be true or false, not "yes"/],
    [{ AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-east-2' }, /are the same setting and differ/],
  ])('are checked: %o', (env, fault) => {
    expect(faultsOf(env)).toMatch(fault);
    for (const value of Object.values(env))
      if (value.startsWith('AKIA')) expect(faultsOf(env)).not.toContain(value);
  });

  test.each(['eu-central-1', 'us-gov-west-1', 'ap-southeast-2', 'cn-north-1'])(
    'take the region %s',
    (region) => {
      expect(faultsOf({ AWS_REGION: region })).toBe('');
    },
  );
});
