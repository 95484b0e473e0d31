import type { MadeNetwork } from './platform-networks';

/** A port of a service on this host. */
export interface PublishedPort {
  readonly internal: number;
  readonly external: number;
  /** Address of this host. */
  readonly address: string;
}

/** A container of the platform, as `up` needs to know it before there is any. */
export interface OutlinedService {
  /** Terraform's name, `gateway_1`. */
  readonly name: string;
  readonly container: string;
  /** As the engine is asked for it. */
  readonly image: string;
  /** Megabytes. */
  readonly memory: number;
  readonly ports: readonly PublishedPort[];
  /** Does its work and ends. */
  readonly runsOnce: boolean;
  /** Volumes that are no resources of Terraform's, so that they outlive it. */
  readonly keptVolumes: readonly string[];
  /** What it reads of a few settings that others have to know. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface OutlinedSecret {
  /** Variable of the stack. */
  readonly name: string;
  /** May be empty. */
  readonly isOptional: boolean;
}

/** What a stack of the platform comes to, in the engine's words. */
export interface PlatformOutline {
  /** Begins the name of every container, volume and inner network. */
  readonly name: string;
  readonly services: readonly OutlinedService[];
  readonly networks: readonly MadeNetwork[];
  /** The network of the workspaces, and whether it is made here. */
  readonly workspaceNetwork: { readonly name: string; readonly isOwn: boolean };
  /** Volumes that Terraform makes: they hold placed files, no data. */
  readonly volumes: readonly string[];
  readonly secrets: readonly OutlinedSecret[];
  readonly coder: {
    readonly accessUrl: string;
    readonly wildcardAccessUrl?: string;
    readonly isOwn: boolean;
    /** Whether it answers by TLS itself. */
    readonly speaksTls: boolean;
  };
  readonly gateway: {
    readonly scheme: 'http' | 'https';
    readonly adminAddress: string;
    readonly adminPort: number;
    readonly shutdownSeconds: number;
  };
  /** Whether there is a Postgres of the platform's own. */
  readonly ownsDatabase: boolean;
  /** Whether the variables of TLS files have to be given. */
  readonly needsTlsFiles: boolean;
  /** Addresses for people, by what they are. */
  readonly addresses: Readonly<Record<string, string>>;
}
