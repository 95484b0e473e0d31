import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describeTools, TOOLS } from './support';

const SETUP = resolve(__dirname, '../../workspace-image/scripts/ai-setup/gateway.sh');
const MEGABYTE = 1024 * 1024;

let home: string;
let server: Server;
let url: string;
/** Bytes that the last client took before it left. */
let taken = 0;

/** Whatever it is asked, it answers for as long as anybody reads. */
beforeAll(async () => {
  const part = Buffer.alloc(64 * 1024, 'x');
  server = createServer((_, response) => {
    taken = 0;
    response.writeHead(200, { 'content-type': 'application/json' });
    const more = (): void => {
      while (!response.destroyed) {
        taken += part.length;
        if (!response.write(part)) return void response.once('drain', more);
      }
    };
    more();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  home = mkdtempSync(join(tmpdir(), 'endless-'));
  mkdirSync(join(home, '.config/ai-gateway'), { recursive: true });
  writeFileSync(join(home, '.config/ai-gateway/key'), `sk-${'k'.repeat(40)}\n`);
  writeFileSync(join(home, '.config/ai-gateway/gateway'), `${url}\n`);
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  rmSync(home, { recursive: true, force: true });
});

const run = (command: string, ...args: string[]): Promise<{ status: number | null; said: string }> =>
  new Promise((done, fail) => {
    const child = spawn(command, args, { env: { HOME: home, PATH: process.env.PATH, AI_GATEWAY_URL: url } });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.on('error', fail);
    child.on('close', (status) => done({ status, said }));
  });

describeTools('an answer without end', ['bash', 'curl', 'jq'], () => {
  test.each(['ai-models', 'ai-usage'])('%s leaves it, and says so', async (tool) => {
    const { status, said } = await run(join(TOOLS, tool));
    expect(status).toBe(1);
    expect(said).toContain('answered with more than 4 MiB, as the AI gateway never does');
    expect(taken).toBeLessThan(32 * MEGABYTE);
  });

  test('the set-up leaves it as well', async () => {
    const program = `source "$1"; gateway=$2; ask_once sk-x /; printf '%s %s' "$status" "\${#answer}"`;
    const { said } = await run('bash', '-c', program, 'bash', SETUP, url);
    expect(said).toBe(`200 ${MEGABYTE}`);
    expect(taken).toBeLessThan(32 * MEGABYTE);
  });
});
