import { TerraformHclModule } from 'cdktf';
import { Construct } from 'constructs';
import { literal } from '../../synth/hcl/strings';
import { shown } from '../../synth/shown';
import { expression } from '../common/expression';
import { listed, validateProps, type Rule } from '../common/validation';
import type { WorkspaceAgent } from './workspace-agent';
import type { WorkspaceContext } from './workspace-context';

/** A module of a Terraform registry, such as those of Coder's: a part of a template that others look after. */
export interface WorkspaceModule {
  /** Terraform name: lower case letters, digits and "_", from a letter on. Its resources keep it for ever. */
  readonly name: string;
  /**
   * Address in a registry: `registry.coder.com/coder/goose/coder`; without a host, in Terraform's public one. It is fetched
   * at each build, or by `terraform init` before the push: a closed network needs a registry of its own.
   */
  readonly source: string;
  /** One exact version: whoever publishes the next one does not change this template. */
  readonly version: string;
  /**
   * Plain text and numbers by the module's own names. Everybody with access to the template or to a workspace's build can
   * read them: no secret. The agent's id is added.
   *
   * @default - the agent's id alone
   */
  readonly inputs?: Readonly<
    Record<string, string | number | boolean | readonly (string | number | boolean)[]>
  >;
  /** What the module calls the agent's id; "" where it takes none. @default 'agent_id' */
  readonly agentInput?: string;
}

/**
 * @example
 *   new RegistryModule(this, 'jetbrains', {
 *     context,
 *     agent,
 *     name: 'jetbrains',
 *     source: 'registry.coder.com/coder/jetbrains/coder',
 *     version: '1.0.0',
 *   });
 */
export interface RegistryModuleProps extends WorkspaceModule {
  readonly context: WorkspaceContext;
  readonly agent: WorkspaceAgent;
}

/** `[host/]namespace/name/provider`: https://developer.hashicorp.com/terraform/language/modules/sources#terraform-registry */
const SOURCE =
  /^([a-z0-9-]{1,63}(\.[a-z0-9-]{1,63}){1,8}(:\d{1,5})?\/)?[\w-]{1,64}\/[\w-]{1,64}\/[a-z0-9]{1,64}$/i;
const VERSION = /^\d{1,6}\.\d{1,6}\.\d{1,6}(-[0-9A-Za-z.-]{1,64})?$/;
const NAME = /^[a-z][a-z0-9_]{0,63}$/;
/** Terraform's own, in the body of a module: never inputs. */
const RESERVED = ['source', 'version', 'count', 'for_each', 'providers', 'depends_on', 'lifecycle'];
/** Names of inputs that hold secrets. */
const SECRET_NAME =
  /(^|_)(secret|token|password|passwd|credentials?|api_?key|private_?key|access_?key|auth_json)(_|$)/;
/** Keys of the usual providers, whatever the input is called. */
const SECRET_VALUE = /^(sk-|gh[pousr]_|github_pat_|glpat-|xox[abpr]-|AKIA[A-Z0-9]{16}|-----BEGIN )/;

const MOST_INPUTS = 100;
const LONGEST_TEXT = 10_000;
const MOST_ITEMS = 1_000;

type Input = NonNullable<WorkspaceModule['inputs']>[string];
type Scalar = string | number | boolean;

const agentInputOf = ({ agentInput = 'agent_id' }: WorkspaceModule): string => agentInput;
const inputsOf = ({ inputs }: WorkspaceModule): [string, Input][] => Object.entries(inputs ?? {});
const itemsOf = (input: Input): readonly Scalar[] =>
  Array.isArray(input) ? (input as readonly Scalar[]) : [input as Scalar];
const namesOf = (props: WorkspaceModule, holds: (name: string, input: Input) => boolean): string[] =>
  inputsOf(props)
    .filter(([name, input]) => holds(name, input))
    .map(([name]) => name);

const isMisnamed = (props: WorkspaceModule) => (name: string) =>
  !NAME.test(name) || RESERVED.includes(name) || name === agentInputOf(props);
const isSecret = (name: string, input: Input): boolean =>
  SECRET_NAME.test(name) ||
  itemsOf(input).some((item) => typeof item === 'string' && SECRET_VALUE.test(item));
const isTooLarge = (_: string, input: Input): boolean =>
  itemsOf(input).length > MOST_ITEMS || itemsOf(input).some((item) => String(item).length > LONGEST_TEXT);

const RULES: readonly Rule<RegistryModuleProps>[] = [
  {
    holds: ({ name }) => NAME.test(name),
    message: ({ name }) =>
      `"name" must be lower case letters, digits and "_", from a letter on, at most 64, got ${shown(name)}`,
  },
  {
    holds: ({ source }) => SOURCE.test(source),
    message: ({ source }) =>
      `"source" must be "host/namespace/name/provider" of a registry, such as "registry.coder.com/coder/goose/coder", got ${shown(source)}: ` +
      'an address of git or of a folder has no version that could be held to',
  },
  {
    holds: ({ version }) => VERSION.test(version),
    message: ({ version }) =>
      `"version" must be one exact version such as "1.2.3", got ${shown(version)}: a range would change workspaces without a review`,
  },
  {
    holds: (props) => agentInputOf(props) === '' || NAME.test(agentInputOf(props)),
    message: ({ agentInput }) => `"agentInput" must be the name of an input, or "", got ${shown(agentInput)}`,
  },
  {
    holds: (props) => inputsOf(props).length <= MOST_INPUTS,
    message: (props) => `"inputs" must have at most ${MOST_INPUTS} names, got ${inputsOf(props).length}`,
  },
  {
    holds: (props) => namesOf(props, isMisnamed(props)).length === 0,
    message: (props) =>
      `"inputs" must have names of lower case letters, digits and "_" that are neither Terraform's own (${listed(RESERVED)}) nor the agent's, got ${listed(namesOf(props, isMisnamed(props)))}`,
  },
  {
    holds: (props) => namesOf(props, isSecret).length === 0,
    message: (props) =>
      `"inputs" must hold no secret, got ${listed(namesOf(props, isSecret))}: everybody can read the template; ` +
      "a workspace has its own key to the gateway, and Coder's user secrets hold what is a person's",
  },
  {
    holds: (props) => namesOf(props, isTooLarge).length === 0,
    message: (props) =>
      `"inputs" must hold texts of at most ${LONGEST_TEXT} characters and lists of at most ${MOST_ITEMS}, got more for ${listed(namesOf(props, isTooLarge))}`,
  },
];

const written = (item: Scalar): Scalar => (typeof item === 'string' ? literal(item) : item);

/** A module of a registry at a running workspace (`module`). */
export class RegistryModule extends Construct {
  readonly resource: TerraformHclModule;

  constructor(scope: Construct, id: string, props: RegistryModuleProps) {
    super(scope, id);
    validateProps(this, 'RegistryModuleProps', props, RULES);
    const { name, source, version, agent, context } = props;
    const agentInput = agentInputOf(props);
    this.resource = new TerraformHclModule(this, 'Resource', {
      source,
      version,
      variables: {
        ...(agentInput !== '' && { [agentInput]: expression`${agent.idRef}` }),
        ...Object.fromEntries(
          inputsOf(props).map(([input, value]) => [
            input,
            Array.isArray(value) ? itemsOf(value).map(written) : written(value as Scalar),
          ]),
        ),
      },
    });
    // As the modules themselves advise: nothing of it is there while the workspace is stopped.
    this.resource.addOverride('count', expression`${context.workspace}.start_count`);
    this.resource.overrideLogicalId(name);
  }
}
