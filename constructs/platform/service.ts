import { Construct } from 'constructs';
import { DockerContainer } from '../common/docker';
import { expression } from '../common/expression';
import { validateProps, type Rule } from '../common/validation';
import { labelsOf } from './ownership';
import type { PlatformContext } from './platform-context';
import type { Attachment } from './platform-networks';
import type { PublishedPort } from './platform-outline';
import type { PulledImage } from './service-image';

/** Memory and CPUs a service may take. */
export interface ServiceLimits {
  /** Megabytes, swap included. @default - as the service says */
  readonly memory?: number;
  /** CPUs, in tenths at the finest. @default - as the service says */
  readonly cpus?: number;
}

export interface ServiceVolume {
  /** Name of a volume, as text for an attribute; or an absolute path of the host. */
  readonly volume: string;
  readonly path: string;
  /** @default false */
  readonly readOnly?: boolean;
}

/** Files that were placed for a service. */
export interface ServiceFiles {
  /** Name of their volume, as text for an attribute. */
  readonly volume: string;
  /** Where the service finds them. */
  readonly path: string;
  /** Address of the resource that placed them. */
  readonly address: string;
}

export interface ServiceHealth {
  /** What Docker runs in the container: its status 0 means well. */
  readonly test: readonly string[];
  /** Go duration until failures count. @default '30s' */
  readonly startPeriod?: string;
}

export interface ServiceProps {
  readonly platform: PlatformContext;
  /** Terraform name; the container's is the platform's and this one. */
  readonly name: string;
  readonly image: PulledImage;
  /** Networks, and the names there. @default - none: what it does needs nobody */
  readonly networks?: readonly Attachment[];
  /** Text by name. Everybody who may ask the engine reads it: no secret. @default - none */
  readonly environment?: Readonly<Record<string, string>>;
  /** `uid:gid`. @default - the image's own */
  readonly user?: string;
  /** @default - the image's own */
  readonly entrypoint?: readonly string[];
  /** @default - the image's own */
  readonly command?: readonly string[];
  /** Whether nothing but volumes and temporary folders can be written. @default true */
  readonly readOnly?: boolean;
  /** Temporary folders, in memory: mount options by path. @default - none */
  readonly tmpfs?: Readonly<Record<string, string>>;
  /** @default - none */
  readonly volumes?: readonly ServiceVolume[];
  /** Files that were placed for it. The container is made anew when one changes. @default - none */
  readonly files?: ServiceFiles;
  /** @default - none */
  readonly ports?: readonly PublishedPort[];
  /** @default - the image's own, not waited for */
  readonly health?: ServiceHealth;
  readonly memory: number;
  readonly cpus: number;
  /** Capabilities it keeps, such as `CAP_CHOWN`. @default - none */
  readonly capabilities?: readonly string[];
  /** Groups of its processes beside their own: numbers. @default - none */
  readonly groups?: readonly string[];
  /** Does its work and ends. @default false */
  readonly runsOnce?: boolean;
  /** Seconds it may take to end. @default 30 */
  readonly stopSeconds?: number;
  /** Addresses of resources that must be there before it. @default - none */
  readonly after?: readonly string[];
  /** Files put into a container that runs once, before it starts. @default - none */
  readonly uploads?: readonly ServiceUpload[];
  /** Addresses of resources whose replacement replaces it. @default - that of its files */
  readonly replacedBy?: readonly string[];
}

/** Text that is known or a secret, or a file of the machine that runs Terraform. */
export interface UploadContent {
  /** @default - that of the file */
  readonly content?: string;
  /** Its path, as an expression of text. @default - there is none */
  readonly source?: string;
  /** What changes with the file. @default - there is none */
  readonly hash?: string;
}

/** A file of a container. */
export interface ServiceUpload extends UploadContent {
  readonly file: string;
}

/**
 * Mount options of a temporary folder. Its owner is said since the mount is root's otherwise, in the mode of the folder it
 * covers.
 *
 * @param size such as `64m`
 * @param user `uid:gid`
 */
export function scratch(size: string, user = '0:0'): string {
  const [uid, gid] = user.split(':');
  return `rw,noexec,nosuid,nodev,size=${size},uid=${uid},gid=${gid}`;
}

const MEMORY_LEAST = 16;
const NUMBER_OF_ALL = '0.0.0.0';

const RULES: readonly Rule<ServiceProps>[] = [
  {
    holds: ({ memory }) => Number.isInteger(memory) && memory >= MEMORY_LEAST && memory <= 1_048_576,
    message: ({ name, memory }) =>
      `memory of "${name}" must be a whole number of megabytes from ${MEMORY_LEAST} to 1048576, got ${memory}`,
  },
  {
    holds: ({ cpus }) => cpus >= 0.1 && cpus <= 1024 && Number.isInteger(Math.round(cpus * 1e6) / 1e5),
    message: ({ name, cpus }) =>
      `cpus of "${name}" must be from 0.1 to 1024 in tenths, got ${cpus}: use 0.5, 1 or 2`,
  },
  {
    holds: ({ user }) => user === undefined || /^\d{1,9}:\d{1,9}$/.test(user),
    message: ({ name, user }) => `user of "${name}" must be "uid:gid" in numbers, got "${user}"`,
  },
  {
    holds: ({ ports = [] }) =>
      ports.every(({ external }) => Number.isInteger(external) && external > 0 && external < 65_536),
    message: ({ name, ports = [] }) =>
      `ports of "${name}" must be from 1 to 65535, got ${ports.map(({ external }) => external).join(', ')}`,
  },
  {
    holds: ({ ports = [] }) => ports.every(({ address }) => /^[0-9a-fA-F.:]{2,45}$/.test(address)),
    message: ({ name, ports = [] }) =>
      `addresses of "${name}" must be those of this host, got ${ports.map(({ address }) => `"${address.slice(0, 60)}"`).join(', ')}: use "127.0.0.1", or "${NUMBER_OF_ALL}" for every one of them`,
  },
];

/** Bytes of a log file, and how many are kept. */
const LOG = { 'max-size': '10m', 'max-file': '5' };

const inTenths = (cpus: number): string => {
  const text = String(Math.round(cpus * 10) / 10);
  return text.includes('.') ? text : `${text}.0`;
};

/**
 * A container of the platform, as tight as its image allows: no capability but those named, no new privileges, a limit
 * of memory and CPUs, a log that turns over. Values are in the form the docker provider reads back.
 */
export class Service extends Construct {
  readonly resource: DockerContainer;
  /** For `after` and `replacedBy` of others. */
  readonly address: string;
  readonly containerName: string;

  constructor(scope: Construct, id: string, props: ServiceProps) {
    super(scope, id);
    validateProps(this, undefined, props, RULES);
    const { platform, name, runsOnce = false, files } = props;
    this.containerName = platform.nameOf(name);
    this.address = `docker_container.${name}`;
    this.resource = new DockerContainer(this, 'Resource', {
      name: this.containerName,
      hostname: this.containerName,
      image: expression`${props.image.idRef}`,
      user: props.user,
      groupAdd: props.groups === undefined ? undefined : [...props.groups],
      entrypoint: props.entrypoint === undefined ? undefined : [...props.entrypoint],
      command: props.command === undefined ? undefined : [...props.command],
      env: props.environment && Object.entries(props.environment).map(([key, value]) => `${key}=${value}`),
      init: true,
      restart: runsOnce ? 'no' : 'unless-stopped',
      ...(runsOnce
        ? {
            attach: true,
            logs: true,
            mustRun: false,
            ...(props.networks === undefined && { networkMode: 'none' }),
          }
        : {}),
      ...(props.health === undefined ? {} : { ...healthOf(props.health) }),
      readOnly: props.readOnly ?? true,
      tmpfs: props.tmpfs === undefined ? undefined : { ...props.tmpfs },
      securityOpts: ['no-new-privileges'],
      capabilities: { drop: ['ALL'], add: props.capabilities && [...props.capabilities] },
      cpus: inTenths(props.cpus),
      memory: props.memory,
      memorySwap: props.memory,
      logDriver: 'json-file',
      logOpts: LOG,
      stopTimeout: props.stopSeconds ?? 30,
      destroyGraceSeconds: props.stopSeconds ?? 30,
      networksAdvanced: (props.networks ?? []).map(({ network, aliases }) => ({
        name: network,
        aliases: aliases && [...aliases],
      })),
      ports: (props.ports ?? []).map(({ internal, external, address }) => ({
        internal,
        external,
        ip: address,
        protocol: 'tcp',
      })),
      volumes: [
        ...(props.volumes ?? []).map(({ volume, path, readOnly }) => ({
          ...(volume.startsWith('/') ? { hostPath: volume } : { volumeName: volume }),
          containerPath: path,
          readOnly,
        })),
        ...(files === undefined
          ? []
          : [{ volumeName: files.volume, containerPath: files.path, readOnly: true }]),
      ],
      upload: (props.uploads ?? []).map((upload) => ({
        file: upload.file,
        permissions: '0400',
        content: upload.content,
        source: upload.source,
        sourceHash: upload.hash,
      })),
      labels: labelsOf(platform.name, name),
      lifecycle: lifecycleOf(props),
    });
    this.resource.overrideLogicalId(name);
    platform.services.push({
      name,
      container: this.containerName,
      image: props.image.reference,
      memory: props.memory,
      ports: props.ports ?? [],
      runsOnce,
      environment: props.environment ?? {},
      keptVolumes: (props.volumes ?? [])
        .map(({ volume }) => volume)
        // A path of the host, and a volume of Terraform's own.
        .filter((volume) => !/^(\/|\$\{)/.test(volume)),
    });
    const after = [...(props.after ?? []), ...(files === undefined ? [] : [files.address])];
    if (after.length > 0) this.resource.addOverride('depends_on', after);
  }
}

const healthOf = ({ test, startPeriod = '30s' }: ServiceHealth) => ({
  healthcheck: {
    test: [...test],
    interval: '5s',
    timeout: '5s',
    retries: 12,
    startPeriod,
  },
  wait: true,
  waitTimeout: 300,
});

function lifecycleOf({ name, runsOnce, files, replacedBy }: ServiceProps) {
  const triggers = replacedBy ?? (files === undefined ? [] : [files.address]);
  const postcondition = runsOnce
    ? [
        {
          condition: '${coalesce(self.exit_code, 0) == 0}',
          errorMessage: `${name} ended with a fault: its log says which (docker logs).`,
        },
      ]
    : undefined;
  if (triggers.length === 0 && postcondition === undefined) return undefined;
  return {
    ...(triggers.length > 0 && { replaceTriggeredBy: [...triggers] }),
    ...(postcondition && { postcondition }),
  };
}
