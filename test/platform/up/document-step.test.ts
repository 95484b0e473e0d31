/** What the program says of models, prices and policy, against what is in force in the gateways of `up`. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ensureCertificates } from '../../../certificates/ensure';
import { platformNames } from '../../../certificates/names';
import { DOCUMENT } from '../../../platform/document-step';
import { Engine } from '../../../platform/engine';
import { PlatformFolder } from '../../../platform/folder';
import { addToRecord } from '../../../platform/record';
import { writeSecrets } from '../../../platform/secrets';
import { UpContext, type UpWords } from '../../../platform/up-context';
import { renderGatewayDocument } from '../../../src/gateway-document';
import { withTlsGateways } from '../../../src/platform-policy';
import { policy } from '../../../src/policy';
import { MASTER_KEY, startTestGateway, type TestGateway } from '../../gateway/support/gateway';
import { lastingCatalog } from '../../gateway/support/lasting-catalog';
import { startStore, type TestStore } from '../../gateway/support/store';
import { OUTLINE } from './outline';

const ROOT = resolve(__dirname, '../../..');
const home = mkdtempSync(join(tmpdir(), 'document-step-'));
const folder = new PlatformFolder(join(home, '.data', 'platform'));
const stack = join(home, 'stack');
const document = join(stack, 'gateway', 'config.json');
const program = join(__dirname, 'a-platform.ts');

let store: TestStore;
let gateways: TestGateway[];
beforeAll(async () => {
  folder.make();
  mkdirSync(join(stack, 'gateway'), { recursive: true });
  declare(10);
  const { gateway: tls } = ensureCertificates({ folder: folder.certificates, names: platformNames({}) });
  store = await startStore();
  const replica = (): Promise<TestGateway> =>
    startTestGateway({
      store,
      env: {
        GATEWAY_CONFIG: '',
        GATEWAY_FIRST_DOCUMENT: document,
        GATEWAY_TLS_CERT: tls.certificate,
        GATEWAY_TLS_KEY: tls.key,
      },
    });
  gateways = [await replica(), await replica()];
  writeSecrets(folder.secrets, { gateway_master_key: MASTER_KEY });
  addToRecord(folder, { made: { folder: stack, outline: outline(), program } });
});
afterAll(async () => {
  for (const gateway of gateways) await gateway.close();
  await store.remove();
  rmSync(home, { recursive: true, force: true });
});

const outline = () => {
  const { port } = new URL(gateways[0]?.adminUrl ?? '');
  return { ...OUTLINE, gateway: { ...OUTLINE.gateway, adminPort: Number(port) } };
};

/** As synth writes it, with what people may spend. */
function declare(dollars: number): void {
  const own = withTlsGateways({ ...policy, owner: { ...policy.owner, maxBudget: dollars } });
  writeFileSync(document, JSON.stringify(renderGatewayDocument(lastingCatalog, own)));
}

async function compare(words: Partial<UpWords> = {}) {
  const said: string[] = [];
  const context = new UpContext(
    { folder, engine: new Engine('unix:///nowhere.sock'), say: (line) => said.push(line) },
    program,
    { folder: folder.path, adminName: 'admin', adminEmail: 'admin@platform.invalid', ...words },
  );
  context.declared = { folder: stack, outline: outline(), template: { name: '', folder: '' } };
  const came = await DOCUMENT.run(context, new AbortController().signal);
  return { said: said.join('\n'), came, unpublished: context.unpublished };
}

/** In every process; both have it within the time that the gateway states. */
async function inForce(dollars: number): Promise<void> {
  for (const { gateway } of gateways) {
    await gateway.services.documents.refresh();
    expect(gateway.services.documents.current.document.owner.max_budget).toBe(dollars);
  }
}

/** A command as people type it, where `up` was run. */
function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return new Promise<{ code: number | null; out: string; err: string }>((done, failed) => {
    const child = spawn(process.execPath, [join(ROOT, 'bin', 'start.cjs'), ...args], {
      cwd: home,
      env: { PATH: process.env['PATH'] ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
    child.once('error', failed).once('close', (code) => done({ code, ...said }));
  });
}

test('an empty store takes the first document once; then what is in force stays until it is published', async () => {
  await inForce(10);
  expect(await compare()).toEqual({ said: '', came: 'they say the same', unpublished: undefined });

  declare(8);
  const { said, came, unpublished } = await compare();
  expect(said).toMatch(/the gateway's document, 1, by first-document → now: 1 change/);
  expect(said).toContain('$10 a day → $8 a day (−20 %)');
  expect(unpublished).toBe(`contractor-workspace document publish --folder ${folder.path}`);
  expect(came).toBe(`the one in force stays as it is; to change it: ${unpublished}`);
  await inForce(10);

  const published = await compare({ publish: true });
  expect(published.came).toMatch(/^In force as 2: in every process of the gateway within \d+ seconds?/);
  expect(published.unpublished).toBeUndefined();
  await inForce(8);
});

test('a document with a fault is told, and what was in force stays', async () => {
  const before = readFileSync(document, 'utf8');
  writeFileSync(document, before.replace('"max_budget":8', '"max_budget":-8'));
  await expect(compare({ publish: true })).rejects.toThrow(/has a fault/);
  await inForce(8);
});

test('the commands find the platform that up has made, by its own certificate, and publish what its program says', async () => {
  const listed = await run(['document', 'list']);
  expect([listed.code, listed.err]).toEqual([0, '']);
  expect(listed.out).toContain('by contractor-workspace up');
  const { code, out, err } = await run(['document', 'publish', '--yes'], { A_PLATFORM_BUDGET: '7' });
  expect({ code, err }).toMatchObject({ code: 0 });
  expect(out).toContain('$8 a day → $7 a day');
  await inForce(7);
  const back = await run(['document', 'take-back', '--yes', '--folder', folder.path]);
  expect(back).toMatchObject({ code: 0, out: expect.stringContaining('$7 a day → $8 a day') as string });
  await inForce(8);
  // Whoever administers the gateway otherwise finds it as well.
  expect(await run(['keys', 'list'])).toMatchObject({ code: 0 });
}, 60_000);

test('a folder without a platform, and one without its secrets, are told', async () => {
  const none = await run(['document', 'show', '--folder', join(home, 'elsewhere')]);
  expect(none.code).toBe(1);
  expect(none.err).toMatch(/^There is no platform in .*elsewhere: "contractor-workspace up" makes one/);
  // What the environment names counts.
  const named = await run(['document', 'show'], {
    GATEWAY_ADMIN_URL: 'http://127.0.0.1:1',
    GATEWAY_ADMIN_KEY: 'sk-x',
  });
  expect(named).toMatchObject({ code: 4, err: expect.stringContaining('http://127.0.0.1:1') as string });
  rmSync(folder.secrets);
  const bare = await run(['document', 'show']);
  expect(bare.err).toContain("The gateway's master key is not in ");
});
