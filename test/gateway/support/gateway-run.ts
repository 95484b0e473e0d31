/** The gateway as a process of its own, started as people start it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { eventually } from './gateway';

const ROOT = resolve(__dirname, '../../..');

export interface Run {
  readonly child: ChildProcess;
  out(): string;
  err(): string;
  readonly code: Promise<number | null>;
}

/**
 * @param runtime options of Node.js
 * @param user whose it is. @default - that of the test
 */
export function runGateway(
  env: Record<string, string>,
  args: readonly string[] = [],
  runtime: readonly string[] = [],
  user: { readonly uid?: number; readonly gid?: number } = {},
): Run {
  const child = spawn(process.execPath, [...runtime, 'bin/start.cjs', 'gateway', ...args], {
    cwd: ROOT,
    ...user,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const code = new Promise<number | null>((done) => child.once('close', done));
  return { child, out: () => out, err: () => err, code };
}

/** Where it listens, once it says so. */
export const urlOf = (started: Run, name: 'data_url' | 'admin_url'): Promise<string> =>
  eventually(() => new RegExp(`"${name}":"([^"]+)"`).exec(started.out())?.[1], 60_000);
