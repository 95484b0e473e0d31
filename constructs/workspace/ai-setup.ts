import { Construct } from 'constructs';
import type { Catalog } from '../../src/catalog';
import { AiFiles } from './ai-files';
import { AiInstructions } from './ai-instructions';
import { assistantsOf, type AssistantChoice } from './assistants/assistant-choice';
import { ChosenModel } from './chosen-model';
import { literal } from '../../synth/hcl/strings';
import { expression } from '../common/expression';
import { local } from '../common/local';
import { validateProps } from '../common/validation';
import type { WorkspaceAgent } from './workspace-agent';
import type { WorkspaceContainer } from './workspace-container';
import { shipSource } from './workspace-file';
import { WorkspaceScript } from './workspace-script';
import { WorkspaceVariable } from './workspace-variable';

/**
 * @example
 * new AiSetup(this, 'Setup', {
 *   agent,
 *   container,
 *   catalog,
 *   choices: AssistantChoice.ALL,
 *   assistant: parameters.assistant.ref,
 *   model: parameters.model.ref,
 *   gateway: parameters.gateway.ref,
 *   pastedKey: '""',
 *   chosenLevel: parameters.level.ref,
 *   level: enforcement.ref,
 *   claim: identity.claim,
 *   wanted: 'true',
 *   gateways: policy.gateways,
 * });
 */
export interface AiSetupProps {
  readonly agent: WorkspaceAgent;
  /** Gets what the assistants have in the environment that is the same for every choice and person. */
  readonly container: WorkspaceContainer;
  readonly catalog: Catalog;
  /** What the form offers. */
  readonly choices: readonly AssistantChoice[];
  /** Plain references to what was chosen. */
  readonly assistant: string;
  readonly model: string;
  readonly gateway: string;
  readonly pastedKey: string;
  /** Plain reference to the level that the developer chose. */
  readonly chosenLevel: string;
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

/** Of one script, in this order. */
const PARTS = [
  'ai-setup/state',
  'work-tree',
  'bashrc-line',
  'ai-setup/gateway',
  'ai-setup/models',
  'ai-setup/files',
  'ai-setup/healing',
  'ai-setup/main',
];

/**
 * Asks the gateway for the workspace's key at each start, writes what the assistants read, and looks after it while
 * the workspace runs.
 */
export class AiSetup extends Construct {
  constructor(scope: Construct, id: string, props: AiSetupProps) {
    super(scope, id);
    validateProps(this, 'AiSetupProps', props);
    const { agent, catalog, choices, wanted } = props;
    const model = new ChosenModel(this, 'Model', { catalog, chosen: props.model });
    const instructions = new AiInstructions(this, 'Instructions', { level: props.level });
    const files = new AiFiles(this, 'Files', {
      agent,
      catalog,
      choices,
      assistant: props.assistant,
      gateway: props.gateway,
      model: model.ref,
      level: props.level,
      instructions: instructions.ref,
    });
    const parts = PARTS.map((name) => `    file(${shipSource(this, `scripts/${name}.sh`)})`).join(',\n');
    const gateways = local(this, 'ai_gateways', [...props.gateways]);

    // Base64 holds no character that means anything to a shell: whatever was typed arrives as data.
    const script = local(
      this,
      'ai_setup_script',
      expression`join("\\n", [
    "#!/usr/bin/env bash",
    "set +x",
    "claim='\${${props.claim}}'",
    "pasted_key=$(base64 -d <<<'\${base64encode(${props.pastedKey})}')",
    "assistant=$(base64 -d <<<'\${base64encode(${props.assistant})}')",
    "gateway=$(base64 -d <<<'\${base64encode(${props.gateway})}')",
    "model='\${${model.ref}}'",
    "asked_level=$(base64 -d <<<'\${base64encode(${props.chosenLevel})}')",
    "level='\${${props.level}}'",
    "allowed_gateways='\${join(" ", ${gateways})}'",
    "allowed_assistants='\${join(" ", keys(${files.assistantsRef}))}'",
    "managed_files='\${join(" ", distinct(${files.ref}[*].path))}'",
    "files='\${join(" ", [for file in ${files.wantedRef} : "\${file.path}=\${base64gzip(file.text)}"])}'",
    "constants='\${join(" ", ${files.constantsRef})}'",
    "model_members='${literal(files.modelMembers)}'",
${parts},
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
      AI_MODEL: model.ref,
      AI_ENFORCEMENT_LEVEL: props.level,
    };
    // Of all assistants and without AI, since the image holds them all: one that was not chosen can be started too, and
    // then must neither send nor fetch anything. The choice cannot decide here: another environment is another container.
    for (const { locks } of assistantsOf(choices)) props.container.setEnvironment({ ...locks });
    for (const [name, value] of Object.entries(variables)) {
      new WorkspaceVariable(this, name, { agent, name, value, when: wanted });
    }
  }
}
