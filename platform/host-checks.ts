/** What the host must have before anything is made. Each check says what is wrong and what to do. */
import { statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { PlatformOutline } from '../constructs/platform/platform-outline';
import { NAME_LABEL } from '../constructs/platform/ownership';
import { CliError } from '../terminal/fault';
import { terraformVersion } from '../terminal/terraform';
import type { Engine } from './engine';
import { whoListens } from './port-owner';

export interface HostFacts {
  readonly engine: Engine;
  readonly outline: PlatformOutline;
  /** Whether images have to be built or pulled. */
  readonly needsImages: boolean;
}

export interface HostCheck {
  readonly name: string;
  /** @returns what was found @throws CliError that says what to do */
  readonly find: (facts: HostFacts) => Promise<string>;
}

interface EngineInfo {
  readonly ServerVersion: string;
  readonly OSType: string;
  readonly MemTotal: number;
  readonly DockerRootDir: string;
  readonly SystemTime: string;
}

const MB = 1024 * 1024;
const GB = 1024 * MB;
/** Bytes of disk: the workspace image with the layers it is built from, and what a build takes meanwhile. */
const DISK_TO_BUILD = 12 * GB;
/** Bytes of disk that a platform needs to go on. */
const DISK_LEAST = 2 * GB;
/** Seconds by which clocks may differ: a claim of a workspace is refused beyond that. */
const SKEW_SECONDS = 60;
const gigabytes = (bytes: number): string => `${(bytes / GB).toFixed(1)} GB`;

export const memoryOf = ({ services }: PlatformOutline): number =>
  services.filter(({ runsOnce }) => !runsOnce).reduce((sum, { memory }) => sum + memory, 0) * MB;

export const HOST_CHECKS: readonly HostCheck[] = [
  {
    name: 'engine',
    find: async ({ engine }) => {
      const { version } = await engine.version();
      const { OSType: system } = await engine.get<EngineInfo>('/info');
      if (system !== 'linux')
        throw new CliError(`The Docker engine runs ${system} containers: switch it to Linux containers.`);
      return `Docker ${version}`;
    },
  },
  { name: 'Terraform', find: async () => `Terraform ${await terraformVersion()}` },
  {
    name: 'memory',
    find: async ({ engine, outline }) => {
      const { MemTotal: has } = await engine.get<EngineInfo>('/info');
      const takes = memoryOf(outline);
      if (has < takes)
        throw new CliError(
          `The Docker engine has ${gigabytes(has)} of memory, and the services may take ${gigabytes(takes)}: give it more, or lower "memory" of a service in the program.`,
        );
      return `${gigabytes(has)} of memory`;
    },
  },
  {
    name: 'disk',
    find: async ({ engine, needsImages }) => {
      const { DockerRootDir: root } = await engine.get<EngineInfo>('/info');
      const free = await freeAt(root);
      if (free === undefined) return 'disk not looked at';
      const least = needsImages ? DISK_TO_BUILD : DISK_LEAST;
      if (free < least)
        throw new CliError(
          `The disk with ${root} has ${gigabytes(free)} free, and ${gigabytes(least)} are needed${needsImages ? ' to build the images' : ''}: make room (docker system df shows what takes it).`,
        );
      return `${gigabytes(free)} free`;
    },
  },
  {
    name: 'clock',
    find: async ({ engine }) => {
      const { SystemTime: at } = await engine.get<EngineInfo>('/info');
      const ahead = (Date.parse(at) - Date.now()) / 1000;
      if (Math.abs(ahead) > SKEW_SECONDS) throw clockFault("The Docker engine's", ahead);
      return 'clocks agree';
    },
  },
  { name: 'ports', find: async ({ engine, outline }) => checkPorts(engine, outline) },
];

/** @param ahead seconds by which that clock is ahead of this one */
export const clockFault = (whose: string, ahead: number): CliError =>
  new CliError(
    `${whose} clock is ${Math.round(Math.abs(ahead))} s ${ahead > 0 ? 'ahead of' : 'behind'} this machine's: set it (sudo timedatectl set-ntp true); keys and certificates depend on it.`,
  );

export const isSkewed = (ahead: number): boolean => Math.abs(ahead) > SKEW_SECONDS;

/** Of an engine elsewhere, or behind a virtual machine, nothing is known. */
async function freeAt(path: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}

interface ListedContainer {
  readonly Names: readonly string[];
  readonly Labels: Readonly<Record<string, string>>;
  readonly Ports: readonly { readonly IP?: string; readonly PublicPort?: number }[];
}

async function checkPorts(engine: Engine, { services, name }: PlatformOutline): Promise<string> {
  const running = await engine.get<ListedContainer[]>('/containers/json');
  const wanted = services.flatMap(({ ports }) => ports);
  for (const { address, external } of wanted) {
    const holder = running.find(({ Ports }) =>
      Ports.some(
        ({ IP, PublicPort }) =>
          PublicPort === external && (IP === address || isEvery(IP ?? '') || isEvery(address)),
      ),
    );
    // Ours already, from an earlier run.
    if (holder?.Labels[NAME_LABEL] === name) continue;
    if (holder !== undefined)
      throw portFault(external, address, `the container ${holder.Names[0]?.replace('/', '')}`);
    const code = await refusalOf(external, address);
    if (code === 'EADDRINUSE') throw portFault(external, address, whoListens(external));
    if (code === 'EADDRNOTAVAIL' && address === '172.17.0.1')
      throw new CliError(
        `${address}, where workspaces would reach Coder as host.docker.internal, is not the address of this engine's bridge: say which by coder: CoderServer.own({ addresses: ['127.0.0.1', '…'] }) ("docker network inspect bridge" shows it).`,
      );
    if (code === 'EADDRNOTAVAIL')
      throw new CliError(
        `${address} is no address of this host: change it in the program, or use 127.0.0.1.`,
      );
  }
  const ports = [...new Set(wanted.map(({ external }) => external))];
  return ports.length === 0 ? 'no ports' : `ports ${ports.join(', ')} are free or ours`;
}

const isEvery = (address: string): boolean => ['0.0.0.0', '::'].includes(address);

const portFault = (port: number, address: string, holder: string | undefined): CliError =>
  new CliError(
    `Port ${port} of ${address} is taken${holder === undefined ? '' : ` by ${holder}`}: stop that, or choose another port in the program.`,
  );

const refusalOf = (port: number, host: string): Promise<string | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
