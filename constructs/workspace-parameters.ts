import { Construct } from 'constructs';
import type { Catalog } from '../src/catalog';
import { LEVELS, LEVEL_TEXTS } from '../src/levels';
import type { Policy } from '../src/policy';
import { Parameter, type ParameterOption } from './parameter';
import { listed, validateProps, type Rule } from './validation';

/** The assistants a developer can choose. Values are for ever. */
export const ASSISTANTS: readonly ParameterOption[] = [
  {
    value: 'roo-code',
    label: 'Roo Code',
    description: 'Roo Code in the editor, OpenCode in the terminal',
  },
  { value: 'zoo-code', label: 'Zoo Code', description: 'The successor of Roo Code, and OpenCode' },
  { value: 'opencode', label: 'OpenCode', description: 'OpenCode in the terminal' },
  { value: 'claude-code', label: 'Claude Code', description: 'Claude Code in the terminal' },
  { value: 'none', label: 'None', description: 'No AI in this workspace' },
];

export interface WorkspaceParametersProps {
  readonly catalog: Catalog;
  readonly policy: Policy;
  /** Values of `ai_assistant` to offer. @default - all of them */
  readonly assistants?: readonly string[];
  /** @default 'roo-code' */
  readonly defaultAssistant?: string;
  /** CPUs: most, and chosen when nothing is. @default { max: 8, default: 2 } */
  readonly cpu?: { readonly max: number; readonly default: number };
  /** Memory in GB: most, and chosen when nothing is. @default { max: 16, default: 4 } */
  readonly memory?: { readonly max: number; readonly default: number };
}

const known = ASSISTANTS.map(({ value }) => value);
const isGateway = (url: string): boolean => /^https?:\/\/[a-z0-9.-]+(:\d{1,5})?$/.test(url);
const fits = (size?: { max: number; default: number }): boolean =>
  size === undefined ||
  (Number.isInteger(size.max) &&
    Number.isInteger(size.default) &&
    1 <= size.default &&
    size.default <= size.max);

const RULES: readonly Rule<WorkspaceParametersProps>[] = [
  {
    holds: ({ assistants }) => (assistants ?? known).every((value) => known.includes(value)),
    message: ({ assistants }) =>
      `"assistants" has values that are no assistant, got ${listed((assistants ?? []).filter((value) => !known.includes(value)))}: use some of ${listed(known)}`,
  },
  {
    holds: ({ assistants, defaultAssistant }) =>
      (assistants ?? known).includes(defaultAssistant ?? 'roo-code'),
    message: ({ assistants, defaultAssistant }) =>
      `"defaultAssistant" must be one that is offered, got "${defaultAssistant ?? 'roo-code'}": use one of ${listed(assistants ?? known)}`,
  },
  {
    holds: ({ policy }) => policy.gateways.length > 0 && policy.gateways.every(isGateway),
    message: ({ policy }) =>
      `"policy.gateways" must hold origins such as "http://litellm:4000", lower case, without a path, got ${listed(policy.gateways)}`,
  },
  {
    holds: ({ policy }) => LEVELS.includes(policy.defaultLevel),
    message: ({ policy }) =>
      `"policy.defaultLevel" is no level, got "${policy.defaultLevel}": use one of ${listed(LEVELS)}`,
  },
  {
    holds: ({ cpu }) => fits(cpu),
    message: ({ cpu }) => `"cpu" must have whole numbers 1 ≤ default ≤ max, got ${JSON.stringify(cpu)}`,
  },
  {
    holds: ({ memory }) => fits(memory),
    message: ({ memory }) =>
      `"memory" must have whole numbers 1 ≤ default ≤ max, got ${JSON.stringify(memory)}`,
  },
];

/** Addresses git understands and nothing else: no option, no local path, no helper that runs a command. */
const REPOSITORY = {
  regex: '^$|^(https://|ssh://|git@)[^\\s]+$',
  error: 'An address that starts with https://, ssh:// or git@, or nothing.',
};

/** Everything the workspace form asks, in the order of the form. */
export class WorkspaceParameters extends Construct {
  readonly assistant: Parameter;
  readonly model: Parameter;
  readonly level: Parameter;
  readonly gateway: Parameter;
  readonly apiKey: Parameter;
  readonly cpu: Parameter;
  readonly memory: Parameter;
  readonly repository: Parameter;
  readonly dotfiles: Parameter;

  constructor(scope: Construct, id: string, props: WorkspaceParametersProps) {
    super(scope, id);
    validateProps(this, props, RULES);
    const { catalog, policy } = props;
    const cpu = props.cpu ?? { max: 8, default: 2 };
    const memory = props.memory ?? { max: 16, default: 4 };
    let order = 0;

    this.assistant = new Parameter(this, 'Assistant', {
      name: 'ai_assistant',
      displayName: 'AI Coding Agent',
      description: 'Who helps you. It comes up with its own key; nothing to enter.',
      icon: '/icon/widgets.svg',
      formType: 'radio',
      default: props.defaultAssistant ?? 'roo-code',
      options: ASSISTANTS.filter(({ value }) => (props.assistants ?? known).includes(value)),
      order: (order += 1),
    });
    this.model = new Parameter(this, 'Model', {
      name: 'ai_model',
      displayName: 'AI Model',
      description: 'The model to begin with. You can change it in the assistant.',
      icon: '/icon/widgets.svg',
      formType: 'dropdown',
      default: catalog.defaultChoice,
      options: catalog.choices.map(({ value, label, description }) => ({ value, label, description })),
      order: (order += 1),
    });
    this.level = new Parameter(this, 'Level', {
      name: 'ai_enforcement_level',
      displayName: 'AI Behavior Mode',
      description: 'How the assistant works. Your organisation may ask for a stricter mode than you choose.',
      icon: '/icon/widgets.svg',
      formType: 'radio',
      default: policy.defaultLevel,
      options: LEVELS.map((level) => ({ value: level, ...LEVEL_TEXTS[level] })),
      order: (order += 1),
    });
    this.cpu = new Parameter(this, 'Cpu', {
      name: 'cpu',
      displayName: 'CPU cores',
      description: 'Processors of the workspace.',
      icon: '/icon/memory.svg',
      type: 'number',
      formType: 'slider',
      default: String(cpu.default),
      validation: { min: 1, max: cpu.max, error: `A whole number from 1 to ${cpu.max}.` },
      order: (order += 1),
    });
    this.memory = new Parameter(this, 'Memory', {
      name: 'memory',
      displayName: 'Memory (GB)',
      description: 'Main memory of the workspace.',
      icon: '/icon/memory.svg',
      type: 'number',
      formType: 'slider',
      default: String(memory.default),
      validation: { min: 1, max: memory.max, error: `A whole number from 1 to ${memory.max}.` },
      order: (order += 1),
    });
    this.repository = new Parameter(this, 'Repository', {
      name: 'git_repo',
      displayName: 'Git repository',
      description: 'Cloned into the home folder at the first start. Empty: none.',
      icon: '/icon/git.svg',
      default: '',
      placeholder: 'https://…',
      validation: REPOSITORY,
      order: (order += 1),
    });
    this.dotfiles = new Parameter(this, 'Dotfiles', {
      name: 'dotfiles',
      displayName: 'Dotfiles repository',
      description: 'Your own settings, installed at each start. Its scripts run as you. Empty: none.',
      icon: '/icon/dotfiles.svg',
      default: '',
      placeholder: 'https://…',
      validation: REPOSITORY,
      order: (order += 1),
    });
    this.gateway = new Parameter(this, 'Gateway', {
      name: 'ai_gateway_url',
      displayName: 'AI Gateway URL',
      description: 'Where requests to the models go.',
      icon: '/icon/widgets.svg',
      formType: 'dropdown',
      default: policy.gateways[0] ?? '',
      options: policy.gateways.map((url) => ({ value: url, label: url })),
      order: (order += 1),
    });
    this.apiKey = new Parameter(this, 'ApiKey', {
      name: 'litellm_api_key',
      displayName: 'AI API Key',
      description:
        'Leave empty: the workspace gets its own key. A key entered here is stored by Coder in clear.',
      icon: '/icon/key.svg',
      default: '',
      masked: true,
      order: (order += 1),
    });
  }
}
