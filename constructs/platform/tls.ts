import { made } from '../common/made-values';
import { TerraformVariable } from 'cdktf';
import type { Construct } from 'constructs';
import { TLS_VARIABLES } from '../../src/tls-variables';
import type { PlacedFile } from './placed-files';
import type { ServiceVolume } from './service';

/** Who answers by TLS. */
export type TlsServer = 'coder' | 'gateway';

/**
 * Who speaks TLS with browsers and workspaces, and with which certificate. The gateway speaks it wherever the policy names
 * it by `https://`.
 */
export class Tls {
  /**
   * Coder and the gateway do, with files of the machine that runs Terraform: those `contractor-workspace certificates`
   * makes, or the site's. Variables name them: `tls_certificate_file` and `tls_key_file` Coder's,
   * `gateway_tls_certificate_file` and `gateway_tls_key_file` the gateway's, `tls_authority_file` who signed them. Each
   * service gets a copy that only it can read. A renewed one restarts Coder; the gateway takes it up.
   */
  static files(): Tls {
    return made(new Tls('files'), 'Tls', 'files');
  }

  /**
   * Coder and the gateway do, with `certificate.pem`, `key.pem` and `authority.pem` of a Docker volume that is there: one
   * certificate for the names of both. User 1000 must be able to read them; who renews them restarts Coder.
   */
  static volume(name: string): Tls {
    return made(new Tls('volume', name), 'Tls', 'volume', name);
  }

  /**
   * Something in front of Coder does: Coder listens in the clear, on loopback unless another address is asked for. The
   * gateway has the variables of `files()` all the same.
   */
  static inFront(): Tls {
    return made(new Tls('front'), 'Tls', 'inFront');
  }

  private constructor(
    readonly kind: 'files' | 'volume' | 'front',
    readonly volumeName?: string,
  ) {}

  /** Files a server needs so that it can answer by TLS, by their names. */
  placed(scope: Construct, server: TlsServer): Record<string, PlacedFile> {
    if (!this.isPlaced(server)) return {};
    const whose = server === 'coder' ? "Coder's" : "the gateway's";
    const { certificate, key } = TLS_VARIABLES[server];
    return {
      'certificate.pem': { source: file(scope, certificate, `${whose} certificate, with its chain`) },
      'key.pem': { source: file(scope, key, `the key of ${whose} certificate`) },
    };
  }

  /** Files a service needs so that it trusts the others. */
  placedAuthority(scope: Construct): Record<string, PlacedFile> {
    if (this.kind === 'volume') return {};
    const what = 'the authorities that made the certificates';
    return { 'authority.pem': { source: file(scope, TLS_VARIABLES.authority, what) } };
  }

  get volumes(): readonly ServiceVolume[] {
    return this.volumeName === undefined
      ? []
      : [{ volume: this.volumeName, path: VOLUME_PATH, readOnly: true }];
  }

  /** Where a service finds a file, whose own are in that folder. */
  pathOf(name: 'certificate.pem' | 'key.pem' | 'authority.pem', folder: string): string {
    return `${this.folderOf(folder)}/${name}`;
  }

  /** The folder with them, of a service whose own files are in that one. */
  folderOf(folder: string): string {
    return this.kind === 'volume' ? VOLUME_PATH : folder;
  }

  private isPlaced(server: TlsServer): boolean {
    return this.kind === 'files' || (this.kind === 'front' && server === 'gateway');
  }
}

const VOLUME_PATH = '/run/tls';

const declared = new WeakMap<Construct, Set<string>>();

/** @returns plain reference to the variable, which several services may ask for */
function file(scope: Construct, name: string, what: string): string {
  const { root } = scope.node;
  const known = declared.get(root) ?? new Set();
  declared.set(root, known);
  if (!known.has(name)) {
    known.add(name);
    new TerraformVariable(scope, name, {
      type: 'string',
      nullable: false,
      description: `PEM file of ${what}, on the machine that runs Terraform.`,
    }).overrideLogicalId(name);
  }
  return `var.${name}`;
}
