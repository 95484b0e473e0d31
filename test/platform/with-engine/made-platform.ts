/** Makes on a real engine what Terraform's state says, in its order: the part of the docker provider that is not here. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StateJson, StateResource } from '../../harness/terraform';
import { ask, askOrThrow, tarOf } from './engine-client';

type Values = Readonly<Record<string, unknown>>;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(text) : []);
const blocks = (value: unknown): Values[] => (Array.isArray(value) ? (value as Values[]) : []);

const NANO = 1e9;
const seconds = (duration: unknown): number =>
  [...text(duration).matchAll(/(\d+)([hms])/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * ({ h: 3600, m: 60, s: 1 }[unit ?? 's'] ?? 1),
    0,
  );

const labelsOf = ({ labels }: Values): Record<string, string> =>
  Object.fromEntries(blocks(labels).map(({ label, value }) => [text(label), text(value)]));

/** A container as the engine is asked for it. */
function requestFor(values: Values, image: string): Values {
  const [first] = blocks(values['networks_advanced']);
  const [capabilities] = blocks(values['capabilities']);
  const [health] = blocks(values['healthcheck']);
  const ports = blocks(values['ports']);
  const megabytes = 1024 * 1024;
  return {
    Image: image,
    Hostname: text(values['hostname']),
    ...(values['user'] !== null && { User: text(values['user']) }),
    Env: texts(values['env']),
    ...(texts(values['entrypoint']).length > 0 && { Entrypoint: texts(values['entrypoint']) }),
    ...(texts(values['command']).length > 0 && { Cmd: texts(values['command']) }),
    Labels: labelsOf(values),
    StopTimeout: values['stop_timeout'],
    ...(health && {
      Healthcheck: {
        Test: texts(health['test']),
        // Looked at more often than the platform asks for: the tests wait for it many times.
        Interval: Math.min(seconds(health['interval']), 1) * NANO,
        Timeout: seconds(health['timeout']) * NANO,
        StartPeriod: seconds(health['start_period']) * NANO,
        Retries: health['retries'],
      },
    }),
    ExposedPorts: Object.fromEntries(ports.map(({ internal }) => [`${Number(internal)}/tcp`, {}])),
    HostConfig: {
      NetworkMode: first === undefined ? text(values['network_mode']) : text(first['name']),
      Init: values['init'],
      RestartPolicy: { Name: text(values['restart']) },
      ReadonlyRootfs: values['read_only'],
      Tmpfs: values['tmpfs'] ?? {},
      SecurityOpt: texts(values['security_opts']),
      CapAdd: texts(capabilities?.['add']),
      CapDrop: texts(capabilities?.['drop']),
      GroupAdd: texts(values['group_add']),
      Memory: Number(values['memory']) * megabytes,
      MemorySwap: Number(values['memory_swap']) * megabytes,
      NanoCpus: Number(values['cpus']) * NANO,
      LogConfig: { Type: text(values['log_driver']), Config: values['log_opts'] },
      Binds: blocks(values['volumes']).map(
        ({ volume_name: volume, host_path: path, container_path: at, read_only: readOnly }) =>
          `${text(volume) || text(path)}:${text(at)}:${readOnly === true ? 'ro' : 'rw'}`,
      ),
      PortBindings: Object.fromEntries(
        ports.map(({ internal }) => [
          `${Number(internal)}/tcp`,
          ports
            .filter((each) => each['internal'] === internal)
            .map(({ external, ip }) => ({ HostIp: text(ip), HostPort: String(Number(external)) })),
        ]),
      ),
    },
    ...(first && {
      NetworkingConfig: { EndpointsConfig: { [text(first['name'])]: { Aliases: texts(first['aliases']) } } },
    }),
  };
}

interface Inspected {
  readonly State: {
    readonly Status: string;
    readonly ExitCode: number;
    readonly Health?: { readonly Status: string };
  };
  readonly RestartCount: number;
}

export class MadePlatform {
  readonly containers: string[] = [];
  private readonly volumes = new Set<string>();
  private readonly networks: string[] = [];

  constructor(private readonly folder: string) {}

  /**
   * @param state after an apply, its resources in the order they depend on each other
   * @param folder what `path.module` is
   */
  static async make(state: StateJson, order: readonly string[], folder: string): Promise<MadePlatform> {
    const made = new MadePlatform(folder);
    const resources = state.values?.root_module?.resources ?? [];
    const images = new Map(
      resources
        .filter(({ type }) => type === 'docker_image')
        .map(({ values }) => [text(values['image_id']), text(values['name'])]),
    );
    try {
      for (const { values } of resources.filter(({ type }) => type === 'docker_network'))
        await made.network(values);
      for (const address of order) {
        const resource = resources.find((each) => each.address === address);
        if (resource?.type === 'docker_container') await made.container(resource, images);
      }
      return made;
    } catch (error) {
      await made.remove();
      throw error;
    }
  }

  async network(values: Values): Promise<void> {
    const name = text(values['name']);
    // What the provider reads back where none was asked for has every attribute.
    const ranges = blocks(values['ipam_config']).filter(({ aux_address: read }) => read === null);
    await askOrThrow('POST', '/networks/create', {
      Name: name,
      Driver: text(values['driver']),
      Internal: values['internal'],
      CheckDuplicate: true,
      Labels: labelsOf(values),
      ...(ranges.length > 0 && {
        IPAM: { Config: ranges.map(({ subnet, gateway }) => ({ Subnet: subnet, Gateway: gateway })) },
      }),
    });
    this.networks.push(name);
  }

  async volume(values: Values): Promise<void> {
    await askOrThrow('POST', '/volumes/create', { Name: text(values['name']), Labels: labelsOf(values) });
  }

  async container({ values, name }: StateResource, images: ReadonlyMap<string, string>): Promise<void> {
    const container = text(values['name']);
    const image = images.get(text(values['image']));
    if (image === undefined) throw new Error(`no image for ${container}`);
    for (const { volume_name: volume } of blocks(values['volumes']))
      if (text(volume) !== '') this.volumes.add(text(volume));
    await askOrThrow('POST', `/containers/create?name=${container}`, requestFor(values, image));
    this.containers.push(container);
    for (const { name: network, aliases } of blocks(values['networks_advanced']).slice(1))
      await askOrThrow('POST', `/networks/${text(network)}/connect`, {
        Container: container,
        EndpointConfig: { Aliases: texts(aliases) },
      });
    for (const upload of blocks(values['upload'])) await this.upload(container, upload);
    await askOrThrow('POST', `/containers/${container}/start`);
    if (values['attach'] === true) {
      const { StatusCode: status } = await askOrThrow<{ StatusCode: number }>(
        'POST',
        `/containers/${container}/wait`,
      );
      if (status !== 0) throw new Error(`${name} ended with ${status}: ${await this.log(container)}`);
    }
    if (values['wait'] === true) await this.healthy(container);
  }

  /** Puts a file into a container as the provider does: into the root of its file system. */
  async upload(container: string, { file, content, source, permissions }: Values): Promise<void> {
    const bytes =
      text(source) === ''
        ? Buffer.from(text(content))
        : readFileSync(text(source).replace(/^\./, this.folder));
    const archive = tarOf(text(file), bytes, parseInt(text(permissions), 8));
    await askOrThrow('PUT', `/containers/${container}/archive?path=/`, archive);
  }

  inspect(container: string): Promise<Inspected & Values> {
    return askOrThrow('GET', `/containers/${container}/json`);
  }

  async log(container: string): Promise<string> {
    const { body } = await ask('GET', `/containers/${container}/logs?stdout=1&stderr=1&tail=200`);
    // Each line begins with a header of eight bytes.
    return body.replace(/[\x00-\x08]/g, '');
  }

  /** @throws with its log when it does not get well */
  async healthy(container: string): Promise<void> {
    for (let tries = 0; tries < 600; tries += 1) {
      const { State, RestartCount } = await this.inspect(container);
      if (State.Health?.Status === 'healthy') return;
      if (State.Status === 'exited' || RestartCount > 4) break;
      await sleep(200);
    }
    throw new Error(`${container} is not well: ${(await this.log(container)).slice(-4_000)}`);
  }

  async remove(): Promise<void> {
    for (const container of [...this.containers].reverse())
      await ask('DELETE', `/containers/${container}?force=1&v=1`);
    for (const network of this.networks) await ask('DELETE', `/networks/${network}`);
    for (const volume of this.volumes) await ask('DELETE', `/volumes/${volume}`);
  }
}

interface Configured {
  readonly address: string;
  readonly depends_on?: readonly string[];
  readonly expressions?: unknown;
}

/** Addresses of a plan's resources, each after those it depends on. */
export function inOrder(configuration: unknown): string[] {
  const { root_module: module } = configuration as { root_module: { resources?: readonly Configured[] } };
  const resources = new Map((module.resources ?? []).map((each) => [each.address, each]));
  const ordered: string[] = [];
  const visit = (address: string): void => {
    const resource = resources.get(address);
    if (resource === undefined || ordered.includes(address)) return;
    const named = JSON.stringify(resource.expressions ?? {}).match(/docker_\w+\.\w+/g) ?? [];
    for (const other of [...(resource.depends_on ?? []), ...named]) if (other !== address) visit(other);
    ordered.push(address);
  };
  for (const address of resources.keys()) visit(address);
  return ordered;
}
