import { made } from '../common/made-values';
import { TerraformVariable } from 'cdktf';
import type { Construct } from 'constructs';
import type { PlacedFile } from './placed-files';
import type { ServiceVolume } from './service';

/** Who speaks TLS with browsers and workspaces, and with which certificate. */
export class Tls {
  /**
   * Coder does, with files of the machine that runs Terraform, named by the variables `tls_certificate_file`,
   * `tls_key_file` and `tls_authority_file`. Each service gets a copy that only it can read; a renewed one restarts it.
   */
  static files(): Tls {
    return made(new Tls('files'), 'Tls', 'files');
  }

  /**
   * Coder does, with `certificate.pem`, `key.pem` and `authority.pem` of a Docker volume that is there. User 1000 must be
   * able to read them; who renews them restarts the services.
   */
  static volume(name: string): Tls {
    return made(new Tls('volume', name), 'Tls', 'volume', name);
  }

  /** Something in front of Coder does: Coder listens in the clear, on loopback unless another address is asked for. */
  static inFront(): Tls {
    return made(new Tls('front'), 'Tls', 'inFront');
  }

  private constructor(
    readonly kind: 'files' | 'volume' | 'front',
    readonly volumeName?: string,
  ) {}

  /** Files a service needs so that it can answer by TLS, by their names. */
  placed(scope: Construct): Record<string, PlacedFile> {
    if (this.kind !== 'files') return {};
    return {
      'certificate.pem': { source: file(scope, 'tls_certificate_file', 'the certificate, with its chain') },
      'key.pem': { source: file(scope, 'tls_key_file', "the certificate's private key") },
      ...this.placedAuthority(scope),
    };
  }

  /** Files a service needs so that it trusts the others. */
  placedAuthority(scope: Construct): Record<string, PlacedFile> {
    if (this.kind !== 'files') return {};
    return {
      'authority.pem': {
        source: file(scope, 'tls_authority_file', 'the authority that made the certificate'),
      },
    };
  }

  get volumes(): readonly ServiceVolume[] {
    return this.volumeName === undefined
      ? []
      : [{ volume: this.volumeName, path: VOLUME_PATH, readOnly: true }];
  }

  /** Where a service finds a file, whose own are in that folder. */
  pathOf(name: 'certificate.pem' | 'key.pem' | 'authority.pem', folder: string): string {
    return `${this.kind === 'volume' ? VOLUME_PATH : folder}/${name}`;
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
