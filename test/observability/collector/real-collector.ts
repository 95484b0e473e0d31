/** A collector of a test's own: its files in a folder that goes away, free ports, ended with the test. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { eventually } from '../../gateway/support/gateway';

export interface RealCollector {
  readonly url: string;
  close(): Promise<void>;
}

const program = (): string => {
  const path = process.env['COLLECTOR'];
  if (path === undefined) throw new Error('COLLECTOR is not set: npm run test:collector sets it');
  return path;
};

/** @returns what it finds wrong with a configuration; empty: nothing */
export function validate(folder: string, config: string): string {
  const file = join(folder, 'validated.yaml');
  writeFileSync(file, config);
  const { status, stdout, stderr } = spawnSync(program(), ['validate', `--config=${file}`], {
    encoding: 'utf8',
  });
  return status === 0 ? '' : `${status}: ${stdout}${stderr}`;
}

/** @param port of its OTLP receiver, which the configuration names */
export async function startCollector(folder: string, config: string, port: number): Promise<RealCollector> {
  const file = join(folder, 'collector.yaml');
  writeFileSync(file, config);
  const child = spawn(program(), [`--config=${file}`], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-4_000)));
  const ended = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  const close = async (): Promise<void> => {
    // Told to stop, it writes what it has.
    child.kill('SIGTERM');
    await ended;
  };
  try {
    await eventually(async () => {
      if (child.exitCode !== null) throw new Error(`the collector ended: ${said}`);
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${url}/v1/traces`, { method: 'POST', headers, body: '{}' }).catch(
        () => undefined,
      );
      return answer?.ok || undefined;
    });
  } catch (fault) {
    await close();
    throw fault;
  }
  return { url, close };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
