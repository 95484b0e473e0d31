/** Ranges for the platform's networks: the engine chooses them once, so that they are free, and they are kept. */
import type { PlatformOutline } from '../constructs/platform/platform-outline';
import { CliError } from '../terminal/fault';
import type { Engine } from './engine';
import type { Secrets } from './secrets';

interface Network {
  readonly Name: string;
  readonly IPAM?: { readonly Config?: readonly { readonly Subnet?: string }[] | null };
}

const subnetsOf = ({ IPAM }: Network): string[] =>
  (IPAM?.Config ?? []).flatMap(({ Subnet }) =>
    Subnet === undefined || Subnet.includes(':') ? [] : [Subnet],
  );

/**
 * @param values those that were chosen earlier
 * @returns values of the stack's variables for networks that are not there yet. One that is there without a range that was
 *   asked for keeps what it has: another range would be another network, without the workspaces.
 */
export async function chooseSubnets(
  engine: Engine,
  { name: platform, networks }: PlatformOutline,
  values: Secrets,
): Promise<Record<string, string>> {
  const there = await engine.get<Network[]>('/networks');
  const chosen: Record<string, string> = {};
  // Held until all are chosen: the engine gives what is free, which what it gave a moment ago would be again.
  const held: string[] = [];
  try {
    for (const { name, subnetVariable } of networks) {
      const known = values[subnetVariable];
      if (there.some(({ Name }) => Name === name)) {
        if (known === undefined) chosen[subnetVariable] = '';
        continue;
      }
      // Somebody else may have it by now.
      if (known && !there.flatMap(subnetsOf).some((each) => overlap(each, known))) continue;
      const range = `${platform}-range-${held.length + 1}`;
      await engine.ask('DELETE', `/networks/${range}`);
      await engine.post('/networks/create', { Name: range, Driver: 'bridge', CheckDuplicate: true });
      held.push(range);
      const [subnet] = subnetsOf(await engine.get<Network>(`/networks/${range}`));
      if (subnet === undefined)
        throw new CliError(
          'The engine gives a network no range of IPv4 addresses: look at its default-address-pools.',
        );
      chosen[subnetVariable] = subnet;
    }
    return chosen;
  } finally {
    for (const range of held) await engine.ask('DELETE', `/networks/${range}`);
  }
}

/** Whether two ranges, as 172.30.0.0/16, have an address in common. */
export function overlap(one: string, other: string): boolean {
  const [first, second] = [rangeOf(one), rangeOf(other)];
  return first.from <= second.to && second.from <= first.to;
}

function rangeOf(subnet: string): { from: number; to: number } {
  const [address = '', bits = '32'] = subnet.split('/');
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(bits));
  const from = Math.floor(number / size) * size;
  return { from, to: from + size - 1 };
}
