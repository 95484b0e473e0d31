import { Construct } from 'constructs';
import type { Catalog } from '../../src/catalog';
import { LEVELS, LEVEL_TEXTS } from '../../src/levels';
import type { Policy } from '../../src/policy';
import { shown } from '../../synth/shown';
import { AssistantChoice } from './assistants/assistant-choice';
import { DEFAULT_CHOICE } from './chosen-model';
import { levelNotice } from './level-notice';
import { Parameter } from './parameter';
import { RepositoryAddress } from './repository-address';
import { listed, validateProps, type Rule } from '../common/validation';

/**
 * @example
 * new WorkspaceParameters(this, 'Parameters', { catalog, policy, assistants: [AssistantChoice.OPENCODE, AssistantChoice.NONE] });
 */
export interface WorkspaceParametersProps {
  readonly catalog: Catalog;
  readonly policy: Policy;
  /** Values of `ai_assistant` to offer, in the order of the form. @default - all of ours */
  readonly assistants?: readonly AssistantChoice[];
  /** Value that is chosen when nothing is. @default 'roo-code', or the first that is offered */
  readonly defaultAssistant?: string;
  /** Repositories to clone. @default - on any host */
  readonly repositories?: RepositoryAddress;
  /** Dotfiles run as the developer, and a link that creates a workspace can name foreign ones. @default - on any host */
  readonly dotfiles?: RepositoryAddress;
  /**
   * Ask for a key of the developer's own? It is another person's as well as his: level and budget are those of the key.
   *
   * @default true
   */
  readonly offerApiKey?: boolean;
  /** CPUs: most, and chosen when nothing is. @default { max: 8, default: 2 } */
  readonly cpu?: { readonly max: number; readonly default: number };
  /** Memory in GB: most, and chosen when nothing is. @default { max: 16, default: 4 } */
  readonly memory?: { readonly max: number; readonly default: number };
}

const offered = ({ assistants }: WorkspaceParametersProps): readonly AssistantChoice[] =>
  assistants ?? AssistantChoice.ALL;
const valuesOf = (props: WorkspaceParametersProps): string[] => offered(props).map(({ value }) => value);
const defaultOf = (props: WorkspaceParametersProps): string =>
  props.defaultAssistant ?? (valuesOf(props).includes('roo-code') ? 'roo-code' : (valuesOf(props)[0] ?? ''));

const ORIGIN = /^https?:\/\/([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(:[1-9]\d*)?$/;
const isGateway = (url: string): boolean => ORIGIN.test(url) && URL.canParse(url);
const fits = (size?: { max: number; default: number }): boolean =>
  size === undefined ||
  (Number.isInteger(size.max) &&
    Number.isInteger(size.default) &&
    1 <= size.default &&
    size.default <= size.max);

const RULES: readonly Rule<WorkspaceParametersProps>[] = [
  {
    prop: 'assistants',
    holds: (props) => valuesOf(props).length > 0,
    message: () => `must not be empty: use [AssistantChoice.NONE] for a template without AI`,
  },
  {
    prop: 'assistants',
    holds: (props) => new Set(valuesOf(props)).size === valuesOf(props).length,
    message: (props) =>
      `must hold each value once, got ${listed(valuesOf(props))}: leave the repeated ones out`,
  },
  {
    prop: 'assistants',
    holds: (props) => valuesOf(props).every((value) => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(value)),
    message: (props) =>
      `must have values of lower case letters, digits and "-", got ${listed(valuesOf(props))}: they are stored with every workspace`,
  },
  {
    prop: 'defaultAssistant',
    needs: ['assistants'],
    holds: (props) => valuesOf(props).length === 0 || valuesOf(props).includes(defaultOf(props)),
    message: (props) =>
      `must be one that is offered, got ${shown(defaultOf(props))}: use one of ${listed(valuesOf(props))}`,
  },
  {
    prop: 'policy.gateways',
    holds: ({ policy }) => policy.gateways.length > 0 && policy.gateways.every(isGateway),
    message: ({ policy }) =>
      `must hold origins such as "http://litellm:4000", lower case, without a path, got ${shown(policy.gateways)}`,
  },
  DEFAULT_CHOICE,
  ...(['repositories', 'dotfiles'] as const).map((prop) => ({
    prop,
    holds: (props: WorkspaceParametersProps) => (props[prop]?.faults ?? []).length === 0,
    message: (props: WorkspaceParametersProps) =>
      `must name at least one host, lower case, without "https://" or a path, got ${listed(props[prop]?.faults ?? [])}: write "git.example.com"`,
  })),
  {
    prop: 'cpu',
    holds: ({ cpu }) => fits(cpu),
    message: ({ cpu }) => `must have whole numbers 1 ≤ default ≤ max, got ${shown(cpu)}`,
  },
  {
    prop: 'memory',
    holds: ({ memory }) => fits(memory),
    message: ({ memory }) => `must have whole numbers 1 ≤ default ≤ max, got ${shown(memory)}`,
  },
];

/** Everything the workspace form asks, in the order of the form. */
export class WorkspaceParameters extends Construct {
  readonly assistant: Parameter;
  readonly model: Parameter;
  readonly level: Parameter;
  readonly gateway: Parameter;
  /** Absent where the template does not ask for one. */
  readonly apiKey: Parameter | undefined;
  readonly cpu: Parameter;
  readonly memory: Parameter;
  readonly repository: Parameter;
  readonly dotfiles: Parameter;
  /** What the two fields for repositories take. */
  readonly repositories: RepositoryAddress;
  readonly dotfilesAddress: RepositoryAddress;

  constructor(scope: Construct, id: string, props: WorkspaceParametersProps) {
    super(scope, id);
    validateProps(this, 'WorkspaceParametersProps', props, RULES);
    const { catalog, policy } = props;
    const cpu = props.cpu ?? { max: 8, default: 2 };
    const memory = props.memory ?? { max: 16, default: 4 };
    this.repositories = props.repositories ?? RepositoryAddress.anyHost();
    this.dotfilesAddress = props.dotfiles ?? RepositoryAddress.anyHost();
    let order = 0;

    this.assistant = new Parameter(this, 'Assistant', {
      name: 'ai_assistant',
      displayName: 'AI Coding Agent',
      description: 'Who helps you. It comes up with its own key; nothing to enter.',
      icon: '/icon/widgets.svg',
      formType: 'radio',
      default: defaultOf(props),
      options: offered(props).map(({ value, label, description }) => ({ value, label, description })),
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
      description: 'How the assistant works.',
      notice: levelNotice(this, policy.floors),
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
      description:
        'Cloned into the home folder at the first start. For one branch add #branch, or give the address of its page in the browser. Empty: none.',
      icon: '/icon/git.svg',
      default: '',
      placeholder: 'https://…',
      validation: this.repositories.validation,
      order: (order += 1),
    });
    this.dotfiles = new Parameter(this, 'Dotfiles', {
      name: 'dotfiles',
      displayName: 'Dotfiles repository',
      description: 'Your own settings, installed at each start. Its scripts run as you. Empty: none.',
      icon: '/icon/dotfiles.svg',
      default: '',
      placeholder: 'https://…',
      validation: this.dotfilesAddress.validation,
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
    if (props.offerApiKey === false) return;
    this.apiKey = new Parameter(this, 'ApiKey', {
      name: 'litellm_api_key',
      displayName: 'AI API Key',
      description:
        'Leave empty: the workspace gets its own key. A key entered here is stored by Coder in clear.',
      icon: '/icon/vault.svg',
      default: '',
      masked: true,
      order: (order += 1),
    });
  }
}
