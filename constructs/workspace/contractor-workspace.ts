import { Construct } from 'constructs';
import type { Catalog } from '../../src/catalog';
import { WORKSPACE_HOME } from '../../workspace-image/image/pins';
import type { Policy } from '../../src/policy';
import { placeIn } from '../../synth/hcl/layout';
import { shown } from '../../synth/shown';
import { AiLockdown } from './ai-lockdown';
import { AiSetup } from './ai-setup';
import { AssistantChoice, assistantsOf } from './assistants/assistant-choice';
import { CodeServer } from './code-server';
import { EnforcementLevel } from './enforcement-level';
import { GitIdentity } from './git-identity';
import { HomeVolume } from './home-volume';
import { ImageSource, WorkspaceImage } from './image';
import { local } from '../common/local';
import type { RepositoryAddress } from './repository-address';
import { RegistryModule, type WorkspaceModule } from './registry-module';
import { RepositoryScript } from './repository-script';
import { UsagePage } from './usage-page';
import { WorkspaceAgent } from './workspace-agent';
import { WorkspaceContainer } from './workspace-container';
import { WorkspaceContext } from './workspace-context';
import { WorkspaceIdentity } from './workspace-identity';
import { WorkspaceNetwork, type NetworkSource } from './workspace-network';
import { workspaceStatus } from './workspace-status';
import { WorkspacePresets } from './workspace-presets';
import { WorkspaceParameters, type WorkspaceParametersProps } from './workspace-parameters';
import { expression } from '../common/expression';
import { checkTypes, report, typedAt, withAllFaults, type Fault } from '../common/validation';

/**
 * @example
 * new ContractorWorkspace(this, 'Workspace', { catalog, policy, image: ImageSource.of('registry.example.com/backend:2026.11.1') });
 */
export interface ContractorWorkspaceProps extends Omit<WorkspaceParametersProps, 'catalog' | 'policy'> {
  readonly catalog: Catalog;
  readonly policy: Policy;
  /** @default - `contractor-workspace:1`, the image of `workspace-image/` as built on the Docker host */
  readonly image?: ImageSource;
  /** How the workspace reaches Coder and the gateway. @default - the existing network "coder-network" */
  readonly network?: NetworkSource;
  /**
   * Repositories whose clone the editor trusts from the start, so that the assistants are there at once. Nobody is asked
   * then: whoever can write to any repository of such a host can run commands in a workspace made for it, by tasks,
   * settings and what it tells the assistants; and a link can make one. Every other folder is asked about as before.
   *
   * @default - none: the editor asks about each folder
   */
  readonly trustedRepositories?: RepositoryAddress;
  /** What the clone of the repository brings besides its own files. @default - neither; the log says what is left out and how to fetch it */
  readonly clone?: CloneProps;
  /**
   * Modules of a Terraform registry, such as Coder's, each held to one version. What they start in the workspace is theirs:
   * the lock on other AI does not reach it, and the gateway only where its inputs say so.
   *
   * @default - none
   */
  readonly modules?: readonly WorkspaceModule[];
  /** The button "AI usage" of workspaces that have AI. @default - offered, under Coder's own name */
  readonly usagePage?: UsagePageChoice;
}

/**
 * @example
 * { submodules: true, largeFiles: true }
 */
export interface CloneProps {
  /**
   * Fetch submodules, and those in them? At most 100, 5 deep, within 300 seconds, and from addresses that
   * `repositories` allows alone: a repository names any.
   *
   * @default false
   */
  readonly submodules?: boolean;
  /**
   * Fetch files of Git LFS? Within 300 seconds, and from a server that `repositories` allows. The image must hold
   * `git-lfs`; the project's own does not.
   *
   * @default false
   */
  readonly largeFiles?: boolean;
}

export interface UsagePageChoice {
  /** Is there a button, and a page behind it? @default true */
  readonly offered?: boolean;
  /**
   * Names besides Coder's own access URL under which people reach Coder, such as those of workspace proxies, lower case and
   * without a port. Under any other name the page is refused: a stranger's can be made to lead to somebody's own machine.
   *
   * @default - none
   */
  readonly hosts?: readonly string[];
}

const HOME = WORKSPACE_HOME;

/** The contractor workspace: parameters, container, editor and AI stack of one Coder template. */
export class ContractorWorkspace extends Construct {
  constructor(scope: Construct, id: string, props: ContractorWorkspaceProps) {
    super(scope, id);
    const title = this.node.path;
    withAllFaults({ title }, () => this.compose(checkTypes(title, 'ContractorWorkspaceProps', props)));
  }

  private compose(props: ContractorWorkspaceProps): void {
    const { image: source, network, trustedRepositories, clone, usagePage, modules = [], ...form } = props;
    const { catalog, policy } = form;
    const choices = props.assistants ?? AssistantChoice.ALL;

    const context = new WorkspaceContext(this, 'Context');
    const parameters = new WorkspaceParameters(this, 'Parameters', form);
    const presets = new WorkspacePresets(this, 'Presets', { parameters });

    const enforcement = new EnforcementLevel(this, 'EnforcementLevel', {
      context,
      chosen: parameters.level.ref,
      floors: policy.floors,
    });
    const agent = new WorkspaceAgent(this, 'Agent', {
      context,
      displayApps: new AiLockdown().displayApps,
      metadata: [
        ...workspaceStatus(HOME),
        ...assistantsOf(choices).flatMap(({ metadata }) => metadata ?? []),
      ],
    });
    const assistance = new Construct(this, 'Ai');
    const off = local(
      assistance,
      'ai_off',
      choices.filter((choice) => choice.assistants.length === 0).map(({ value }) => value),
    );
    const wanted = local(assistance, 'ai_wanted', expression`!contains(${off}, ${parameters.assistant.ref})`);
    const identity = new WorkspaceIdentity(this, 'Identity', {
      context,
      level: enforcement.ref,
      groups: groupsOf(assistance, enforcement, policy),
      wanted,
    });
    const image = new WorkspaceImage(this, 'Image', {
      context,
      source: source ?? ImageSource.of('contractor-workspace:1'),
    });
    const home = new HomeVolume(this, 'Home', { context });
    const container = new WorkspaceContainer(this, 'Container', {
      context,
      agent,
      image,
      home,
      cpus: parameters.cpu.ref,
      memory: parameters.memory.ref,
      network: new WorkspaceNetwork(this, 'Network', { context, source: network }),
      homePath: HOME,
      conditions: [identity.condition],
    });
    const editor = new CodeServer(this, 'CodeServer', {
      agent,
      home: HOME,
      repository: parameters.repository.ref,
      assistant: parameters.assistant.ref,
      trustedRepositories,
    });

    new AiSetup(assistance, 'Setup', {
      agent,
      container,
      catalog,
      choices,
      assistant: parameters.assistant.ref,
      model: parameters.model.ref,
      gateway: parameters.gateway.ref,
      pastedKey: parameters.apiKey?.ref ?? '""',
      chosenLevel: parameters.level.ref,
      level: enforcement.ref,
      claim: identity.claim,
      wanted,
      gateways: policy.gateways,
    });

    if (usagePage?.offered !== false)
      new UsagePage(assistance, 'UsagePage', { agent, context, when: wanted, hosts: usagePage?.hosts ?? [] });

    const startUp = new Construct(this, 'StartUp');
    new GitIdentity(startUp, 'GitIdentity', { context, agent });
    new RepositoryScript(startUp, 'Repository', {
      agent,
      name: 'git_clone',
      displayName: 'Repository',
      icon: '/icon/git.svg',
      sources: ['scripts/start-order.sh', 'scripts/git-clone.sh'],
      variable: 'WORKSPACE_GIT_REPO',
      address: parameters.repository.ref,
      allowed: parameters.repositories,
      after: parameters.dotfiles.ref,
      also: [...(clone?.submodules ? ['submodules'] : []), ...(clone?.largeFiles ? ['large_files'] : [])],
      timeout: 600,
    });
    new RepositoryScript(startUp, 'Dotfiles', {
      agent,
      name: 'dotfiles',
      displayName: 'Dotfiles',
      icon: '/icon/dotfiles.svg',
      sources: ['scripts/start-order.sh', 'scripts/bashrc-line.sh', 'scripts/dotfiles.sh'],
      variable: 'WORKSPACE_DOTFILES',
      address: parameters.dotfiles.ref,
      allowed: parameters.dotfilesAddress,
      timeout: 300,
    });

    const others = new Construct(this, 'Modules');
    report(this.node.path, duplicateNames(modules));
    [...new Map(modules.map((module) => [module.name, module])).values()].forEach(
      (module) => new RegistryModule(others, module.name, { ...module, context, agent }),
    );

    placeIn(others, 'modules');
    placeIn(context, 'workspace', { comment: 'Whose build this is' });
    placeIn(parameters, 'parameters');
    placeIn(presets, 'parameters', { comment: 'Common choices, one click each' });
    placeIn(enforcement, 'enforcement');
    placeIn(agent, 'workspace', { comment: 'The agent' });
    placeIn(image, 'workspace', { comment: 'The container and what it keeps' });
    placeIn(home, 'workspace');
    placeIn(container, 'workspace');
    placeIn(editor, 'editor');
    placeIn(identity, 'identity');
    placeIn(assistance, 'ai');
    placeIn(startUp, 'start-up');
  }
}

function duplicateNames(modules: readonly WorkspaceModule[]): Fault[] {
  const names = modules.map(({ name }) => name);
  const twice = names.filter((name, at) => names.indexOf(name) !== at);
  if (twice.length === 0) return [];
  const text = `must have names of their own, got ${shown(twice[0])} twice: Terraform tells them apart by it`;
  return [{ path: typedAt('modules'), isTyped: true, text }];
}

/** Plain reference to the names of all groups that the policy lays something down for: floors, and budgets of teams. */
function groupsOf(scope: Construct, enforcement: EnforcementLevel, policy: Policy): string {
  const teams = Object.keys(policy.teams.groups);
  if (teams.length === 0) return enforcement.groups;
  return `concat(${enforcement.groups}, ${local(scope, 'ai_team_groups', teams)})`;
}
