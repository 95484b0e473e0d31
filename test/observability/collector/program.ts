/** The collector that tests run, built from the Go modules that `go.mod` pins. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { onStopSignal } from '../../../terminal/stop-signals';

const SOURCES = ['go.mod', 'go.sum', 'main.go'];
const OLDEST_GO = [1, 26] as const;

/** Modules that cannot be had here are no fault of the project's. */
export class NoModules extends Error {}

/** Why it cannot be built here. */
export function obstacle(): string | undefined {
  const { stdout, error } = spawnSync('go', ['version'], { encoding: 'utf8' });
  if (error !== undefined) return 'there is no go on the PATH';
  const [, major, minor] = /go(\d+)\.(\d+)/.exec(stdout) ?? [];
  return Number(major) === OLDEST_GO[0] && Number(minor) >= OLDEST_GO[1]
    ? undefined
    : `it takes Go ${OLDEST_GO.join('.')} or newer, not "${stdout.trim()}"`;
}

/**
 * @param folder where it stays, so that what did not change is not built again
 * @returns path of the program
 * @throws NoModules
 */
export async function buildCollector(folder: string): Promise<string> {
  const digest = createHash('sha256');
  for (const name of SOURCES) digest.update(readFileSync(join(__dirname, name)));
  const program = join(folder, `collector-${digest.digest('hex').slice(0, 16)}`);
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  process.stdout.write('building a collector from Go modules: some minutes\n');
  const half = `${program}.${process.pid}`;
  // One package at a time: several would take a GB of memory each.
  const child = spawn('go', ['build', '-p', '1', '-mod=readonly', '-trimpath', '-o', half, '.'], {
    cwd: __dirname,
    env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false', GOTOOLCHAIN: 'local' },
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  onStopSignal((signal) => child.kill(signal));
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-4_000)));
  const code = await new Promise<number | null>((done, fail) =>
    child.once('error', fail).once('close', (status) => done(status)),
  );
  if (code !== 0) {
    if (/dial tcp|lookup .*: |i\/o timeout|TLS handshake|40[34] |50[0-9] /.test(said))
      throw new NoModules(said.trim());
    throw new Error(`go build ended with ${code}: ${said.trim()}`);
  }
  renameSync(half, program);
  return program;
}
