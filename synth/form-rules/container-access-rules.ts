import { isPresent, literalText, shown, valuesAt, type Block } from './block';
import { runsAgent } from './lifecycle-facts';
import type { Rule } from './rule';

const about = 'resource docker_container';

/** What gives whoever has it the host: the sockets of engines, and folders that hold them. */
const ENGINE =
  /^\/$|^\/(var\/)?run\/?$|^\/var\/lib\/(docker|containerd)(\/|$)|\/(docker|podman|containerd|crio)\.sock$/;

/** Folders of people; `/home/coder` is what Coder's own service runs in. */
const PERSONAL = /^(~|\/root|\/Users\/[^/]+|\/home\/(?!coder(\/|$))[^/]+)(\/|$)/;

/** Paths of the host that a container gets. */
const hostPaths = ({ body }: Block): { at: string; path: string }[] =>
  ['volumes.host_path', 'mounts.source', 'devices.host_path'].flatMap((at) =>
    valuesAt(body, at)
      .flatMap((value) => literalText(value) ?? [])
      .map((path) => ({ at, path })),
  );

/** Ways out of a container, or into it, past what keeps workspaces apart. */
export const CONTAINER_ACCESS_RULES: readonly Rule[] = [
  {
    id: 'container/engine',
    about,
    check: (container) =>
      hostPaths(container)
        .filter(({ path }) => ENGINE.test(path))
        .map(
          ({ at, path }) =>
            `${at} must not give a workspace the container engine, got ${shown(path)}: whoever has it has the host ` +
            'and every other workspace, use a daemon of its own without a published port',
        ),
  },
  {
    id: 'container/privileged',
    about,
    check: (container) =>
      container.get('privileged') === true || container.text('privileged') === 'true'
        ? 'privileged must not be true: nothing then keeps its user from the host and every other workspace, ' +
          'add the single capability that is needed'
        : undefined,
  },
  {
    id: 'container/host-namespace',
    about,
    check: (container, stack) =>
      (['network_mode', 'pid_mode'] as const)
        .filter((argument) => container.text(argument) === 'host' && runsAgent(container, stack))
        .map(
          (argument) =>
            `${argument} must not be "host" for a workspace: it would share ` +
            `${argument === 'pid_mode' ? 'processes and their environment' : 'its loopback address'} ` +
            'with every other one, leave it out',
        ),
  },
  {
    id: 'container/ports-address',
    about,
    check: (container) =>
      container
        .nested('ports')
        .filter(({ body }) => !isPresent(body.ip) || body.ip === '')
        .map(
          ({ body }) =>
            `ports.ip must be given for port ${shown(body.internal)}, got none: it would be published to everybody who ` +
            'reaches the host, use "127.0.0.1", or a coder_app and no port',
        ),
  },
  {
    id: 'container/personal-path',
    about,
    check: (container) =>
      hostPaths(container)
        .filter(({ path }) => PERSONAL.test(path))
        .map(
          ({ at, path }) =>
            `${at} must not be in the home of a person, got ${shown(path)}: other hosts have no such folder and ` +
            'Docker would make an empty one, use a volume or a path of the host',
        ),
  },
];
