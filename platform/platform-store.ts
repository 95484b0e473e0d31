/** The gateway's store of a platform that `up` has made, and the databases beside it: its Postgres has no port on this host. */
import type { Companion } from '../backup/backup-file';
import { CODER_DUMP, LANGFUSE_DUMP, postgresDump } from '../backup/postgres-dump';
import { openStoreBy, type WhichStore } from '../backup/which-store';
import type { PlatformOutline } from '../constructs/platform/platform-outline';
import { CliError } from '../terminal/fault';
import { Engine } from './engine';
import { PlatformFolder } from './folder';
import { servicesOf } from './health';
import { madeIn } from './record';
import { openRelay } from './relay';
import { readSecrets, type Secrets } from './secrets';

/** As the stack names it in the inner network. */
const HOST = 'postgres';
const PORT = 5432;
/** What clients look for in a folder: https://www.postgresql.org/docs/current/runtime-config-connection.html. */
const SOCKET = `.s.PGSQL.${PORT}`;
/** Role and database of the gateway. */
const GATEWAY = 'gateway';

export interface PlatformStoreProps {
  readonly engine: Engine;
  readonly outline: PlatformOutline;
  readonly secrets: Secrets;
}

export interface PlatformStore {
  readonly store: WhichStore;
  /** What goes along with a backup of it. */
  readonly companions: readonly Companion[];
}

/** @throws CliError when there is no platform in the folder, or its Postgres is not reached */
export function openPlatformStore(path: string, stop: AbortSignal): Promise<PlatformStore> {
  const folder = new PlatformFolder(path);
  const { outline } = madeIn(folder);
  return openStoreOf({ engine: new Engine(), outline, secrets: readSecrets(folder.secrets) ?? {} }, stop);
}

/** @throws CliError when its Postgres is not reached */
export async function openStoreOf(props: PlatformStoreProps, stop: AbortSignal): Promise<PlatformStore> {
  const { outline, secrets } = props;
  if (!outline.ownsDatabase) {
    const connectionString = secrets['gateway_database_url'] ?? '';
    return { store: await openStoreBy({ connectionString }, "the site's Postgres"), companions: [] };
  }
  const relay = await openRelay(
    { engine: props.engine, container: await doorway(props), host: HOST, port: PORT },
    SOCKET,
    stop,
  );
  const place = `the Postgres of ${outline.name}`;
  try {
    const password = secrets['gateway_database_password'];
    const config = { host: relay.folder, port: PORT, user: GATEWAY, database: GATEWAY };
    const store = await openStoreBy({ ...config, ...(password !== undefined && { password }) }, place);
    const close = async (): Promise<void> => {
      await store.close();
      await relay.close();
    };
    return { store: { ...store, close }, companions: companionsOf(outline) };
  } catch (fault) {
    await relay.close();
    stop.throwIfAborted();
    const said = relay.fault ?? (fault instanceof Error ? fault.message : 'no reason');
    throw new CliError(`${place} is not reached: ${said.slice(0, 500)}`);
  }
}

/** A container that runs, has Node.js, and is in the inner network. */
async function doorway({ engine, outline }: PlatformStoreProps): Promise<string> {
  const services = await servicesOf(engine, outline.name);
  const found = services.find(
    ({ service, state }) => /^gateway_(door|\d+)$/.test(service) && !/^not (running|there)$/.test(state),
  );
  if (found !== undefined) return found.container;
  throw new CliError(
    `Neither the door nor a gateway of ${outline.name} runs, and only by them its Postgres is reached: "contractor-workspace up" starts them.`,
  );
}

function companionsOf({ services, coder }: PlatformOutline): Companion[] {
  const container = services.find(({ name }) => name === 'postgres')?.container ?? '';
  return [
    ...(coder.isOwn ? [postgresDump(CODER_DUMP, container, 'coder')] : []),
    ...(services.some(({ name }) => name === 'langfuse_web')
      ? [postgresDump(LANGFUSE_DUMP, container, 'langfuse')]
      : []),
  ];
}
