import { DEFAULT_ACCESS_URL } from '../../src/access-url';
import { made } from '../common/made-values';
import type { CoderSignIn } from './coder-sign-in';
import type { EngineAccess } from './engine-access';
import type { ServiceImage } from './service-image';
import type { ServiceLimits } from './service';

/**
 * @example
 * CoderServer.own({ accessUrl: 'https://coder.example.com', memory: 4096 });
 */
export interface OwnCoderProps extends ServiceLimits {
  /** 2.36 or newer. @default - the pinned one */
  readonly image?: ServiceImage;
  /**
   * Where people and workspaces reach it; the certificate must be for that name. Its port is the one that is published.
   *
   * @default 'https://host.docker.internal:7443'
   */
  readonly accessUrl?: string;
  /** For apps on names of their own, such as `*.coder.example.com`. @default - apps are on paths of the access URL */
  readonly wildcardAccessUrl?: string;
  /**
   * Addresses of this host where its port is published.
   *
   * @default - loopback; and the engine's bridge, 172.17.0.1, when workspaces reach Coder as host.docker.internal
   */
  readonly addresses?: readonly string[];
  /** @default - user name and password */
  readonly signIn?: CoderSignIn;
  /** How it starts workspaces on this engine. @default - through a filter */
  readonly engine?: EngineAccess;
  /** Further variables of Coder's own, which win over ours. No secret: they show in `docker inspect`. @default - none */
  readonly environment?: Readonly<Record<string, string>>;
  /** Megabytes, swap included. @default 2048 */
  readonly memory?: number;
  /** @default 2 */
  readonly cpus?: number;
}

/** The Coder that workspaces belong to. */
export class CoderServer {
  /** A Coder of the platform's own, with its AI features off. */
  static own(props: OwnCoderProps = {}): CoderServer {
    return made(new CoderServer(props?.accessUrl ?? DEFAULT_ACCESS_URL, props), 'CoderServer', 'own', props);
  }

  /** The site's, by its access URL. Its engine must have the network of the workspaces. */
  static existing(accessUrl: string): CoderServer {
    return made(new CoderServer(accessUrl, undefined), 'CoderServer', 'existing', accessUrl);
  }

  private constructor(
    readonly accessUrl: string,
    readonly own: OwnCoderProps | undefined,
  ) {}
}
