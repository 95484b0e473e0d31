/** What is on the engine under our names before Terraform makes anything: ours from an attempt that was cut off, or not ours. */
import { NAME_LABEL } from '../constructs/platform/ownership';
import type { PlatformOutline } from '../constructs/platform/platform-outline';
import { CliError } from '../terminal/fault';
import type { Engine } from './engine';
import type { Change } from './terraform-applier';

interface Labelled {
  readonly Labels?: Readonly<Record<string, string>> | null;
}

interface Network extends Labelled {
  readonly Id: string;
  readonly Containers?: Readonly<Record<string, { readonly Name: string }>>;
}

interface Container {
  readonly Id: string;
  readonly Config: Labelled;
}

const isOurs = ({ Labels }: Labelled, name: string): boolean => Labels?.[NAME_LABEL] === name;

/**
 * Clears the way for what Terraform is to make: what it made in an attempt that was cut off before it could note that.
 * Containers hold no data, and neither do the volumes it makes; a network that a workspace is on stays.
 *
 * @returns what was removed @throws CliError for what is not ours, before anything is removed
 */
export async function clearTheWay(
  engine: Engine,
  { name }: PlatformOutline,
  changes: readonly Change[],
): Promise<string[]> {
  const removals: { path: string; what: string }[] = [];
  for (const { type, action, engineName } of changes) {
    if (action !== 'create' || engineName === undefined) continue;
    const found = await LOOK[type]?.(engine, engineName, name);
    if (found !== undefined) removals.push(found);
  }
  // Containers first: a network and a volume are in use until they are gone.
  removals.sort((a, b) => a.what.localeCompare(b.what));
  for (const { path } of removals) await engine.must('DELETE', path);
  return removals.map(({ what }) => what);
}

type Look = (
  engine: Engine,
  engineName: string,
  platform: string,
) => Promise<{ path: string; what: string } | undefined>;

const LOOK: Readonly<Record<string, Look>> = {
  docker_container: async (engine, engineName, platform) => {
    const found = await engine.find<Container>(`/containers/${engineName}/json`);
    if (found === undefined) return undefined;
    if (!isOurs(found.Config, platform)) throw foreign('container', engineName, 'docker rm -f');
    return { path: `/containers/${found.Id}?force=1`, what: `container ${engineName}` };
  },
  docker_network: async (engine, engineName, platform) => {
    const found = await engine.find<Network>(`/networks/${engineName}`);
    if (found === undefined) return undefined;
    if (!isOurs(found, platform)) throw foreign('network', engineName, 'docker network rm');
    const others = Object.values(found.Containers ?? {}).map(({ Name }) => Name);
    const strangers = others.filter((each) => !each.startsWith(`${platform}-`));
    if (strangers.length > 0)
      throw new CliError(
        `The network ${engineName} is this platform's, but Terraform's state does not know it, and ${strangers.slice(0, 5).join(', ')} ${strangers.length === 1 ? 'is' : 'are'} on it: put the state file back, or stop those and run this again.`,
      );
    return { path: `/networks/${found.Id}`, what: `network ${engineName}` };
  },
  docker_volume: async (engine, engineName, platform) => {
    const found = await engine.find<Labelled>(`/volumes/${engineName}`);
    if (found === undefined) return undefined;
    if (!isOurs(found, platform)) throw foreign('volume', engineName, 'docker volume rm');
    return { path: `/volumes/${engineName}`, what: `volume ${engineName}` };
  },
};

const foreign = (what: string, name: string, remove: string): CliError =>
  new CliError(
    `There is a ${what} ${name} already, and it is not this platform's: give the platform another name (platform: { name: '…' }), ${what === 'network' ? "join that network (WorkspaceFacingNetwork.existing('…')), " : ''}or remove it if nobody needs it (${remove} ${name}).`,
  );

/** @throws CliError when a plan would take away what workspaces are on */
export function refuseLosses(changes: readonly Change[]): void {
  const lost = changes.filter(
    ({ type, action }) => type === 'docker_network' && (action === 'replace' || action === 'delete'),
  );
  if (lost.length > 0)
    throw new CliError(
      `${lost.map(({ address }) => address).join(', ')} would be made anew, which takes workspaces off the network: undo that change of the program, or stop all workspaces, run "down" and then "up".`,
    );
}
