/** Images, the stack itself, and whether it is well. */
import { resolve } from 'node:path';
import { CliError } from '../terminal/fault';
import { drainedText, replaceGateways } from './gateway-rollover';
import { servicesOf, waitUntilWell } from './health';
import { imageId, neededImages, provideImages } from './images';
import { clearTheWay, refuseLosses } from './obstacles';
import { addToRecord } from './record';
import type { Step } from './steps';
import type { Change } from './terraform-applier';
import type { UpContext } from './up-context';

export const IMAGES: Step<UpContext> = {
  name: 'Building and pulling images',
  ifItFails: 'What was built stays, and is not built again.',
  run: (context, stop) => provide(context, false, stop),
};

export async function provide(context: UpContext, rebuild: boolean, stop: AbortSignal): Promise<string> {
  const services = await servicesOf(context.engine, context.outline.name);
  return provideImages(
    neededImages(context.outline, context.declared.template),
    {
      engine: context.engine,
      folder: context.folder,
      authority: context.authority,
      gatewayBaseImage: context.words.gatewayBaseImage,
      isGatewayThere: services.some(({ service }) => service.startsWith('gateway_')),
    },
    { rebuild },
    stop,
  );
}

export const APPLY: Step<UpContext> = {
  name: 'Applying the stack',
  ifItFails: 'What was made stays. Run this again: it goes on from there.',
  run: async (context, stop) => {
    await begin(context, stop);
    const changes = await planned(context, stop);
    const newer = await newVersions(context, changes);
    if (newer.length > 0)
      throw new CliError(
        `${newer.join(', ')} would get another version. That is what "contractor-workspace upgrade" is for: it backs up first.`,
      );
    return applied(context, changes, stop);
  },
};

/** From here on there is something to look at and to take down. */
export async function begin(
  { applier, folder, declared, program }: UpContext,
  stop: AbortSignal,
): Promise<void> {
  const made = { folder: declared.folder, outline: declared.outline };
  addToRecord(folder, { made: program === undefined ? made : { ...made, program: resolve(program) } });
  await applier.init(stop);
}

/** What has to change, with the way cleared for it. */
export async function planned(
  { applier, engine, outline, say }: UpContext,
  stop: AbortSignal,
): Promise<Change[]> {
  const changes = await applier.plan({}, stop);
  refuseLosses(changes);
  const removed = await clearTheWay(engine, outline, changes);
  if (removed.length > 0) say(`  removed what an attempt that was cut off had left: ${removed.join(', ')}`);
  return changes;
}

/** Services that run and would be replaced by others of another image. */
export async function newVersions(
  { engine, outline }: UpContext,
  changes: readonly Change[],
): Promise<string[]> {
  const newer: string[] = [];
  for (const { action, type, name } of changes) {
    const service = outline.services.find((each) => each.name === name);
    if (action !== 'replace' || type !== 'docker_container' || !service || service.runsOnce) continue;
    const runs = await engine.find<{ Image: string }>(`/containers/${service.container}/json`);
    if (runs !== undefined && runs.Image !== (await imageId(engine, service.image))) newer.push(name);
  }
  return newer;
}

/** Applies changes: gateways one at a time, everything else at once. @returns what was done */
export async function applied(
  context: UpContext,
  changes: readonly Change[],
  stop: AbortSignal,
): Promise<string> {
  const { engine, outline, applier, say } = context;
  const drained = await replaceGateways(
    {
      engine,
      outline,
      applier,
      say,
      hasRange: (network) => context.hasRange(network),
      drainSeconds: context.drainSeconds ?? outline.gateway.shutdownSeconds,
    },
    changes,
    stop,
  );
  if (drained.gateways > 0) context.drained = drained;
  const left = drained.gateways > 0 ? await planned(context, stop) : changes;
  if (left.length > 0) await applier.apply(stop);
  const count = new Set([...changes, ...left].map(({ address }) => address)).size;
  if (count === 0 && drained.gateways === 0) return 'nothing to change';
  return `${count} changes${drained.gateways > 0 ? `; gateways: ${drainedText(drained)}` : ''}`;
}

export const WAIT: Step<UpContext> = {
  name: 'Waiting until all services are well',
  ifItFails: 'Run this again when that is mended: "contractor-workspace logs" says more.',
  run: ({ engine, outline }, stop) => waitUntilWell(engine, outline, stop),
};
