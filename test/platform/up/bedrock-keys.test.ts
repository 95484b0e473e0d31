/** With what Bedrock takes over when Anthropic fails: chosen, asked for, tried once, or done without and said so. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PlatformOutline } from '../../../constructs/platform/platform-outline';
import { readSettings } from '../../../gateway/config/environment';
import { chooseBedrock, NO_FAILOVER } from '../../../platform/bedrock-keys';
import { PlatformFolder } from '../../../platform/folder';
import { ASK_PROVIDER, SECRETS } from '../../../platform/prepare-steps';
import { checkProvider, questionsFor } from '../../../platform/provider-key';
import { readSecrets } from '../../../platform/secrets';
import { UpContext } from '../../../platform/up-context';
import { KeyRing } from '../../standins/bedrock/key-ring';
import { startBedrockStandin, type BedrockStandin } from '../../standins/bedrock';
import { startCredentialService, type CredentialService } from '../../standins/bedrock/credential-service';
import { catalogModels } from '../../standins/anthropic/knowledge';
import { FakeEngine, WELL } from './fake-engine';
import { OUTLINE } from './outline';

const stop = new AbortController().signal;
/** Of no machine of AWS's. */
const ELSEWHERE = { AWS_EC2_METADATA_DISABLED: 'true' };
const [MODEL = ''] = catalogModels('bedrock').keys();

let bedrock: BedrockStandin;
let service: CredentialService;
const former = { ...process.env };
beforeAll(async () => {
  bedrock = await startBedrockStandin({ region: 'eu-central-1' });
  service = await startCredentialService(bedrock.keys);
  service.region = 'eu-central-1';
});
afterAll(async () => {
  process.env = former;
  await Promise.all([bedrock.close(), service.close()]);
});
beforeEach(() => bedrock.reset());

describe('what is chosen', () => {
  test.each<[string, Record<string, string>, Record<string, string>, RegExp]>([
    ['an access key', { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'AKIA1', AWS_SECRET_ACCESS_KEY: 's' }, { aws_region: 'us-east-1', aws_access_key_id: 'AKIA1', aws_secret_access_key: 's', aws_bearer_token_bedrock: '', aws_instance_credentials: '' }, /by the access key given/],
    ['the region by its other name', { AWS_DEFAULT_REGION: 'eu-west-3', AWS_BEARER_TOKEN_BEDROCK: 'b' }, { aws_region: 'eu-west-3', aws_access_key_id: '', aws_secret_access_key: '', aws_bearer_token_bedrock: 'b', aws_instance_credentials: '' }, /by its API key/],
    ['nothing', {}, {}, /^No keys for Bedrock: nothing takes over when Anthropic fails\. AWS_REGION with/],
    ['temporary keys, which end', { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'ASIA1', AWS_SECRET_ACCESS_KEY: 's', AWS_SESSION_TOKEN: 't' }, {}, /keys of AWS are temporary, and nobody here renews them/],
  ])('%s', async (_, environment, secrets, says) => {
    const chosen = await chooseBedrock({}, stop, { ...ELSEWHERE, ...environment });
    expect(chosen.secrets).toEqual(secrets);
    expect(chosen.says).toMatch(says);
  }); // prettier-ignore

  test.each<[string, Record<string, string>, RegExp]>([
    ['half of a pair', { AWS_ACCESS_KEY_ID: 'AKIA1', AWS_REGION: 'us-east-1' }, /^AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY go together, and only the first is given/],
    ['keys without a region', { AWS_BEARER_TOKEN_BEDROCK: 'b' }, /no region: set AWS_REGION, such as us-east-1/],
    ['a region that is none', { AWS_BEARER_TOKEN_BEDROCK: 'b', AWS_REGION: 'Virginia' }, /must be a region of AWS such as us-east-1, got "Virginia"/],
  ])('%s is refused', async (_, environment, says) => {
    await expect(chooseBedrock({}, stop, { ...ELSEWHERE, ...environment })).rejects.toThrow(says);
  }); // prettier-ignore

  test('the role of the instance, with its region; whoever has said no is not asked again', async () => {
    const onInstance = { AWS_EC2_METADATA_SERVICE_ENDPOINT: service.url };
    const chosen = await chooseBedrock({}, stop, onInstance);
    expect(chosen.secrets).toMatchObject({ aws_instance_credentials: 'true', aws_region: 'eu-central-1' });
    expect(chosen.says).toBe("Bedrock: by this instance's role gateway-role");
    expect(await chooseBedrock({ aws_access_key_id: '' }, stop, onInstance)).toEqual({
      secrets: {},
      says: `No keys for Bedrock: ${NO_FAILOVER}.`,
    });
    expect((await chooseBedrock({ ...chosen.secrets }, stop, ELSEWHERE)).says).toContain("instance's role");
  });

  test('at a terminal it is asked for, unseen but for the region; Enter is a no that is kept', async () => {
    const terminal = Object.assign(new PassThrough(), { isTTY: true, isRaw: false, setRawMode: jest.fn() });
    const said: string[] = [];
    const { stdin } = process;
    const isTTY = process.stderr.isTTY;
    const write = jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
      said.push(String(text));
      // Whoever is asked answers.
      const answer = answers.find(([question]) => String(text).includes(question))?.[1];
      if (answer !== undefined) setImmediate(() => terminal.write(`${answer}\r`));
      return true;
    });
    Object.defineProperty(process, 'stdin', { value: terminal, configurable: true });
    process.stderr.isTTY = true;
    let answers: [string, string][] = [
      ['AWS_ACCESS_KEY_ID', 'AKIATYPED'],
      ['AWS_SECRET_ACCESS_KEY', 'typed-secret'],
      ['AWS_REGION', 'us-west-2'],
    ];
    try {
      const chosen = await chooseBedrock({}, stop, ELSEWHERE);
      expect(chosen.secrets).toMatchObject({
        aws_access_key_id: 'AKIATYPED',
        aws_secret_access_key: 'typed-secret',
        aws_region: 'us-west-2',
      });
      expect(terminal.setRawMode.mock.calls.filter(([raw]) => raw === true)).toHaveLength(2);
      expect(said.join('')).not.toMatch(/AKIATYPED|typed-secret/);
      answers = [['AWS_ACCESS_KEY_ID', '']];
      const declined = await chooseBedrock({}, stop, ELSEWHERE);
      expect(declined.secrets).toMatchObject({ aws_access_key_id: '', aws_region: '' });
      expect(declined.says).toContain(NO_FAILOVER);
    } finally {
      write.mockRestore();
      Object.defineProperty(process, 'stdin', { value: stdin, configurable: true });
      process.stderr.isTTY = isTTY;
    }
  });
});

const settings = (): Record<string, string> => ({
  AWS_REGION: '${var.aws_region}',
  AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url,
});
const ask = async (secrets: Record<string, string>): Promise<unknown> => {
  const [question] = questionsFor({ aws_region: 'eu-central-1', ...secrets }, settings(), MODEL);
  return question && checkProvider(question, stop);
};

test('AWS takes a key of its own, and an API key, and nothing is charged', async () => {
  const { accessKeyId, secretAccessKey } = bedrock.key;
  await ask({ aws_access_key_id: accessKeyId, aws_secret_access_key: secretAccessKey });
  await ask({ aws_bearer_token_bedrock: bedrock.bearer });
  expect(bedrock.requests.map(({ status }) => status)).toEqual([400, 400]);
  expect(bedrock.billed()).toEqual({});
});

test('a key that AWS does not know is told with its reason, and without the key', async () => {
  const refused = (secrets: Record<string, string>): Promise<string> =>
    ask(secrets).then(
      () => 'taken',
      (fault: Error) => fault.message,
    );
  const wrong = { aws_access_key_id: bedrock.key.accessKeyId, aws_secret_access_key: 'of-somebody-else' };
  expect(await refused(wrong)).toMatch(
    /^Bedrock refuses the key \(403, \w+Exception\): give another one by AWS_ACCESS_KEY_ID or AWS_ACCESS_KEY_ID_FILE.* bedrock:InvokeModel and/,
  );
  expect(await refused(wrong)).not.toContain('of-somebody-else');
  expect(await refused({ aws_bearer_token_bedrock: 'no-such-key' })).toContain('by AWS_BEARER_TOKEN_BEDROCK');
});

test('nobody is asked without keys, without a region, or without a model there', () => {
  const keys = { aws_access_key_id: 'a', aws_secret_access_key: 's' };
  expect(questionsFor({ aws_region: 'us-east-1' }, {}, MODEL)).toEqual([]);
  expect(questionsFor(keys, {}, MODEL)).toEqual([]);
  expect(questionsFor({ ...keys, aws_region: 'us-east-1' }, {}, undefined)).toEqual([]);
  expect(questionsFor({ ...keys, aws_region: 'us-east-1' }, {}, MODEL)[0]?.url).toBe(
    `https://bedrock-runtime.us-east-1.amazonaws.com/model/${encodeURIComponent(MODEL)}/invoke`,
  );
});

describe('the steps of up', () => {
  const home = mkdtempSync(join(tmpdir(), 'bedrock-keys-'));
  afterAll(() => rmSync(home, { recursive: true, force: true }));
  let engine: FakeEngine;
  beforeAll(async () => (engine = await FakeEngine.start(WELL)));
  afterAll(() => engine.close());

  const outline = (): PlatformOutline => ({
    ...OUTLINE,
    networks: [],
    secrets: [
      'aws_region', 'aws_access_key_id', 'aws_secret_access_key', 'aws_bearer_token_bedrock', 'aws_instance_credentials',
    ].map((name) => ({ name, isOptional: true })),
    services: OUTLINE.services.map((service) => ({ ...service, environment: settings() })),
  }); // prettier-ignore

  async function run(name: string, environment: Record<string, string>) {
    const folder = new PlatformFolder(join(home, name));
    folder.make();
    const stack = join(home, 'stack');
    mkdirSync(join(stack, 'gateway'), { recursive: true });
    const models = [{ deployments: [{ provider: 'bedrock', id: MODEL }] }];
    writeFileSync(join(stack, 'gateway', 'config.json'), JSON.stringify({ models }));
    const said: string[] = [];
    const words = { folder: folder.path, adminName: '', adminEmail: '' };
    const context = new UpContext(
      { folder, engine: engine.engine, say: (line) => said.push(line) },
      undefined,
      words,
    );
    context.declared = { folder: stack, outline: outline(), template: { name: '', folder: '' } };
    process.env = { ...former, ...ELSEWHERE, ...environment };
    try {
      await SECRETS.run(context, stop);
      const came = await ASK_PROVIDER.run(context, stop);
      return { came, said: said.join('\n'), secrets: readSecrets(folder.secrets) ?? {}, folder };
    } finally {
      process.env = former;
    }
  }

  const byInstance = (url: string) => ({
    AWS_EC2_METADATA_DISABLED: '',
    AWS_EC2_METADATA_SERVICE_ENDPOINT: url,
  });

  test('without any key it goes on, and says what that means', async () => {
    const { came, said } = await run('none', {});
    expect(said).toContain(`No keys for Bedrock: ${NO_FAILOVER}.`);
    expect(came).toBe('nobody to ask: the first call will tell');
  });

  test("an instance's role is tried, and kept", async () => {
    const first = await run('instance', byInstance(service.url));
    expect(first.came).toBe('Bedrock: yes');
    expect(first.secrets).toMatchObject({ aws_instance_credentials: 'true', aws_region: 'eu-central-1' });
    expect((await run('instance', byInstance(service.url))).came).toBe('it did before');
  });

  test('a role that may not ask Bedrock is named and done without, and tried again by the next run', async () => {
    const other = await startCredentialService(new KeyRing());
    other.region = 'eu-central-1';
    for (const time of ['first', 'second']) {
      const { came, said, secrets } = await run('refused', byInstance(other.url));
      expect({ time, came }).toEqual({ time, came: 'nobody to ask: the first call will tell' });
      expect(said).toMatch(
        /Bedrock refuses this instance's role \(403, \w+\).* Until then nothing takes over/,
      );
      expect(Object.keys(secrets).filter((name) => name.startsWith('aws_'))).toEqual([]);
    }
    await other.close();
  });

  test('a key that was given and is refused ends it, and is not taken again; what a platform runs with stays', async () => {
    const given = {
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'AKIANOBODYS',
      AWS_SECRET_ACCESS_KEY: 'wrong',
    };
    await expect(run('given', given)).rejects.toThrow('Bedrock refuses the key');
    const folder = new PlatformFolder(join(home, 'given'));
    expect(readSecrets(folder.secrets)).toEqual({});
    const { accessKeyId, secretAccessKey } = bedrock.key;
    const right = { ...given, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
    expect((await run('given', right)).came).toBe('Bedrock: yes');
    await expect(run('given', given)).rejects.toThrow('Bedrock refuses the key');
    expect(readSecrets(folder.secrets)).toMatchObject({ aws_access_key_id: accessKeyId });
  });
});

test('a gateway whose variables of Bedrock are empty serves it not, and says nothing of it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'empty-keys-'));
  const empty = join(folder, 'empty');
  writeFileSync(empty, '', { mode: 0o400 });
  const settings = readSettings({
    DATABASE_URL: 'postgresql://u:password-of-the-tests@127.0.0.1/x',
    GATEWAY_MASTER_KEY: 'sk-0123456789abcdef0123456789abcdef0123',
    WORKSPACE_CLAIM_SECRET: 'claim-secret-of-more-than-32-characters-123',
    ANTHROPIC_API_KEY: 'sk-ant-api-key-of-the-tests',
    AWS_REGION: '',
    GATEWAY_AWS_INSTANCE_CREDENTIALS: '',
    AWS_ACCESS_KEY_ID_FILE: empty,
    AWS_SECRET_ACCESS_KEY_FILE: empty,
    AWS_BEARER_TOKEN_BEDROCK_FILE: empty,
  });
  expect(settings).toMatchObject({
    awsRegion: undefined,
    awsAccessKeyId: undefined,
    bedrockToken: undefined,
  });
  expect(settings.awsInstanceCredentials).toBe(false);
  rmSync(folder, { recursive: true });
});
