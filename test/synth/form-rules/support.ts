import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  App,
  TerraformDataSource,
  TerraformLocal,
  TerraformResource,
  TerraformVariable,
  type TerraformVariableConfig,
} from 'cdktf';
import {
  CoderAgent,
  CoderApp,
  CoderEnv,
  CoderProvider,
  CoderScript,
  DataCoderParameter,
  DataCoderWorkspacePreset,
  type CoderAgentConfig,
  type CoderAppConfig,
  type CoderEnvConfig,
  type CoderScriptConfig,
  type DataCoderParameterConfig,
  type DataCoderWorkspacePresetConfig,
} from '../../../constructs/workspace/coder';
import { findFaults, type Fault } from '../../../synth/form-rules';
import { TemplateStack } from '../../../synth/template-stack';

const outdir = mkdtempSync(join(tmpdir(), 'form-rules-'));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

/** A template of nothing but what a case adds; every helper adds one block that is right, then changed. */
export class Bench {
  readonly app = new App({ outdir, stackTraces: false });
  readonly stack: TemplateStack;

  constructor(id = 'bench') {
    this.stack = new TemplateStack(this.app, id);
    new CoderProvider(this.stack, 'coder');
  }

  /** `data.coder_parameter.<id>`, a line of text named like it. */
  parameter(id: string, changes: Partial<DataCoderParameterConfig> = {}): DataCoderParameter {
    const made = new DataCoderParameter(this.stack, id, {
      name: id,
      default: '',
      mutable: true,
      ...changes,
    });
    made.overrideLogicalId(id);
    return made;
  }

  /** A parameter with an argument as no binding would write it. */
  raw(
    id: string,
    overrides: Readonly<Record<string, unknown>>,
    changes: Partial<DataCoderParameterConfig> = {},
  ) {
    const made = this.parameter(id, changes);
    for (const [path, value] of Object.entries(overrides)) made.addOverride(path, value);
    return made;
  }

  preset(id: string, changes: Partial<DataCoderWorkspacePresetConfig> = {}): DataCoderWorkspacePreset {
    const made = new DataCoderWorkspacePreset(this.stack, id, { name: id, ...changes });
    made.overrideLogicalId(id);
    return made;
  }

  agent(changes: Partial<CoderAgentConfig> = {}): CoderAgent {
    const made = new CoderAgent(this.stack, 'Agent', { os: 'linux', arch: 'amd64', ...changes });
    made.overrideLogicalId('main');
    return made;
  }

  script(id: string, changes: Partial<CoderScriptConfig> = {}): CoderScript {
    const made = new CoderScript(this.stack, id, {
      agentId: '${coder_agent.main.id}',
      displayName: id,
      script: 'echo hello',
      runOnStart: true,
      ...changes,
    });
    made.overrideLogicalId(id);
    return made;
  }

  webApp(id: string, changes: Partial<CoderAppConfig> = {}): CoderApp {
    const made = new CoderApp(this.stack, id, {
      agentId: '${coder_agent.main.id}',
      slug: id,
      url: 'http://localhost:8080',
      ...changes,
    });
    made.overrideLogicalId(id);
    return made;
  }

  variable(id: string, changes: Partial<CoderEnvConfig> = {}): CoderEnv {
    const made = new CoderEnv(this.stack, id, {
      agentId: '${coder_agent.main.id}',
      name: id.toUpperCase(),
      value: 'x',
      ...changes,
    });
    made.overrideLogicalId(id);
    return made;
  }

  /** A resource with nothing but these arguments. */
  resource(type: string, id: string, overrides: Readonly<Record<string, unknown>> = {}): TerraformResource {
    const made = new TerraformResource(this.stack, `resource_${id}`, { terraformResourceType: type });
    made.overrideLogicalId(id);
    for (const [path, value] of Object.entries(overrides)) made.addOverride(path, value);
    return made;
  }

  /** A data source with nothing but these arguments. */
  data(type: string, id: string, overrides: Readonly<Record<string, unknown>> = {}): TerraformDataSource {
    const made = new TerraformDataSource(this.stack, `data_${id}`, { terraformResourceType: type });
    made.overrideLogicalId(id);
    for (const [path, value] of Object.entries(overrides)) made.addOverride(path, value);
    return made;
  }

  local(name: string, value: unknown): void {
    new TerraformLocal(this.stack, `local_${name}`, value).overrideLogicalId(name);
  }

  input(name: string, config: TerraformVariableConfig = {}): TerraformVariable {
    const made = new TerraformVariable(this.stack, `input_${name}`, config);
    made.overrideLogicalId(name);
    return made;
  }

  faults(): Fault[] {
    return findFaults(this.stack, this.stack.shippedFiles);
  }
}

/** A template that breaks one rule. */
export interface Case {
  readonly rule: string;
  /** What is done, for the title of the test. */
  readonly when: string;
  readonly build: (bench: Bench) => void;
  /** Part of the message. */
  readonly says: string;
  /** Address of the block at fault. */
  readonly at: string;
  /** Id of the stack. @default 'bench' */
  readonly stackId?: string;
  /** Rules that cannot but break too. @default - none */
  readonly also?: readonly string[];
}

/** A template that looks like a broken one and is right. */
export interface Accepted {
  readonly when: string;
  readonly build: (bench: Bench) => void;
}
