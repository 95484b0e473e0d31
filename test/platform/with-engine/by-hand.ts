/**
 * Takes the place of Terraform's docker provider, which is not here: real Terraform plans and keeps the state with the
 * provider that replays the schema, and what its plan says is done on the engine, resource by resource. What is on the engine
 * is looked at before a plan, as the provider does: what is gone is made again, and a tag that means another image is seen.
 */
import { TerraformApplier, type Change, type PlanWords } from '../../../platform/terraform-applier';
import type { StateJson, StateResource } from '../../harness/terraform';
import { ask, askOrThrow } from './engine-client';
import { inOrder, MadePlatform } from './made-platform';

const PLAN = '.terraform/platform.tfplan';
const KINDS: Readonly<Record<string, string>> = {
  docker_container: 'containers',
  docker_network: 'networks',
  docker_volume: 'volumes',
};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

export class ByHand extends TerraformApplier {
  private changes: Change[] = [];
  private order: string[] = [];
  private hasPlan = false;

  override async plan(words: PlanWords, stop: AbortSignal): Promise<Change[]> {
    const planned = await super.plan(words, stop);
    this.hasPlan = planned.length > 0;
    const { stdout } = await this.run(['show', '-json', PLAN], stop);
    this.order = inOrder((JSON.parse(stdout) as { configuration: unknown }).configuration);
    const wanted = (address: string): boolean =>
      words.targets === undefined || words.targets.some((target) => this.needs(target, stdout).has(address));
    const known = new Set(planned.map(({ address }) => address));
    const drifted = (await this.drift(stop)).filter(({ address }) => !known.has(address) && wanted(address));
    this.changes = [...planned, ...drifted];
    return this.changes;
  }

  /** Addresses that a target brings along. */
  private needs(target: string, shown: string): Set<string> {
    const { configuration } = JSON.parse(shown) as {
      configuration: {
        root_module: { resources: { address: string; depends_on?: string[]; expressions?: unknown }[] };
      };
    };
    const resources = new Map(configuration.root_module.resources.map((each) => [each.address, each]));
    const found = new Set<string>();
    const visit = (address: string): void => {
      const resource = resources.get(address);
      if (resource === undefined || found.has(address)) return;
      found.add(address);
      const named = JSON.stringify(resource.expressions ?? {}).match(/docker_\w+\.\w+/g) ?? [];
      for (const other of [...(resource.depends_on ?? []), ...named]) visit(other);
    };
    visit(target);
    return found;
  }

  override async apply(stop: AbortSignal): Promise<void> {
    if (this.hasPlan) await super.apply(stop);
    const resources = await this.resources(stop);
    const images = imagesIn(resources);
    const made = new MadePlatform(this.folder);
    const actions = new Map(this.changes.map((change) => [change.address, change]));
    // What goes, goes first: names and ports are free then.
    for (const { type, action, engineName } of [...this.changes].reverse())
      if (action === 'replace' || action === 'delete') await remove(type, engineName ?? '');
    for (const address of this.order) {
      stop.throwIfAborted();
      const change = actions.get(address);
      const resource = resources.find((each) => each.address === address);
      if (change === undefined || resource === undefined || change.action === 'delete') continue;
      const { values } = resource;
      if (resource.type === 'docker_network') await made.network(values);
      if (resource.type === 'docker_volume') await made.volume(values);
      if (resource.type === 'docker_container') await made.container(resource, images);
    }
  }

  override async destroy(words: PlanWords, stop: AbortSignal): Promise<void> {
    const before = await this.resources(stop);
    await super.destroy(words, stop);
    const left = new Set((await this.resources(stop)).map(({ address }) => address));
    const gone = before.filter(({ address }) => !left.has(address));
    for (const kind of ['docker_container', 'docker_network', 'docker_volume'])
      for (const { type, values } of gone) if (type === kind) await remove(kind, text(values['name']));
  }

  private async resources(stop: AbortSignal): Promise<readonly StateResource[]> {
    const { stdout } = await this.run(['show', '-json'], stop);
    return (JSON.parse(stdout) as StateJson).values?.root_module?.resources ?? [];
  }

  /** What the state has and the engine has not, and containers whose image is another one now. */
  private async drift(stop: AbortSignal): Promise<Change[]> {
    const resources = await this.resources(stop);
    const images = imagesIn(resources);
    const changes: Change[] = [];
    for (const { address, type, name, values } of resources) {
      const kind = KINDS[type];
      if (kind === undefined) continue;
      const engineName = text(values['name']);
      const path =
        kind === 'volumes' || kind === 'networks' ? `/${kind}/${engineName}` : `/${kind}/${engineName}/json`;
      const { status, body } = await ask('GET', path);
      const change = (action: Change['action']): number =>
        changes.push({ address, type, name, action, engineName });
      if (status === 404) change('create');
      else if (type === 'docker_container') {
        const reference = images.get(text(values['image'])) ?? '';
        const { Id: id } = await askOrThrow<{ Id: string }>(
          'GET',
          `/images/${encodeURIComponent(reference)}/json`,
        );
        if ((JSON.parse(body) as { Image: string }).Image !== id) change('replace');
      }
    }
    return changes;
  }
}

const imagesIn = (resources: readonly StateResource[]): Map<string, string> =>
  new Map(
    resources
      .filter(({ type }) => type === 'docker_image')
      .map(({ values }) => [text(values['image_id']), text(values['name'])]),
  );

/** As the provider does: a container gets its time. */
async function remove(type: string, name: string): Promise<void> {
  const kind = KINDS[type];
  if (kind === undefined || name === '') return;
  if (kind === 'containers') await ask('POST', `/containers/${name}/stop?t=30`);
  const { status, body } = await ask('DELETE', `/${kind}/${name}${kind === 'containers' ? '?force=1' : ''}`);
  if (status >= 400 && status !== 404) throw new Error(`DELETE ${kind} ${name}: ${body}`);
}
