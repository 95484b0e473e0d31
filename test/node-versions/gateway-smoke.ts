/** A gateway started with some version of Node.js: it lives, gives a key out, and ends when it is told to. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run, type Ended } from './versions';

const MASTER_KEY = 'sk-master-key-for-smoke-0123456789abcdef';
const LIMIT_MS = 120_000;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health/readiness`)).ok;
  } catch {
    return false;
  }
}

/** @returns how the command that asks it ended, and 1 with what was logged where the gateway did not end well */
export async function gatewaySmoke(clone: string, env: NodeJS.ProcessEnv): Promise<Ended> {
  const data = mkdtempSync(join(tmpdir(), 'node-versions-store-'));
  const [port, adminPort] = [await freePort(), await freePort()];
  const program = join(clone, 'bin/contractor-workspace');
  const gateway = spawn(program, ['gateway'], {
    cwd: clone,
    env: {
      ...env,
      GATEWAY_MASTER_KEY: MASTER_KEY,
      GATEWAY_PORT: String(port),
      GATEWAY_ADMIN_PORT: String(adminPort),
      GATEWAY_DATA_DIR: data,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [gateway.stdout, gateway.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = once(gateway, 'close');
  try {
    const url = `http://127.0.0.1:${adminPort}`;
    for (const end = Date.now() + LIMIT_MS; !(await isReady(url)); await sleep(200))
      if (Date.now() > end || gateway.exitCode !== null) return { status: 1, output: said };
    const asked = await run(program, ['keys', 'create', 'ci', 'smoke', '--quiet'], clone, {
      ...env,
      GATEWAY_ADMIN_URL: url,
      GATEWAY_MASTER_KEY: MASTER_KEY,
    });
    gateway.kill('SIGTERM');
    const [code] = (await ended) as [number | null];
    return code === 0 ? asked : { status: 1, output: `the gateway ended with ${code}:\n${said}` };
  } finally {
    if (gateway.exitCode === null) gateway.kill('SIGKILL');
    await ended;
    rmSync(data, { recursive: true, force: true });
  }
}
