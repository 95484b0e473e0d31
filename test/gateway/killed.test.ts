import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAnthropicStandin, text, type AnthropicStandin } from '../standins/anthropic';
import { CLAIM_SECRET, makeClaim, signClaim } from './support/claims';
import { eventually, MASTER_KEY } from './support/gateway';
import { runGateway, urlOf, type Run } from './support/gateway-run';
import { ownDocument, type DocumentFile } from './support/policy-file';

let folder: string;
let standin: AnthropicStandin;
let document: DocumentFile;
const runs: Run[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gateway-killed-'));
  // Run by root, the store runs as another user and has to pass.
  await chmod(folder, 0o711);
  standin = await startAnthropicStandin();
  document = await ownDocument();
});
afterAll(async () => {
  for (const { child, code } of runs) {
    child.kill('SIGKILL');
    await code;
  }
  await standin.close();
  await document.remove();
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
});

function start(): Run {
  const run = runGateway({
    ...document.env,
    GATEWAY_PORT: '0',
    GATEWAY_ADMIN_PORT: '0',
    GATEWAY_MASTER_KEY: MASTER_KEY,
    GATEWAY_DATA_DIR: join(folder, 'data'),
    WORKSPACE_CLAIM_SECRET: CLAIM_SECRET,
    ANTHROPIC_API_KEY: standin.apiKey,
    ANTHROPIC_BASE_URL: standin.url,
  });
  runs.push(run);
  return run;
}

async function get<T>(url: string, key: string): Promise<T> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${key}` } });
  return (await response.json()) as T;
}

test('calls of a killed gateway are booked by its successor on the embedded store at once', async () => {
  const first = start();
  const url = await urlOf(first, 'data_url');
  const issued = await fetch(`${url}/api/v1/keys/workspace`, {
    method: 'POST',
    headers: { authorization: `Bearer ${signClaim(makeClaim())}` },
    body: '{}',
  });
  const { key } = (await issued.json()) as { key: string };
  // A minute long, a word a second.
  standin.answer({ content: [text(...Array.from({ length: 60 }, () => 'word '))], eventDelayMs: 1_000 });
  const asked = fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({
      model: 'claude-haiku',
      stream: true,
      messages: [{ role: 'user', content: 'hi' }],
    }),
  })
    .then((answer) => answer.text())
    .catch(() => undefined);
  await eventually(() => standin.requests[0], 30_000);
  const { reserved } = await get<{ reserved: number }>(`${url}/api/v1/keys/info?usage=false`, key);
  expect(reserved).toBeGreaterThan(0);
  first.child.kill('SIGKILL');
  await Promise.all([first.code, asked]);

  const second = start();
  const [data, admin] = [await urlOf(second, 'data_url'), await urlOf(second, 'admin_url')];
  // Less than the half minute that a process on a shared store is given.
  const booked = await eventually(async () => {
    const info = await get<{ reserved: number }>(`${data}/api/v1/keys/info`, key);
    return info.reserved === 0 ? info : undefined;
  }, 25_000);
  expect(booked).toMatchObject({ spend: reserved, usage: [{ calls: 1, spend: reserved }] });
  expect(await get(`${admin}/spend/verify`, MASTER_KEY)).toMatchObject({
    ok: true,
    estimated: { calls: 1, spend: reserved },
    reservations: { open: 0 },
  });
});
