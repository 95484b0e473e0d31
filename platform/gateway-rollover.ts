/**
 * Puts new gateways in the place of those that run, one at a time, so that a name always leads to one that answers and a
 * call under way goes on as long as it is given.
 *
 * A gateway that is to go gets another container name and leaves Terraform's state, so that Terraform makes its successor
 * beside it. Then it loses the names by which workspaces know it, and keeps its address: streams go on. Docker takes no
 * name away from a container; leaving the network and joining it anew at the same address does, within the time in which
 * TCP sends again what was lost.
 */
import { NAME_LABEL, SERVICE_LABEL } from '../constructs/platform/ownership';
import { LINGER_SECONDS } from '../constructs/platform/gateway-programs';
import type { PlatformOutline } from '../constructs/platform/platform-outline';
import { CliError } from '../terminal/fault';
import type { Engine } from './engine';
import type { Say } from './steps';
import { refuseLosses } from './obstacles';
import type { Applier, Change } from './terraform-applier';

export interface RolloverProps {
  readonly engine: Engine;
  readonly outline: PlatformOutline;
  readonly applier: Applier;
  /** Whether a network has a range that was asked for: only there can an address be asked for. */
  readonly hasRange: (network: string) => boolean;
  /** Seconds that calls under way get. */
  readonly drainSeconds: number;
  readonly say: Say;
}

/** What became of the calls that the old gateways were answering. */
export interface Drained {
  readonly gateways: number;
  readonly finished: number;
  readonly cut: number;
  /** Those that ended without telling. */
  readonly unknown: number;
}

export const NOTHING_DRAINED: Drained = { gateways: 0, finished: 0, cut: 0, unknown: 0 };

interface Endpoint {
  readonly NetworkID: string;
  readonly IPAddress: string;
  readonly MacAddress: string;
  readonly Aliases?: readonly string[] | null;
  readonly IPAMConfig?: object | null;
}

interface Container {
  readonly Id: string;
  readonly Name: string;
  readonly State: { readonly Running: boolean };
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, Endpoint>> };
}

interface Listed {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly Labels: Readonly<Record<string, string>>;
}

const GATEWAY = /^gateway_\d+$/;
/** Milliseconds between two looks at a container that is ending. */
const LOOK_MS = 500;
/** Seconds for the last words of calls that were cut, the bookings and the end of the process. */
const LAST_SECONDS = 45;

export const isGateway = ({ type, name }: Change): boolean =>
  type === 'docker_container' && GATEWAY.test(name);

/** Gateways of this platform by the name of their service: those that are to go have another container's name. */
async function gatewaysOf(
  engine: Engine,
  platform: string,
): Promise<{ id: string; service: string; name: string }[]> {
  const filters = JSON.stringify({ label: [`${NAME_LABEL}=${platform}`] });
  const listed = await engine.get<Listed[]>(`/containers/json?all=1&filters=${encodeURIComponent(filters)}`);
  return listed
    .map(({ Id, Names, Labels }) => ({
      id: Id,
      service: Labels[SERVICE_LABEL] ?? '',
      name: (Names[0] ?? '').replace('/', ''),
    }))
    .filter(({ service }) => GATEWAY.test(service));
}

const containerOf = ({ services }: PlatformOutline, service: string): string | undefined =>
  services.find(({ name }) => name === service)?.container;

/**
 * @param changes of a plan; those of gateways that are replaced are done here, with what they depend on
 * @throws whatever `stop` says; a run later goes on where this one stopped
 */
export async function replaceGateways(
  props: RolloverProps,
  changes: readonly Change[],
  stop: AbortSignal,
): Promise<Drained> {
  const { engine, outline, applier } = props;
  const replaced = changes.filter((change) => isGateway(change) && change.action === 'replace');
  for (const { name } of replaced) await setAside(engine, outline, name);
  // From here on a plan makes each of them anew, whenever it is: nothing of this has to be remembered.
  await applier.forget(
    replaced.map(({ address }) => address),
    stop,
  );
  const { name: platform } = outline;
  const old = (await gatewaysOf(engine, platform)).filter(
    ({ service, name }) => containerOf(outline, service) !== name,
  );
  let drained = NOTHING_DRAINED;
  for (const { id, service, name } of old) {
    stop.throwIfAborted();
    props.say(`  ${name}: its successor takes over`);
    drained = add(drained, await succeed(props, { id, service }, stop));
  }
  return drained;
}

async function setAside(engine: Engine, outline: PlatformOutline, service: string): Promise<void> {
  const container = containerOf(outline, service);
  if (container === undefined) return;
  const found = await engine.find<Container>(`/containers/${container}/json`);
  if (found === undefined) return;
  if (!found.State.Running) return void (await engine.must('DELETE', `/containers/${found.Id}?force=1`));
  const name = `${container}-old-${found.Id.slice(0, 8)}`;
  await engine.must('POST', `/containers/${found.Id}/rename?name=${name}`);
}

/** One gateway's successor is made, then it drains and goes. */
async function succeed(
  props: RolloverProps,
  { id, service }: { readonly id: string; readonly service: string },
  stop: AbortSignal,
): Promise<Drained> {
  const { outline, applier } = props;
  const inner = outline.networks.find(({ resource }) => resource === 'inner')?.name ?? '';
  const workspaces = outline.workspaceNetwork.name;
  // A gateway binds its admin port to the address that its name leads to: two of one name would take each other's.
  const makeSuccessor = async (): Promise<void> => {
    if (containerOf(outline, service) === undefined) return;
    const planned = await applier.plan({ targets: [`docker_container.${service}`] }, stop);
    refuseLosses(planned);
    if (planned.length > 0) await applier.apply(stop);
  };
  if (await loseNames(props, id, inner)) {
    await makeSuccessor();
    if (!(await loseNames(props, id, workspaces)))
      props.say('  it keeps its name until it is gone: the network has no range of its own');
    return drain(props, id, stop);
  }
  props.say('  no successor beside it: the inner network has no range of its own');
  const drained = await drain(props, id, stop);
  await makeSuccessor();
  return drained;
}

/** @returns whether it has none any more; it cannot lose them where the engine chooses addresses */
async function loseNames({ engine, hasRange }: RolloverProps, id: string, network: string): Promise<boolean> {
  const container = await engine.find<Container>(`/containers/${id}/json`);
  const endpoint = container?.NetworkSettings.Networks[network];
  if (endpoint === undefined || !container?.State.Running) return true;
  const own = [container.Id.slice(0, 12)];
  if ((endpoint.Aliases ?? []).every((alias) => own.includes(alias))) return true;
  const { IPAddress: address, MacAddress: mac } = endpoint;
  if (!hasRange(network)) return false;
  await engine.must('POST', `/networks/${network}/disconnect`, { Container: id, Force: false });
  await engine.must('POST', `/networks/${network}/connect`, {
    Container: id,
    EndpointConfig: { IPAMConfig: { IPv4Address: address }, MacAddress: mac },
  });
  return true;
}

/** Tells a gateway to end, waits as long as its calls are given, cuts what is left, and removes it. */
async function drain(
  { engine, drainSeconds, say }: RolloverProps,
  id: string,
  stop: AbortSignal,
): Promise<Drained> {
  const isRunning = async (): Promise<boolean> =>
    (await engine.find<Container>(`/containers/${id}/json`))?.State.Running === true;
  const signal = async (name: string): Promise<void> =>
    void (await engine.ask('POST', `/containers/${id}/kill?signal=${name}`));
  if (await isRunning()) {
    // It must not be started anew when it ends.
    await engine.post(`/containers/${id}/update`, { RestartPolicy: { Name: 'no' } });
    await signal('SIGTERM');
    say(`  calls under way get ${drainSeconds} s`);
    const until = async (seconds: number): Promise<boolean> => {
      const end = performance.now() + seconds * 1_000;
      while (performance.now() < end) {
        if (!(await isRunning())) return true;
        await pause(LOOK_MS, stop);
      }
      return false;
    };
    if (!(await until(LINGER_SECONDS + drainSeconds))) {
      await signal('SIGUSR2');
      if (!(await until(LAST_SECONDS))) await signal('SIGKILL');
    }
  }
  const drained = await told(engine, id);
  await engine.must('DELETE', `/containers/${id}?force=1`);
  return drained;
}

/** What its log says became of its calls. */
async function told(engine: Engine, id: string): Promise<Drained> {
  let log = '';
  await engine.logs(id, { tail: '200' }, (chunk) => (log = (log + chunk.toString('utf8')).slice(-500_000)));
  const line = log
    .split('\n')
    .reverse()
    .find((each) => each.includes('"msg":"drained"'));
  if (line === undefined) return { ...NOTHING_DRAINED, gateways: 1, unknown: 1 };
  try {
    const { calls_finished: finished, calls_cut: cut } = JSON.parse(line) as Record<string, unknown>;
    return { gateways: 1, finished: Number(finished), cut: Number(cut), unknown: 0 };
  } catch {
    return { ...NOTHING_DRAINED, gateways: 1, unknown: 1 };
  }
}

const add = (one: Drained, other: Drained): Drained => ({
  gateways: one.gateways + other.gateways,
  finished: one.finished + other.finished,
  cut: one.cut + other.cut,
  unknown: one.unknown + other.unknown,
});

const pause = (ms: number, stop: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const stopped = (): void => {
      clearTimeout(timer);
      reject(stop.reason as Error);
    };
    const timer = setTimeout(() => {
      stop.removeEventListener('abort', stopped);
      resolve();
    }, ms);
    stop.addEventListener('abort', stopped, { once: true });
    if (stop.aborted) stopped();
  });

/** For people: "3 calls went on to their end, none was cut". */
export function drainedText({ gateways, finished, cut, unknown }: Drained): string {
  if (gateways === 0) return 'no gateway was replaced';
  const count = (number: number): string =>
    number === 0 ? 'no call' : number === 1 ? '1 call' : `${number} calls`;
  const silent = unknown === 0 ? '' : `, ${unknown} ended without telling what became of its calls`;
  return `${gateways} replaced: ${count(finished)} under way went on to the end, ${count(cut)} cut${silent}`;
}

/** @throws CliError when a gateway that runs gives less time than is asked for */
export function checkDrain({ gateway }: PlatformOutline, seconds: number | undefined): number {
  if (seconds === undefined) return gateway.shutdownSeconds;
  if (seconds > gateway.shutdownSeconds)
    throw new CliError(
      `--drain must be at most ${gateway.shutdownSeconds}, the seconds after which a gateway cuts by itself, got ${seconds}: set gateway: { shutdownSeconds: … } in the program, and upgrade twice.`,
    );
  return seconds;
}
