/**
 * What a start build hands to the workspace's agent, read from Terraform's own plan.
 */

interface PlannedResource {
  readonly type: string;
  readonly address: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** The part of `terraform show -json` that is read here. */
export interface Plan {
  readonly planned_values: { readonly root_module: { readonly resources?: readonly PlannedResource[] } };
}

export class StartBuild {
  /** Text by Terraform name, with the index where there is a count: `git_clone[0]`. */
  readonly scripts: ReadonlyMap<string, string>;
  /** Of every process in the workspace. */
  readonly environment: Readonly<Record<string, string>>;

  constructor(plan: Plan) {
    const resources = plan.planned_values.root_module.resources ?? [];
    const of = (type: string): readonly PlannedResource[] =>
      resources.filter((resource) => resource.type === type);
    this.scripts = new Map(
      of('coder_script').map(({ address, values }) => [
        address.replace('coder_script.', ''),
        String(values.script),
      ]),
    );
    const agent = (of('coder_agent')[0]?.values.env ?? {}) as Record<string, string>;
    this.environment = {
      ...Object.fromEntries(of('coder_env').map(({ values }) => [String(values.name), String(values.value)])),
      // The agent's own variables win, as in Coder.
      ...agent,
    };
  }
}
