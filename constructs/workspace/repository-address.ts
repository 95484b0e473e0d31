import { made } from '../common/made-values';
import type { ParameterValidation } from './parameter';

/**
 * @example
 * RepositoryAddress.onHosts(['git.example.com'], { ssh: true });
 */
export interface RepositoryAddressProps {
  /** Take `ssh://` and `git@` as well? The image must hold an ssh client; the project's own holds none. @default false */
  readonly ssh?: boolean;
}

/**
 * Which addresses of repositories a field takes: what git fetches over https, or ssh where it is there, and nothing else: no option, no local
 * path, no helper that runs a command, and no `$`, which more than one program on its way would take for a variable.
 */
export class RepositoryAddress {
  /** Any host. */
  static anyHost(props?: RepositoryAddressProps): RepositoryAddress {
    return made(new RepositoryAddress(undefined, props?.ssh), 'RepositoryAddress', 'anyHost', props);
  }

  /**
   * Some hosts only. A link that creates a workspace can carry any address, and dotfiles run as their reader.
   *
   * @param hosts names, lower case, with the port where it is not the usual one: `git.example.com`, `git.example.com:8443`
   */
  static onHosts(hosts: readonly string[], props?: RepositoryAddressProps): RepositoryAddress {
    return made(new RepositoryAddress(hosts, props?.ssh), 'RepositoryAddress', 'onHosts', hosts, props);
  }

  private constructor(
    readonly hosts: readonly string[] | undefined,
    readonly ssh = false,
  ) {}

  /** Hosts that are none. No host at all is a fault as well: it would have to mean either all or nothing. */
  get faults(): string[] {
    if (this.hosts?.length === 0) return [''];
    return (this.hosts ?? []).filter((host) => !/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/.test(host));
  }

  /** For the form; empty is always an answer. RE2, and an extended regular expression of bash too. */
  get pattern(): string {
    if (this.hosts === undefined)
      return this.ssh
        ? '(https://|ssh://)[^[:space:]$]+|git@[^:[:space:]$]+:[^[:space:]$]+'
        : 'https://[^[:space:]$]+';
    const hosts = this.hosts.map((host) => host.replace(/\./g, '[.]')).join('|');
    // Nothing but a port between host and path: "https://good.example:x@bad.example/" leads to the second.
    if (!this.ssh) return `https://(${hosts})(:[0-9]+)?/[^[:space:]$]+`;
    return `(https://|ssh://([A-Za-z0-9._-]+@)?)(${hosts})(:[0-9]+)?/[^[:space:]$]+|git@(${hosts}):[^[:space:]$]+`;
  }

  get validation(): ParameterValidation {
    const where = this.hosts === undefined ? '' : ` and names ${this.hosts.join(' or ')}`;
    return {
      regex: `^$|^(${this.pattern})$`,
      // Coder reads it as a format: this is "%24".
      error: `An address that starts with https://${this.ssh ? ', ssh:// or git@' : ''}${where}, with %%24 for any "$"; or nothing.`,
    };
  }
}
