/**
 * What a start build hands to the workspace's agent, read from Terraform's own plan.
 */
import { expandAsAgent } from './agent-expansion';

/** Stands for the token in the agent's own environment: no plan knows it, and nothing may hold it. */
export const AGENT_TOKEN = 'the-token-of-the-agent';

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
  /** Address by Terraform name: what the dashboard's button leads to. */
  readonly apps: ReadonlyMap<string, string>;
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
    this.apps = new Map(
      of('coder_app').map(({ address, values }) => [address.replace('coder_app.', ''), String(values.url)]),
    );
    // One that is not known yet is null: the agent's token.
    const container = (of('docker_container')[0]?.values.env ?? []) as (string | null)[];
    const process = {
      CODER_AGENT_TOKEN: AGENT_TOKEN,
      ...Object.fromEntries(
        container.flatMap((entry) => (entry === null ? [] : [entry.split(/=(.*)/s).slice(0, 2)])),
      ),
    } as Record<string, string>;
    const manifest = {
      ...Object.fromEntries(of('coder_env').map(({ values }) => [String(values.name), String(values.value)])),
      // The agent's own variables win, as in Coder.
      ...(of('coder_agent')[0]?.values.env as Record<string, string> | null | undefined),
    };
    this.environment = {
      ...process,
      ...Object.fromEntries(
        Object.entries(manifest).map(([name, value]) => [name, expandAsAgent(value, process)]),
      ),
    };
  }
}
