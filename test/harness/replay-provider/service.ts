/** The provider service: one method per call of the plugin protocol, over any served provider. */
import { createHash, randomUUID } from 'node:crypto';
import type { TypeSchema } from '../../../providers/schema-types';
import { checkConfig } from './config-rules';
import { encodeDiagnostics, encodePath, error, hasErrors, type Diagnostic } from './diagnostics';
import { fillDefaults, markUnknown, replacements, type Environment } from './plan';
import type { Context, ResourceHooks, ServedProvider } from './provider';
import { encodeProviderSchema, type TypeRules } from './schema';
import {
  canonical,
  decodeValue,
  encodeBlockValue,
  hasUnknown,
  isObject,
  Unknown,
  type CtyObject,
  type CtyValue,
  type DynamicValue,
} from './values';

interface TypeRequest {
  readonly type_name: string;
}
export interface ConfigRequest extends TypeRequest {
  readonly config: DynamicValue;
}
export interface UpgradeRequest extends TypeRequest {
  readonly version: string | number;
  readonly raw_state: { readonly json: Uint8Array } | null;
}
export interface ReadRequest extends TypeRequest {
  readonly current_state: DynamicValue;
  readonly private: Uint8Array;
}
export interface PlanRequest extends ConfigRequest {
  readonly prior_state: DynamicValue;
  readonly proposed_new_state: DynamicValue;
  readonly prior_private: Uint8Array;
}
export interface ApplyRequest extends ConfigRequest {
  readonly prior_state: DynamicValue;
  readonly planned_state: DynamicValue;
  readonly planned_private: Uint8Array;
}

/** Turns what is still unknown after an apply into null: a computed value that nothing fills. */
function settle(value: CtyValue): CtyValue {
  if (value instanceof Unknown) return null;
  if (Array.isArray(value)) return value.map(settle);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, settle(inner)]));
}

/** A UUID that is a function of a text. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Answers the calls of the protocol for one provider. Requests and responses are the plain objects of the proto file. */
export class ProviderService {
  private config: CtyObject = {};

  /**
   * @param env environment that the real provider would have been started with
   * @param seed makes every generated UUID a function of it and of the object; without it they are random
   */
  public constructor(
    private readonly provider: ServedProvider,
    private readonly env: Environment,
    private readonly seed?: string,
  ) {}

  public getProviderSchema(): object {
    return encodeProviderSchema(this.provider.schema);
  }

  public validateProviderConfig({ config }: { config: DynamicValue }): object {
    const { block } = this.provider.schema.provider;
    return {
      diagnostics: encodeDiagnostics(checkConfig(block, this.provider.rules.provider, decodeValue(config))),
    };
  }

  public configureProvider({ config }: { config: DynamicValue }): object {
    const { block } = this.provider.schema.provider;
    const value = decodeValue(config);
    this.config = fillDefaults(block, this.provider.rules.provider, isObject(value) ? value : {}, this.env);
    return { diagnostics: encodeDiagnostics(this.provider.checkProviderConfig?.(this.config) ?? []) };
  }

  public validateResourceConfig({ type_name: type, config }: ConfigRequest): object {
    const value = decodeValue(config);
    const found = checkConfig(this.resource(type).block, this.resourceRules(type), value);
    if (isObject(value)) found.push(...(this.provider.resources[type]?.checkConfig?.(value) ?? []));
    return { diagnostics: encodeDiagnostics(found) };
  }

  public validateDataResourceConfig({ type_name: type, config }: ConfigRequest): object {
    const found = checkConfig(this.dataSource(type).block, this.dataRules(type), decodeValue(config));
    return { diagnostics: encodeDiagnostics(found) };
  }

  /** States are only ever written by this program, so there is nothing to upgrade. */
  public upgradeResourceState({ type_name: type, raw_state: raw }: UpgradeRequest): object {
    const { block } = this.resource(type);
    const state = raw === null ? null : (JSON.parse(Buffer.from(raw.json).toString('utf8')) as CtyValue);
    return { upgraded_state: encodeBlockValue(state, block), diagnostics: [] };
  }

  public readResource({
    type_name: type,
    current_state: current,
    private: privateData,
  }: ReadRequest): object {
    const state = decodeValue(current);
    const hooks = this.provider.resources[type];
    const value = isObject(state) ? (hooks?.refresh?.(state, this.context(state)) ?? state) : state;
    return {
      new_state: encodeBlockValue(value, this.resource(type).block),
      diagnostics: [],
      private: privateData,
    };
  }

  public planResourceChange(request: PlanRequest): object {
    const { block } = this.resource(request.type_name);
    const hooks = this.provider.resources[request.type_name];
    const rules = this.resourceRules(request.type_name);
    const prior = decodeValue(request.prior_state);
    const proposed = decodeValue(request.proposed_new_state);
    const respond = (planned: CtyValue, replace: object[], diagnostics: readonly Diagnostic[]): object => ({
      planned_state: encodeBlockValue(planned, block),
      requires_replace: replace,
      planned_private: request.prior_private,
      diagnostics: encodeDiagnostics(diagnostics),
      legacy_type_system: true,
    });
    if (!isObject(proposed)) return respond(null, [], []);
    const filled = fillDefaults(block, rules, proposed, this.env);
    const planned = this.keepComputed(hooks, filled, prior, block);
    const replace = isObject(prior) ? replacements(block, rules, prior, planned).map(encodePath) : [];
    return respond(planned, replace, hooks?.checkPlan?.(planned) ?? []);
  }

  public applyResourceChange(request: ApplyRequest): object {
    const { block } = this.resource(request.type_name);
    const hooks = this.provider.resources[request.type_name];
    const planned = decodeValue(request.planned_state);
    const prior = decodeValue(request.prior_state);
    const respond = (state: CtyValue, diagnostics: readonly Diagnostic[]): object => ({
      new_state: encodeBlockValue(state, block),
      private: request.planned_private,
      diagnostics: encodeDiagnostics(diagnostics),
      legacy_type_system: true,
    });
    if (!isObject(planned)) return respond(null, []);
    const isCreate = !isObject(prior);
    const diagnostics = isCreate ? (hooks?.checkCreate?.(planned) ?? []) : [];
    if (hasErrors(diagnostics)) return respond(prior, diagnostics);
    const context = this.context(planned);
    const filled = hooks?.fill(planned, context) ?? { ...planned, id: context.uuid(request.type_name) };
    return respond(settle(filled), diagnostics);
  }

  public readDataSource({ type_name: type, config }: ConfigRequest): object {
    const { block } = this.dataSource(type);
    const decoded = decodeValue(config);
    const value = fillDefaults(block, this.dataRules(type), isObject(decoded) ? decoded : {}, this.env);
    const read = this.provider.dataSources[type];
    if (read === undefined) {
      const detail = `${this.provider.address} is replayed without it`;
      return {
        diagnostics: encodeDiagnostics([error(`the data source ${type} cannot be read in a test`, detail)]),
      };
    }
    const outcome = read(value, this.context(value));
    return {
      state: encodeBlockValue(outcome.value, block),
      diagnostics: encodeDiagnostics(outcome.diagnostics),
    };
  }

  public stopProvider(): object {
    return {};
  }

  /** On create everything computed is open; on a change, what the provider computed before stays. */
  private keepComputed(
    hooks: ResourceHooks | undefined,
    planned: CtyObject,
    prior: CtyValue,
    block: TypeSchema['block'],
  ): CtyObject {
    const computedBlocks = hooks?.computedBlocks ?? [];
    if (!isObject(prior)) return markUnknown(block, planned, new Set(computedBlocks));
    const kept = computedBlocks
      .filter((name) => Array.isArray(planned[name]) && planned[name].length === 0)
      .map((name) => [name, prior[name] ?? []]);
    return { ...planned, ...(Object.fromEntries(kept) as CtyObject) };
  }

  private context(subject: CtyObject): Context {
    const { seed } = this;
    const salt = seed === undefined ? '' : canonical(hasUnknown(subject) ? settle(subject) : subject, true);
    return {
      env: this.env,
      config: this.config,
      uuid: (name) => (seed === undefined ? randomUUID() : uuidOf(`${seed}\n${name}\n${salt}`)),
    };
  }

  private resource(type: string): TypeSchema {
    const found = this.provider.schema.resource_schemas[type];
    if (found === undefined) throw new Error(`${this.provider.address} has no resource ${type}`);
    return found;
  }

  private dataSource(type: string): TypeSchema {
    const found = this.provider.schema.data_source_schemas[type];
    if (found === undefined) throw new Error(`${this.provider.address} has no data source ${type}`);
    return found;
  }

  private resourceRules(type: string): TypeRules {
    return this.provider.rules.resources[type] ?? {};
  }

  private dataRules(type: string): TypeRules {
    return this.provider.rules.dataSources[type] ?? {};
  }
}
