/** What one served provider adds to its schema and rules: the things only its own code knows. */
import type { ProviderSchema } from '../../../providers/schema-types';
import type { Diagnostic } from './diagnostics';
import type { Environment } from './plan';
import type { ProviderRules } from './schema';
import type { CtyObject } from './values';

/** What a provider's code may look at while it answers. */
export interface Context {
  /** The environment that the real provider would have been started with. */
  readonly env: Environment;
  /** The provider's configuration, defaults filled; empty before ConfigureProvider. */
  readonly config: CtyObject;
  /** A new UUID; the same one for the same subject when the process was started with a seed. */
  readonly uuid: (subject: string) => string;
}

/** A value and what there is to say about it. */
export interface Outcome {
  readonly value: CtyObject;
  readonly diagnostics: readonly Diagnostic[];
}

export interface ResourceHooks {
  /** Blocks that the provider fills itself when none is written; unknown at plan. */
  readonly computedBlocks?: readonly string[];
  /** Checks of the validate phase beyond behaviour.json; values may be unknown. */
  checkConfig?(config: CtyObject): Diagnostic[];
  /** Checks of the plan phase; values may be unknown. */
  checkPlan?(planned: CtyObject): Diagnostic[];
  /** Checks that only a real build makes, before anything is created. */
  checkCreate?(planned: CtyObject): Diagnostic[];
  /** The object as it reads back after it was created or changed; whatever stays unknown becomes null. */
  fill(planned: CtyObject, context: Context): CtyObject;
  /** The object as a refresh reads it. Default: as it is in the state. */
  refresh?(state: CtyObject, context: Context): CtyObject;
}

export type DataSourceRead = (config: CtyObject, context: Context) => Outcome;

export interface ServedProvider {
  /** Full address, e.g. registry.terraform.io/coder/coder. */
  readonly address: string;
  readonly schema: ProviderSchema;
  readonly rules: ProviderRules;
  readonly resources: Readonly<Record<string, ResourceHooks>>;
  readonly dataSources: Readonly<Record<string, DataSourceRead>>;
  /** Checks of ConfigureProvider. */
  checkProviderConfig?(config: CtyObject): Diagnostic[];
}
