/** Whether workspaces reach what they are to reach and nothing else, tried from a container in their network. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GATEWAY_ADMIN_NAME, GATEWAY_NAMES, GATEWAY_PORT } from '../../src/gateway-names';
import type { Engine } from '../../platform/engine';
import type { Facts } from '../facts';
import { fault, notChecked, ok, type Check, type Found } from '../finding';
import { NEEDS } from '../needs';

const SCRIPT = readFileSync(join(__dirname, '..', 'probe.sh'), 'utf8');
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/;
const WHAT_TO_DO =
  'let the admin listener listen on loopback or in a network of its own (GATEWAY_ADMIN_HOST), or let a firewall keep workspaces from it';
/** Milliseconds for ending the container when the time for all checks is over. */
const END_MS = 10_000;

export const NETWORK: readonly Check[] = [
  {
    name: 'admin port from workspaces',
    needs: ['gateway'],
    find: async (facts) => {
      const { gateway } = (await facts.state()).state;
      // Another machine's loopback, as a container's is.
      if (facts.site.platform === undefined && LOOPBACK.test(gateway.admin_host))
        return [ok(`it listens on ${gateway.admin_host} alone, where no workspace is`)];
      const why = await NEEDS.engine(facts);
      if (why !== undefined) return [notChecked(`${why}; run this on the Docker host of the workspaces`)];
      return probe(facts, await facts.engine());
    },
  },
];

interface Network {
  readonly Containers?: Readonly<Record<string, { readonly Name: string; readonly IPv4Address: string }>>;
  readonly IPAM?: { readonly Config?: readonly { readonly Gateway?: string }[] | null };
}

async function probe({ site, stop }: Facts, engine: Engine): Promise<Found[]> {
  const { workspaceNetwork: name, workspaceImage: image, platform } = site;
  const network = await engine.find<Network>(`/networks/${encodeURIComponent(name)}`);
  if (network === undefined)
    return [
      notChecked(`the engine has no network ${name}: --workspace-network names that of the workspaces`),
    ];
  if ((await engine.find(`/images/${encodeURIComponent(image)}/json`)) === undefined)
    return [
      notChecked(`the engine has no image ${image}: --workspace-image names another with bash and curl`),
    ];
  const admin = new URL(site.admin.url);
  const port = admin.port || (admin.protocol === 'https:' ? '443' : '80');
  const hosts = [
    GATEWAY_ADMIN_NAME,
    ...GATEWAY_NAMES,
    'host.docker.internal',
    ...(network.IPAM?.Config ?? []).flatMap(({ Gateway }) => Gateway ?? []),
    ...(LOOPBACK.test(admin.hostname) ? [] : [admin.hostname]),
    // Each process of the gateway that is in that network as well.
    ...Object.values(network.Containers ?? {})
      .filter(({ Name }) => /gateway/.test(Name))
      .map(({ IPv4Address }) => IPv4Address.replace(/\/.*$/, '')),
  ];
  // Ports of the listener itself, and of what stands before it on the host.
  const ports = [...new Set([port, '4001'])];
  const forbidden = [...new Set(hosts)].flatMap((host) =>
    ports.map((each) => `${admin.protocol}//${host}:${each}`),
  );
  const wanted =
    platform === undefined
      ? []
      : [`${platform.outline.gateway.scheme}://${GATEWAY_NAMES[0]}:${GATEWAY_PORT}`];
  const said = await runProbe(engine, { name, image, targets: [...forbidden, ...wanted], stop });
  return judge(said, forbidden, wanted, name);
}

function judge(
  said: ReadonlyMap<string, string>,
  forbidden: readonly string[],
  wanted: readonly string[],
  network: string,
): Found[] {
  const untold = [...forbidden, ...wanted].filter((target) => !said.has(target));
  if (untold.length > 0)
    return [notChecked(`the probe in ${network} told nothing of ${untold.slice(0, 3).join(', ')}`)];
  const open = forbidden.filter((target) => said.get(target) !== '000');
  const silent = wanted.filter((target) => said.get(target) !== '200');
  return [
    ...open.map((target) =>
      fault(`workspaces in ${network} reach the admin listener at ${target}`, WHAT_TO_DO),
    ),
    ...silent.map((target) =>
      fault(
        `workspaces in ${network} get no answer of ${target}`,
        'look whether the gateway is in that network',
      ),
    ),
    ...(open.length + silent.length === 0
      ? [
          ok(
            `none of ${forbidden.length} addresses of it answers in ${network}${wanted.length > 0 ? ', and the data listener does' : ''}`,
          ),
        ]
      : []),
  ];
}

interface ProbeProps {
  readonly name: string;
  readonly image: string;
  readonly targets: readonly string[];
  readonly stop: AbortSignal;
}

/** @returns status by address */
async function runProbe(
  engine: Engine,
  { name, image, targets, stop }: ProbeProps,
): Promise<Map<string, string>> {
  const container = `doctor-${randomBytes(6).toString('hex')}`;
  await engine.post(`/containers/create?name=${container}`, {
    Image: image,
    Entrypoint: ['/bin/bash', '-c', SCRIPT],
    Cmd: [],
    Env: [`TARGETS=${targets.join(' ')}`],
    HostConfig: {
      NetworkMode: name,
      ExtraHosts: ['host.docker.internal:host-gateway'],
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      RestartPolicy: { Name: 'no' },
    },
  });
  try {
    await engine.post(`/containers/${container}/start`);
    let output = '';
    await engine.logs(
      container,
      { follow: '1' },
      (chunk) => (output += chunk.toString('utf8').slice(0, 64 * 1024)),
      stop,
    );
    return new Map(
      output
        .slice(0, 64 * 1024)
        .split('\n')
        .map((line): [string, string] => {
          const [target = '', status = ''] = line.trim().split(' ');
          return [target, status];
        }),
    );
  } finally {
    await Promise.race([
      engine.ask('DELETE', `/containers/${container}?force=1`),
      new Promise((over) => setTimeout(over, END_MS).unref()),
    ]);
  }
}
