import { Construct } from 'constructs';
import type { Catalog } from '../src/catalog';
import { LEVEL_TEXTS } from '../src/levels';
import { literal } from '../src/synth/hcl-strings';
import { expression } from './expression';
import { renderJsonTemplate } from './assistants/json-template';
import { openCodeConfig } from './assistants/opencode';
import { rooCodeSettings, rooModelInfo } from './assistants/roo-code';
import { local } from './local';
import { validateProps, type Rule } from './validation';
import type { WorkspaceAgent } from './workspace-agent';
import { shipFile, shipSource } from './workspace-file';
import { WorkspaceScript } from './workspace-script';
import { WorkspaceVariable } from './workspace-variable';

export interface AiSetupProps {
  readonly agent: WorkspaceAgent;
  readonly catalog: Catalog;
  /** Plain references to what was chosen. */
  readonly assistant: string;
  readonly model: string;
  readonly gateway: string;
  readonly pastedKey: string;
  /** Plain reference to the level in force. */
  readonly level: string;
  /** Plain reference to the signed claim. */
  readonly claim: string;
  /** Plain, boolean: does this workspace have AI at all? */
  readonly wanted: string;
  /** Where claim and key may be sent: origins. */
  readonly gateways: readonly string[];
}

/** Seconds: the script itself gives up waiting for the gateway after 60. */
const TIME_LIMIT = 120;

const RULES: readonly Rule<AiSetupProps>[] = [
  {
    holds: ({ catalog }) => catalog.choices.some(({ value }) => value === catalog.defaultChoice),
    message: ({ catalog }) =>
      `"catalog.defaultChoice" must be one of its choices, got "${catalog.defaultChoice}"`,
  },
  {
    holds: ({ catalog }) =>
      catalog.choices.every(({ model }) => catalog.models.some(({ name }) => name === model)),
    message: ({ catalog }) =>
      `"catalog.choices" must name models of the catalog, got ${catalog.choices
        .filter(({ model }) => !catalog.models.some(({ name }) => name === model))
        .map(({ value, model }) => `"${value}" → "${model}"`)
        .join(', ')}`,
  },
];

/** Asks the gateway for the workspace's key at each start and writes what the assistants read. */
export class AiSetup extends Construct {
  constructor(scope: Construct, id: string, props: AiSetupProps) {
    super(scope, id);
    validateProps(this, props, RULES);
    const { agent, catalog, wanted } = props;

    const models = local(
      this,
      'ai_models',
      Object.fromEntries(catalog.choices.map(({ value, model }) => [value, model])),
    );
    const model = local(
      this,
      'ai_model',
      expression`lookup(${models}, ${props.model}, ${models}["${catalog.defaultChoice}"])`,
    );
    const infos = local(
      this,
      'ai_model_infos',
      Object.fromEntries(
        catalog.choices.map((choice) => [
          choice.model,
          rooModelInfo(catalog.models.find(({ name }) => name === choice.model)!),
        ]),
      ),
    );
    const descriptions = local(
      this,
      'ai_level_descriptions',
      Object.fromEntries(Object.entries(LEVEL_TEXTS).map(([level, text]) => [level, text.description])),
    );
    // The gateway puts the rules in; without rules there is nothing to say.
    const instructions = local(
      this,
      'ai_instructions',
      expression`${props.level} == "unrestricted" ? "" : templatefile(${shipSource(this, 'settings/instructions.md')}, {
    level       = ${props.level}
    description = ${descriptions}[${props.level}]
  })`,
    );
    const rooCode = local(
      this,
      'roo_code_settings',
      expression`templatefile(${shipFile(this, 'settings/roo-code.json', renderJsonTemplate(rooCodeSettings(catalog)))}, {
    gateway      = ${props.gateway}
    model        = ${model}
    model_info   = ${infos}[${model}]
    instructions = ${instructions}
  })`,
    );
    const openCode = local(
      this,
      'opencode_config',
      expression`templatefile(${shipFile(this, 'settings/opencode.json', renderJsonTemplate(openCodeConfig(catalog)))}, {
    gateway           = ${props.gateway}
    model             = ${model}
    instruction_files = ${instructions} == "" ? [] : ["~/.config/opencode/enforcement.md"]
  })`,
    );

    // Base64 holds no character that means anything to a shell: whatever was typed arrives as data.
    const script = local(
      this,
      'ai_setup_script',
      expression`join("\\n", [
    "#!/usr/bin/env bash",
    "set +x",
    "claim='\${${props.claim}}'",
    "pasted_key=$(base64 -d <<<'\${base64encode(${props.pastedKey})}')",
    "allowed_gateways=$(base64 -d <<<'\${base64encode(join("\\n", ${local(this, 'ai_gateways', [...props.gateways])}))}')",
    "roo_code=$(base64 -d <<<'\${base64encode(${rooCode})}')",
    "opencode=$(base64 -d <<<'\${base64encode(${openCode})}')",
    "opencode_guard=$(base64 -d <<<'\${filebase64(${shipSource(this, 'tools/opencode')})}')",
    "small_model=$(base64 -d <<<'\${base64encode(${local(this, 'ai_small_model', literal(catalog.smallModel))})}')",
    "instructions=$(base64 -d <<<'\${base64encode(${instructions})}')",
    file(${shipSource(this, 'scripts/ai-setup.sh')}),
  ])`,
    );

    new WorkspaceScript(this, 'Script', {
      agent,
      name: 'ai_setup',
      displayName: 'AI set-up',
      icon: '/icon/widgets.svg',
      script,
      timeout: TIME_LIMIT,
    });
    const variables: Record<string, string> = {
      AI_ASSISTANT: props.assistant,
      AI_GATEWAY_URL: props.gateway,
      AI_MODEL: model,
      AI_ENFORCEMENT_LEVEL: props.level,
    };
    for (const [name, value] of Object.entries(variables)) {
      new WorkspaceVariable(this, name, { agent, name, value, when: wanted });
    }
  }
}
