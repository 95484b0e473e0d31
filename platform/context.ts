/** What the steps of a command know, each from those before it. */
import type { Certificates } from '../certificates/ensure';
import { terraformVariables } from '../certificates/ensure';
import type { PlatformOutline } from '../constructs/platform/platform-outline';
import type { DeclaredPlatform } from '../src/run-platform-file';
import { CliError } from '../terminal/fault';
import { ownCoder, type Coder } from './coder';
import type { Engine } from './engine';
import type { PlatformFolder } from './folder';
import { authorityIn } from './gateway-place';
import { CODER_TOKEN, type Secrets } from './secrets';
import type { Say } from './steps';
import { TerraformApplier, type Applier, type ApplierProps } from './terraform-applier';

/** What makes a stack on the engine. @default - Terraform */
export type ApplierFactory = (props: ApplierProps) => Applier;

export interface ContextProps {
  readonly folder: PlatformFolder;
  readonly engine: Engine;
  readonly say: Say;
  /** @default - Terraform */
  readonly applierOf?: ApplierFactory | undefined;
}

export class PlatformContext {
  readonly folder: PlatformFolder;
  readonly engine: Engine;
  readonly say: Say;
  private readonly applierOf: ApplierFactory;
  private known: {
    declared?: DeclaredPlatform;
    certificates?: Certificates;
    applier?: Applier;
    coder?: Coder;
  } = {};
  secrets: Secrets = {};

  constructor({ folder, engine, say, applierOf = (props) => new TerraformApplier(props) }: ContextProps) {
    this.folder = folder;
    this.engine = engine;
    this.say = say;
    this.applierOf = applierOf;
  }

  get declared(): DeclaredPlatform {
    return there(this.known.declared, 'a program');
  }

  set declared(declared: DeclaredPlatform) {
    this.known.declared = declared;
  }

  get outline(): PlatformOutline {
    return this.declared.outline;
  }

  get certificates(): Certificates | undefined {
    return this.known.certificates;
  }

  set certificates(certificates: Certificates | undefined) {
    if (certificates !== undefined) this.known.certificates = certificates;
  }

  /** PEM file of what has to be trusted besides the public authorities. */
  get authority(): string | undefined {
    return this.certificates && authorityIn(this.folder);
  }

  get applier(): Applier {
    return (this.known.applier ??= this.applierOf({
      folder: this.declared.folder,
      variables: () => this.variables(),
    }));
  }

  /** The platform's own. */
  get coder(): Coder {
    return (this.known.coder ??= ownCoder(this.outline, this.authority));
  }

  async close(): Promise<void> {
    await this.known.coder?.close();
  }

  /** Values of the stack's variables. */
  private variables(): Secrets {
    const { secrets, networks } = this.outline;
    const named = [
      ...secrets.map(({ name }) => name),
      ...networks.map(({ subnetVariable }) => subnetVariable),
    ];
    const given = named.flatMap((name): [string, string][] => {
      const value = this.secrets[name];
      return value === undefined ? [] : [[name, value]];
    });
    return {
      ...Object.fromEntries(given),
      ...(this.certificates && this.outline.needsTlsFiles && terraformVariables(this.certificates)),
    };
  }

  /** Whether an address can be asked for in a network. */
  hasRange(network: string): boolean {
    const variable = this.outline.networks.find(({ name }) => name === network)?.subnetVariable;
    return variable !== undefined && (this.secrets[variable] ?? '') !== '';
  }

  /** The token by which the gateway looks after workspaces. */
  get coderToken(): string | undefined {
    return this.secrets[CODER_TOKEN] || undefined;
  }
}

function there<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new CliError(`This command has not read ${what} yet.`);
  return value;
}
