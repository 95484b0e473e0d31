import { made } from '../common/made-values';
import { SERVICE_IMAGES, type ServiceImage } from './service-image';

/**
 * How Coder reaches the engine that runs the workspaces. Whoever may make containers on an engine can make one that has
 * the host's disk: no filter of paths changes that, it only takes away what Coder has no use for (a shell in a running
 * container, swarm, plugins, the engine's secrets).
 */
export class EngineAccess {
  /** Through a filter in a network that only it and Coder are on. @param image its image @default - the pinned one */
  static filtered(image: ServiceImage = SERVICE_IMAGES.enginePolicy): EngineAccess {
    return made(new EngineAccess('filtered', image), 'EngineAccess', 'filtered', image);
  }

  /** The engine's own socket, with the rights of its group. @param group number of the group that the socket belongs to */
  static socket(group: number): EngineAccess {
    return made(new EngineAccess('socket', undefined, group), 'EngineAccess', 'socket', group);
  }

  /** None: provisioners elsewhere start the workspaces. */
  static none(): EngineAccess {
    return made(new EngineAccess('none'), 'EngineAccess', 'none');
  }

  private constructor(
    readonly kind: 'filtered' | 'socket' | 'none',
    readonly image?: ServiceImage,
    readonly group?: number,
  ) {}
}

/** Where engines on Linux listen. */
export const ENGINE_SOCKET = '/var/run/docker.sock';
