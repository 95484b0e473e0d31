/** Commands of administration as people run them: processes, against a listener. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { MASTER_KEY } from '../gateway/support/gateway';

const ROOT = join(__dirname, '../..');

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export type Environment = Readonly<Record<string, string>>;

/** `contractor-workspace …` under way. */
export function start(adminUrl: string, args: readonly string[], env?: Environment) {
  const child = spawn(process.execPath, ['bin/start.cjs', ...args], {
    cwd: ROOT,
    env: {
      PATH: process.env['PATH'] ?? '',
      GATEWAY_ADMIN_URL: adminUrl,
      ...(env ?? { GATEWAY_MASTER_KEY: MASTER_KEY }),
    },
  });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
  const code = new Promise<number | null>((done, failed) => child.once('error', failed).once('close', done));
  return { child, said, code };
}

export async function run(adminUrl: string, args: readonly string[], env?: Environment): Promise<Ran> {
  const { said, code } = start(adminUrl, args, env);
  return { code: await code, ...said };
}

/** What a command answers with --json. */
export async function asked<T = Record<string, unknown>>(adminUrl: string, ...args: string[]): Promise<T> {
  const { code, out, err } = await run(adminUrl, [...args, '--json']);
  if (code !== 0) throw new Error(`${args.join(' ')}: ${code}: ${err}`);
  return JSON.parse(out) as T;
}
