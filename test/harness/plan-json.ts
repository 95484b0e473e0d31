/** The part of `terraform show -json` that tests look at. */

export interface ResourceChange {
  readonly address: string;
  readonly mode: 'managed' | 'data';
  readonly type: string;
  readonly name: string;
  readonly action_reason?: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly before: Readonly<Record<string, unknown>> | null;
    readonly after: Readonly<Record<string, unknown>> | null;
    readonly after_unknown: unknown;
    /** Paths of the changes that force a replacement. */
    readonly replace_paths?: readonly (readonly (string | number)[])[];
  };
}

export interface StateResource {
  readonly address: string;
  readonly mode: 'managed' | 'data';
  readonly type: string;
  readonly name: string;
  readonly values: Readonly<Record<string, unknown>>;
}

export interface ModuleValues {
  readonly resources?: readonly StateResource[];
  readonly child_modules?: readonly ModuleValues[];
}

export interface StateValues {
  readonly outputs?: Readonly<Record<string, { readonly value?: unknown; readonly sensitive?: boolean }>>;
  readonly root_module?: ModuleValues;
}

export interface StateJson {
  readonly values?: StateValues;
}

export interface PlanJson {
  readonly planned_values: StateValues & { readonly root_module: ModuleValues };
  readonly resource_changes?: readonly ResourceChange[];
  readonly output_changes?: Readonly<
    Record<string, { readonly actions: readonly string[]; readonly after?: unknown }>
  >;
  readonly prior_state?: StateJson;
  readonly configuration?: unknown;
}

function resourcesIn(module: ModuleValues | undefined): StateResource[] {
  if (module === undefined) return [];
  return [...(module.resources ?? []), ...(module.child_modules ?? []).flatMap(resourcesIn)];
}

/** Values of a managed resource or data source by its address, e.g. "data.coder_parameter.model". */
export function valuesOf(
  values: StateValues | undefined,
  address: string,
): Readonly<Record<string, unknown>> | undefined {
  return resourcesIn(values?.root_module).find((resource) => resource.address === address)?.values;
}

/** Values that a plan shows for an address: as planned, or as a data source was read. */
export function plannedValuesOf(
  plan: PlanJson,
  address: string,
): Readonly<Record<string, unknown>> | undefined {
  return valuesOf(plan.planned_values, address) ?? valuesOf(plan.prior_state?.values, address);
}

/**
 * What a plan does, by address: "create", "update", "delete" or "replace".
 *
 * Resources that stay as they are and data sources are left out, so `{}` means no changes.
 */
export function plannedActions(plan: PlanJson): Record<string, string> {
  const changes = (plan.resource_changes ?? []).filter(
    ({ mode, change }) => mode === 'managed' && change.actions.join() !== 'no-op',
  );
  return Object.fromEntries(
    changes.map(({ address, change }) => [
      address,
      change.actions.length > 1 ? 'replace' : (change.actions[0] ?? 'no-op'),
    ]),
  );
}

/** The change of one resource. */
export function changeOf(plan: PlanJson, address: string): ResourceChange | undefined {
  return plan.resource_changes?.find((change) => change.address === address);
}
