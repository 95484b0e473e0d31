import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAnthropicStandin, text, type AnthropicStandin } from '../standins/anthropic';
import { CLAIM_SECRET, makeClaim, signClaim } from './support/claims';
import { MASTER_KEY } from './support/gateway';
import { runGateway as run, urlOf } from './support/gateway-run';

describe('the gateway as a process', () => {
  let folder: string;
  let standin: AnthropicStandin;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gateway-process-'));
    // Run by root, the store runs as another user and has to pass.
    await chmod(folder, 0o711);
    standin = await startAnthropicStandin();
  });
  afterAll(async () => {
    await standin.close();
    await rm(folder, { recursive: true, force: true });
  });

  const settings = () => ({
    GATEWAY_PORT: '0',
    GATEWAY_ADMIN_PORT: '0',
    GATEWAY_MASTER_KEY: MASTER_KEY,
    GATEWAY_DATA_DIR: join(folder, 'data'),
    WORKSPACE_CLAIM_SECRET: CLAIM_SECRET,
    ANTHROPIC_API_KEY: standin.apiKey,
    ANTHROPIC_BASE_URL: standin.url,
  });

  test('--help shows every setting and ends well', async () => {
    const help = run({}, ['--help']);
    expect(await help.code).toBe(0);
    expect(help.out()).toContain('GATEWAY_MASTER_KEY (also read: LITELLM_MASTER_KEY)');
  });

  test('with faults in its environment it lists them and ends with 1', async () => {
    const failed = run({ ...settings(), GATEWAY_MASTER_KEY: '', GATEWAY_PROT: '1' });
    expect(await failed.code).toBe(1);
    expect(failed.err()).toContain('GATEWAY_MASTER_KEY or LITELLM_MASTER_KEY must be set');
    expect(failed.err()).toContain('Did you mean GATEWAY_PORT?');
    expect(failed.err()).not.toMatch(/\n\s+at /);
  });

  test('with a broken document it lists the faults', async () => {
    const path = join(folder, 'config.json');
    await writeFile(path, '{"version":2}');
    const failed = run({ ...settings(), GATEWAY_CONFIG: path });
    expect(await failed.code).toBe(1);
    expect(failed.err()).toContain('version must be 1');
  });

  test('it serves from the embedded store, finishes a stream when told to stop, and books it', async () => {
    const first = run(settings());
    const url = await urlOf(first, 'data_url');
    const claim = signClaim(makeClaim());
    const issue = async (base: string) => {
      const response = await fetch(`${base}/api/v1/keys/workspace`, {
        method: 'POST',
        headers: { authorization: `Bearer ${claim}` },
        body: '{}',
      });
      return ((await response.json()) as { key: string }).key;
    };
    const key = await issue(url);
    standin.answer({ content: [text('a', 'b', 'c', 'd', 'e')], eventDelayMs: 150 });
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: JSON.stringify({
        model: 'claude-haiku',
        stream: true,
        messages: [{ role: 'user', content: 'hi' }],
      }),
    });
    first.child.kill('SIGTERM');
    expect((await response.text()).endsWith('data: [DONE]\n\n')).toBe(true);
    expect(await first.code).toBe(0);
    expect(first.out()).toContain('"msg":"stopped"');
    for (const secret of [key, claim, MASTER_KEY, CLAIM_SECRET, standin.apiKey])
      expect(first.out() + first.err()).not.toContain(secret);

    // The same folder again: same key, and the call is in the account.
    const second = run(settings());
    const again = await urlOf(second, 'data_url');
    expect(await issue(again)).toBe(key);
    const info = await fetch(`${again}/api/v1/keys/info`, { headers: { authorization: `Bearer ${key}` } });
    expect(await info.json()).toMatchObject({
      reserved: 0,
      usage: [{ model: 'claude-haiku-4-5', calls: 1 }],
    });
    second.child.kill('SIGINT');
    expect(await second.code).toBe(0);
  });

  test('with its port in use it says so in one line and ends with 1', async () => {
    const taken = createServer();
    await new Promise<void>((done) => taken.listen(0, '127.0.0.1', done));
    const { port } = taken.address() as AddressInfo;
    const failed = run({ ...settings(), GATEWAY_PORT: String(port) });
    expect(await failed.code).toBe(1);
    expect(failed.err()).toBe(
      `Port ${port} on 127.0.0.1 is in use. Stop what listens there, or set GATEWAY_PORT to another port.\n`,
    );
    taken.close();
  });
});
