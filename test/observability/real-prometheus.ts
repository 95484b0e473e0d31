/** A Prometheus of a test's own: its data in a folder that goes away, a free port, ended with the test. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../gateway/support/gateway';

export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

export interface RealPrometheus {
  /** What an expression comes to now. @throws Error with what Prometheus says of it */
  query(expr: string): Promise<readonly Series[]>;
  /** An answer of its API: `rules`, `targets`. */
  ask<T>(path: string): Promise<T>;
  close(): Promise<void>;
}

/** @param config as YAML, or JSON, which is YAML too */
export async function startPrometheus(
  config: (folder: string) => unknown,
  files: Readonly<Record<string, string>>,
): Promise<RealPrometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'prometheus-'));
  for (const [name, text] of Object.entries(files))
    await writeFile(join(folder, name), text, { mode: 0o600 });
  await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(config(folder)));
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
      '--log.level=warn',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-4_000)));
  const ended = once(child, 'exit');

  const get = async (path: string): Promise<unknown> => {
    const response = await fetch(`http://${address}${path}`);
    const { status, data, error } = (await response.json()) as Record<string, unknown>;
    if (status !== 'success') throw new Error(`${path}: ${String(error)}`);
    return data;
  };
  const close = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await eventually(async () => {
      if (child.exitCode !== null) throw new Error(`Prometheus ended: ${said}`);
      const ready = await fetch(`http://${address}/-/ready`).catch(() => undefined);
      return ready?.ok || undefined;
    });
  } catch (fault) {
    await close();
    throw fault;
  }
  return {
    query: async (expr) =>
      ((await get(`/api/v1/query?query=${encodeURIComponent(expr)}`)) as { result: readonly Series[] })
        .result,
    ask: <T>(path: string) => get(`/api/v1/${path}`) as Promise<T>,
    close,
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
