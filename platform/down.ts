/** Takes a platform's services down. What holds data stays, unless somebody says its name. */
import { ensureCertificates, namesIn, type Certificates } from '../certificates/ensure';
import { NAME_LABEL } from '../constructs/platform/ownership';
import type { PlatformOutline } from '../constructs/platform/platform-outline';
import { CliError } from '../terminal/fault';
import { untilStopped } from '../terminal/stopped';
import { askAloud, canAsk } from './ask';
import { PlatformContext, type ApplierFactory } from './context';
import { Engine } from './engine';
import { PlatformFolder } from './folder';
import { withLock } from './lock';
import { addToRecord, madeIn } from './record';
import { readSecrets } from './secrets';
import { runSteps, sayToStderr, type Step } from './steps';

export interface DownWords {
  readonly folder: string;
  /** Remove the data as well. */
  readonly volumes?: boolean;
  /** The platform's name: the word of consent where nobody can be asked. */
  readonly consent?: string;
}

interface DownContext extends PlatformContext {
  readonly removesData?: boolean;
}

const keptVolumes = ({ services }: PlatformOutline): string[] => [
  ...new Set(services.flatMap((service) => service.keptVolumes)),
];

const STOP: Step<DownContext> = {
  name: 'Stopping the services; calls under way get their time',
  ifItFails: 'Run this again: it goes on from there.',
  run: async ({ applier, outline, engine }, stop) => {
    await applier.init(stop);
    await applier.destroy({ targets: outline.services.map(({ name }) => `docker_container.${name}`) }, stop);
    // Those that an upgrade had set aside are in no state.
    const filters = encodeURIComponent(JSON.stringify({ label: [`${NAME_LABEL}=${outline.name}`] }));
    for (const { Id } of await engine.get<{ Id: string }[]>(`/containers/json?all=1&filters=${filters}`))
      await engine.must('DELETE', `/containers/${Id}?force=1`);
  },
};

const REMOVE_NETWORKS: Step<DownContext> = {
  name: 'Removing networks and placed files',
  ifItFails: 'Run this again: it goes on from there.',
  skips: ({ removesData }) => removesData !== true,
  run: ({ applier }, stop) => applier.destroy({}, stop),
};

const REMOVE_DATA: Step<DownContext> = {
  name: 'Removing the data',
  ifItFails: 'Run this again: it goes on from there.',
  skips: ({ removesData }) => removesData !== true,
  run: async ({ engine, outline, folder }) => {
    const removed: string[] = [];
    for (const volume of keptVolumes(outline)) {
      if ((await engine.find(`/volumes/${volume}`)) === undefined) continue;
      await engine.must('DELETE', `/volumes/${volume}`);
      removed.push(volume);
    }
    // Another Coder knows nothing of this one's template and token.
    addToRecord(folder, { template: undefined, coderTokenMade: undefined });
    return removed.join(', ');
  },
};

export function down(words: DownWords, applierOf?: ApplierFactory): Promise<void> {
  return untilStopped(async (stop) => {
    const folder = new PlatformFolder(words.folder);
    const { folder: stack, outline } = madeIn(folder);
    const engine = new Engine();
    if (words.volumes) await agree(engine, outline, words.consent, stop);
    await withLock(folder, async () => {
      const context: DownContext = Object.assign(
        new PlatformContext({ folder, engine, say: sayToStderr, applierOf }),
        { removesData: words.volumes === true },
      );
      context.declared = { folder: stack, outline, template: { name: '', folder: '' } };
      context.secrets = readSecrets(folder.secrets) ?? {};
      context.certificates = certificatesIn(folder, outline);
      try {
        await runSteps([STOP, REMOVE_NETWORKS, REMOVE_DATA], context, stop);
      } finally {
        await context.close();
      }
    });
    process.stdout.write(
      words.volumes
        ? `${outline.name} and its data are gone. Homes of workspaces stay; so do ${folder.path} and the images.\n`
        : `${outline.name} is down. Its data stays (${keptVolumes(outline).join(', ')}), and so do its networks, for workspaces may be on them; "contractor-workspace up" brings it back.\n`,
    );
  });
}

/** Terraform evaluates the stack even to remove it. */
function certificatesIn(
  folder: PlatformFolder,
  { needsTlsFiles }: PlatformOutline,
): Certificates | undefined {
  if (!needsTlsFiles) return undefined;
  const names = namesIn(folder.certificates);
  return ensureCertificates({ folder: folder.certificates, names, isLooking: true, keepsTrusted: true });
}

/** @throws CliError unless somebody has said the platform's name */
async function agree(
  engine: Engine,
  outline: PlatformOutline,
  consent: string | undefined,
  stop: AbortSignal,
): Promise<void> {
  const volumes = keptVolumes(outline);
  const { name } = outline;
  const on = await strangersOn(engine, outline);
  if (on.length > 0)
    throw new CliError(
      `${on.slice(0, 5).join(', ')}${on.length > 5 ? ` and ${on.length - 5} more` : ''} ${on.length === 1 ? 'is' : 'are'} on the platform's network: stop those workspaces in Coder first.`,
    );
  let word = consent;
  if (word === undefined) {
    if (!canAsk())
      throw new CliError(
        `--volumes removes ${volumes.join(', ')} for ever, and there is no terminal to ask at: add --consent ${name}.`,
      );
    word = await askAloud(`This removes ${volumes.join(', ')} for ever. Type ${name} to go on: `, stop);
  }
  if (word !== name) throw new CliError(`Nothing was removed: the word is "${name}".`);
}

async function strangersOn(engine: Engine, { networks, name }: PlatformOutline): Promise<string[]> {
  const found: string[] = [];
  for (const network of networks) {
    const { Containers } =
      (await engine.find<{ Containers?: Record<string, { Name: string }> }>(`/networks/${network.name}`)) ??
      {};
    for (const { Name } of Object.values(Containers ?? {}))
      if (!Name.startsWith(`${name}-`)) found.push(Name);
  }
  return found;
}
