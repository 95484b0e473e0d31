/** The library is an ES module: whoever runs the gateway, from the sources or from the image, gets at it all the same. */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { OPTIONS as BUNDLE_OPTIONS } from '../../../gateway-image/bundle';
import { startBentProvider, type BentProvider } from '../../standins/openid/bent-provider';
import { CLIENT, environmentFor } from './support/terms';

const ROOT = resolve(__dirname, '../../..');
const MAIN = join(__dirname, 'support', 'sign-in-main.ts');
const folder = mkdtempSync(join(tmpdir(), 'sign-in-'));
let provider: BentProvider;

beforeAll(async () => {
  provider = await startBentProvider(CLIENT.id, CLIENT.secret);
});
afterAll(async () => {
  await provider.close();
  rmSync(folder, { recursive: true, force: true });
});

/** @returns who was signed in, and what it wrote to its error output */
async function run(
  program: string,
  execArgv: readonly string[],
): Promise<{ person: unknown; words: string }> {
  const child = fork(program, [], {
    cwd: folder,
    execArgv: [...execArgv],
    env: { PATH: process.env['PATH'], ...environmentFor(provider.issuer) },
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  let person: unknown;
  let words = '';
  child.stderr?.on('data', (chunk: Buffer) => (words += chunk.toString()));
  child.on('message', (message: { nonce?: string; person?: unknown }) => {
    person = message.person;
    if (message.nonce === undefined) return;
    provider.nonce = message.nonce;
    child.send('go on');
  });
  await new Promise((resolve) => child.once('close', resolve));
  return { person, words };
}

const LENA = { name: 'lena', role: 'admin', subject: 'lena', returnTo: '/ui/keys' };

test('from the sources', async () => {
  const hook = join(ROOT, 'scripts', 'register-typescript.cjs');
  expect(await run(MAIN, ['--require', hook])).toEqual({ person: LENA, words: '' });
});

test('from the image, beside which there is no package', async () => {
  const outfile = join(folder, 'sign-in.js');
  await build({ ...BUNDLE_OPTIONS, entryPoints: [MAIN], outfile });
  expect(await run(outfile, ['--enable-source-maps'])).toEqual({ person: LENA, words: '' });
});
