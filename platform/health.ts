/** How the services are, as the engine says. */
import { NAME_LABEL, SERVICE_LABEL } from '../constructs/platform/ownership';
import type { PlatformOutline } from '../constructs/platform/platform-outline';
import { CliError } from '../terminal/fault';
import type { Engine } from './engine';
import { lastLines } from './programs';

export interface ServiceState {
  /** Terraform's name. */
  readonly service: string;
  readonly container: string;
  /** As it was asked for. */
  readonly image: string;
  readonly imageId: string;
  readonly state: 'well' | 'starting' | 'not well' | 'not running' | 'not there';
  /** Why, where the engine says so. */
  readonly says?: string;
  /** ISO 8601. */
  readonly since?: string;
  readonly restarts: number;
  /** `127.0.0.1:7443`. */
  readonly ports: readonly string[];
}

interface Container {
  readonly Id: string;
  readonly Name: string;
  readonly Image: string;
  readonly RestartCount: number;
  readonly Config: { readonly Image: string; readonly Labels: Readonly<Record<string, string>> };
  readonly HostConfig: { readonly RestartPolicy: { readonly Name: string } };
  readonly State: {
    readonly Status: string;
    readonly ExitCode: number;
    readonly StartedAt: string;
    readonly Health?: {
      readonly Status: string;
      readonly Log?: readonly { readonly Output: string }[] | null;
    };
  };
  readonly NetworkSettings: {
    readonly Ports?: Readonly<
      Record<string, readonly { readonly HostIp: string; readonly HostPort: string }[] | null>
    > | null;
  };
}

/** Services of a platform that are to run, with those that are on their way out. */
export async function servicesOf(engine: Engine, platform: string): Promise<ServiceState[]> {
  const filters = encodeURIComponent(JSON.stringify({ label: [`${NAME_LABEL}=${platform}`] }));
  const listed = await engine.get<{ Id: string }[]>(`/containers/json?all=1&filters=${filters}`);
  const found = await Promise.all(listed.map(({ Id }) => engine.find<Container>(`/containers/${Id}/json`)));
  return found
    .flatMap((container) => (container === undefined || isOnce(container) ? [] : [stateOf(container)]))
    .sort((one, other) => one.container.localeCompare(other.container));
}

/** It did its work and ended; one that drains has been told not to start anew. */
const isOnce = ({ HostConfig, State }: Container): boolean =>
  HostConfig.RestartPolicy.Name === 'no' && State.Status !== 'running';

function stateOf({ Name, Image, Config, State, RestartCount, NetworkSettings }: Container): ServiceState {
  const health = State.Health?.Status;
  const isRunning = State.Status === 'running';
  const says = lastLines(State.Health?.Log?.at(-1)?.Output ?? '', 1);
  return {
    service: Config.Labels[SERVICE_LABEL] ?? '',
    container: Name.replace('/', ''),
    image: Config.Image,
    imageId: Image,
    state: !isRunning
      ? 'not running'
      : health === undefined || health === 'healthy'
        ? 'well'
        : health === 'starting'
          ? 'starting'
          : 'not well',
    ...(!isRunning
      ? { says: `ended with ${State.ExitCode}` }
      : health === 'unhealthy' && says !== ''
        ? { says }
        : {}),
    ...(isRunning && { since: State.StartedAt }),
    restarts: RestartCount,
    ports: Object.values(NetworkSettings.Ports ?? {}).flatMap((bound) =>
      (bound ?? []).map(({ HostIp, HostPort }) => `${HostIp}:${HostPort}`),
    ),
  };
}

/** Those that a platform has to have, whether the engine has them or not. */
export function expected({ services }: PlatformOutline, found: readonly ServiceState[]): ServiceState[] {
  const missing = services
    .filter(({ runsOnce, container }) => !runsOnce && !found.some((each) => each.container === container))
    .map(({ name, container, image }): ServiceState => ({
      service: name,
      container,
      image,
      imageId: '',
      state: 'not there',
      restarts: 0,
      ports: [],
    }));
  return [...found, ...missing];
}

const LOOK_MS = 500;
/** Seconds: Postgres may have to go through its log after a crash, Coder to migrate its tables. */
const PATIENCE_SECONDS = 300;
const SAID = 6;

/** @returns how many are well @throws CliError with the last words of the first that is not */
export async function waitUntilWell(
  engine: Engine,
  outline: PlatformOutline,
  stop: AbortSignal,
): Promise<string> {
  const end = performance.now() + PATIENCE_SECONDS * 1_000;
  for (;;) {
    stop.throwIfAborted();
    const states = expected(outline, await servicesOf(engine, outline.name));
    const unwell = states.filter(({ state }) => state !== 'well');
    const [first] = unwell;
    if (first === undefined) return `${states.length} are`;
    if (performance.now() > end) {
      let log = '';
      if (first.state !== 'not there')
        await engine.logs(first.container, { tail: '50' }, (chunk) => (log += chunk.toString('utf8')));
      throw new CliError(
        `${first.container} is ${first.state}${first.says === undefined ? '' : ` (${first.says})`}; its last words:\n${lastLines(log, SAID)}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
