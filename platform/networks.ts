/** Ranges for the platform's networks: the engine chooses them once, so that they are free, and they are kept. */
import type { PlatformOutline } from '../constructs/platform/platform-outline';
import type { Engine } from './engine';
import type { Secrets } from './secrets';

interface Network {
  readonly IPAM?: { readonly Config?: readonly { readonly Subnet?: string }[] | null };
}

const firstSubnet = ({ IPAM }: Network): string | undefined =>
  IPAM?.Config?.map(({ Subnet }) => Subnet).find((subnet) => subnet !== undefined && !subnet.includes(':'));

/**
 * @param values those that were chosen earlier
 * @returns values of the stack's variables for networks that are not there yet. One that is there without a range that was
 *   asked for keeps what it has: another range would be another network, without the workspaces.
 */
export async function chooseSubnets(
  engine: Engine,
  { networks }: PlatformOutline,
  values: Secrets,
): Promise<Record<string, string>> {
  const chosen: Record<string, string> = {};
  for (const { name, subnetVariable } of networks) {
    if (subnetVariable === undefined || values[subnetVariable] !== undefined) continue;
    const found = await engine.find<Network>(`/networks/${name}`);
    chosen[subnetVariable] = found === undefined ? await freeSubnet(engine, `${name}-range`) : '';
  }
  return chosen;
}

/** Makes a network and removes it again: what it had is free then. */
async function freeSubnet(engine: Engine, name: string): Promise<string> {
  await engine.ask('DELETE', `/networks/${name}`);
  await engine.post('/networks/create', { Name: name, Driver: 'bridge', CheckDuplicate: true });
  try {
    return firstSubnet(await engine.get<Network>(`/networks/${name}`)) ?? '';
  } finally {
    await engine.ask('DELETE', `/networks/${name}`);
  }
}
