/** Blocks of the docs that can be run here are run, as they stand. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { docFiles, readDoc, ROOT } from '../../documentation/doc-files';
import { readPage, type Fence } from '../../documentation/markdown-tokens';
import { isShell } from '../../documentation/snippets/check-shell';
import { adminOf } from '../admin/support';
import { startAlertReceiver, type AlertReceiver } from '../gateway/support/alert-receiver';
import { MASTER_KEY, startTestGateway, type TestGateway } from '../gateway/support/gateway';

const marked = (mark: string): [string, Fence][] =>
  docFiles()
    .flatMap((file) => readPage(file, readDoc(file)).fences)
    .filter((fence) => isShell(fence) && fence.marks.includes(mark))
    .map((fence) => [`${fence.file}:${fence.line}`, fence]);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'docs-run-'));
  // What a clone has at its root, as far as a page speaks of it.
  for (const name of ['package.json', 'bin', 'cli', 'cdktf.json'])
    symlinkSync(join(ROOT, name), join(folder, name));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** @returns exit code, and what was said where it is not 0 */
function run({ text }: Fence, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const child = spawn('bash', ['-euo', 'pipefail', '-c', text], {
    cwd: folder,
    env: {
      PATH: [join(ROOT, 'bin'), process.env.PATH].join(delimiter),
      HOME: folder,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return new Promise((done, failed) =>
    child.once('error', failed).once('close', (code) => done(code === 0 ? '0' : `${code}: ${said}`)),
  );
}

test.each(marked('run'))('%s', async (_, fence) => {
  // What a page speaks of as given.
  expect(await run(fence, { seconds: '1764331200', body: '{}', secret: 'a-secret' })).toBe('0');
});

describe('with a gateway', () => {
  let gateway: TestGateway;
  let receiver: AlertReceiver;
  beforeAll(async () => {
    receiver = await startAlertReceiver();
    gateway = await startTestGateway({ env: receiver.env });
    await adminOf(gateway)('/key/generate', { user_id: 'ann', key_alias: 'ann-laptop' });
    writeFileSync(join(folder, 'users.csv'), 'user,budget,rpm\nbob,5,60\n');
  });
  afterAll(async () => {
    await gateway?.close();
    await receiver?.close();
  });

  test.each(marked('run-with-gateway'))('%s', async (_, fence) => {
    const env = { GATEWAY_ADMIN_URL: gateway.adminUrl, GATEWAY_MASTER_KEY: MASTER_KEY };
    expect(await run(fence, env)).toBe('0');
  });
});
