import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Starts a gateway on its own store, asks whether it is ready, and ends it in order. */
export async function tryGateway(folder: string, command: readonly string[]): Promise<void> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env.PATH,
      GATEWAY_MASTER_KEY: `sk-${randomBytes(24).toString('hex')}`,
      GATEWAY_DATA_DIR: join(folder, `data-${randomBytes(4).toString('hex')}`),
      GATEWAY_PORT: '0',
      GATEWAY_ADMIN_PORT: '0',
    },
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<number | null>((done) => child.once('close', done));
  const listening = (): string | undefined => /"data_url":"([^"]+)"/.exec(said)?.[1];
  const adminUrl = (): string | undefined => /"admin_url":"([^"]+)"/.exec(said)?.[1];
  while (listening() === undefined && child.exitCode === null) await sleep(50);
  const url = listening();
  if (url === undefined) throw new Error(`${command.join(' ')} ended: ${said.slice(-2_000)}`);
  const answer = await fetch(`${url}/health/readiness`);
  const page = await fetch(`${adminUrl()}/ui/sign-in`);
  child.kill('SIGTERM');
  const status = await ended;
  if (answer.status !== 200 || page.status !== 200 || status !== 0)
    throw new Error(`${command.join(' ')}: ${answer.status}, ${page.status}, ended with ${status}`);
  process.stdout.write(`${command.join(' ')}: ready\n`);
}
