/** A Docker engine: the one that runs here, or one of our own that leaves nothing running. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run, runOrThrow } from './commands';

/** Of our own engine's bridge: a range that is unlikely to be taken. */
const BRIDGE = '10.213.77.1/24';

export interface Engine {
  /** For DOCKER_HOST; unset for the one that runs here. */
  readonly host?: string;
  /** Stops what was started here. */
  stop(): Promise<void>;
}

/** Made by an engine and left behind when it ends, as is a mount in its folder. */
const INTERFACE = 'docker0';

const isDebian = (): boolean => existsSync('/etc/debian_version');

/** What keeps an engine from running here, or nothing. */
export async function obstacle(): Promise<string | undefined> {
  if (process.platform !== 'linux')
    return 'the containers share a network with this machine, which needs Linux';
  if ((await run('docker', ['info'])).status === 0) return undefined;
  if (process.getuid?.() !== 0) return 'no Docker engine answers, and only root may start one';
  if (!isDebian())
    return 'no Docker engine answers, and one is installed by itself on Debian only: install Docker';
  return undefined;
}

/** Installs Debian packages that are missing; their commands tell whether they are. */
export async function ensureCommands(packages: Readonly<Record<string, string>>): Promise<void> {
  const missing: string[] = [];
  for (const [command, name] of Object.entries(packages)) {
    if ((await run('which', [command])).status !== 0) missing.push(name);
  }
  if (missing.length === 0) return;
  const environment = { DEBIAN_FRONTEND: 'noninteractive' };
  await runOrThrow('apt-get', ['update', '-qq'], { timeout: 300 });
  await runOrThrow('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], {
    environment,
    timeout: 600,
  });
}

async function waitFor(daemon: ChildProcess, host: string, log: () => string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while ((await run('docker', ['info'], { environment: { DOCKER_HOST: host } })).status !== 0) {
    if (daemon.exitCode !== null || Date.now() > deadline) {
      throw new Error(`dockerd did not come up:\n${log().slice(-4000)}`);
    }
    await sleep(500);
  }
}

/** @param folder keeps the images of our own engine from one run to the next */
export async function startEngine(folder: string): Promise<Engine> {
  if ((await run('docker', ['info'])).status === 0) return { stop: () => Promise.resolve() };
  await ensureCommands({ dockerd: 'docker.io', iptables: 'iptables' });
  mkdirSync(folder, { recursive: true });
  const host = `unix://${join(folder, 'engine.sock')}`;
  // No packet filter: the containers talk to this machine alone, and a build shares its network.
  const args = ['--iptables=false', '--ip6tables=false', '--ip-masq=false', '--bip', BRIDGE, '--host', host];
  for (const [option, name] of [
    ['--data-root', 'data'],
    ['--exec-root', 'exec'],
    ['--pidfile', 'pid'],
  ] as const) {
    args.push(option, join(folder, name));
  }
  const hadInterface = existsSync(`/sys/class/net/${INTERFACE}`);
  const daemon = spawn('dockerd', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let words = '';
  const collect = (chunk: Buffer): void => {
    words = (words + chunk.toString()).slice(-20_000);
  };
  daemon.stdout.on('data', collect);
  daemon.stderr.on('data', collect);
  const ended = new Promise<void>((resolve) => daemon.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    daemon.kill('SIGTERM');
    const timer = setTimeout(() => daemon.kill('SIGKILL'), 30_000);
    await ended;
    clearTimeout(timer);
    await run('umount', [join(folder, 'exec', 'netns', 'default')]);
    if (!hadInterface) await run('ip', ['link', 'delete', INTERFACE]);
  };
  try {
    await waitFor(daemon, host, () => words);
  } catch (error) {
    await stop();
    throw error;
  }
  return { host, stop };
}

/** Address of this machine as containers on the default network see it. */
export async function bridgeAddress(): Promise<string> {
  const format = '{{(index .IPAM.Config 0).Gateway}}';
  const address = (await runOrThrow('docker', ['network', 'inspect', 'bridge', '--format', format])).trim();
  if (address !== '') return address;
  throw new Error(
    'the network "bridge" of the Docker engine names no gateway: containers could not reach this machine',
  );
}
