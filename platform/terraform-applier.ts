/**
 * The one place that changes an engine by the stack: Terraform, with its state beside the stack. Secrets reach it by its
 * environment, never by an argument.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from '../terminal/fault';
import { terraformBinary } from '../terminal/terraform';
import { lastLines, runProgram, type Ran } from './programs';
import type { Secrets } from './secrets';

export type Action = 'create' | 'update' | 'replace' | 'delete';

/** A resource that an apply would change. */
export interface Change {
  /** `docker_container.gateway_1`. */
  readonly address: string;
  readonly type: string;
  /** Terraform's name of it. */
  readonly name: string;
  readonly action: Action;
  /** What the engine calls it, where the plan says so. */
  readonly engineName?: string;
}

export interface PlanWords {
  /** Only these and what they need. @default - all of the stack */
  readonly targets?: readonly string[];
}

/** What `up` and its like need of whatever makes the stack on the engine. */
export interface Applier {
  init(stop: AbortSignal): Promise<void>;
  /** @returns what the next `apply` does; nothing when all is as declared */
  plan(words: PlanWords, stop: AbortSignal): Promise<Change[]>;
  /** Does what the last `plan` said. */
  apply(stop: AbortSignal): Promise<void>;
  /** Takes resources out of the state, and leaves them on the engine. */
  forget(addresses: readonly string[], stop: AbortSignal): Promise<void>;
  /** Removes what the stack made. What it has not made, data above all, stays. */
  destroy(words: PlanWords, stop: AbortSignal): Promise<void>;
}

export interface ApplierProps {
  /** Folder of the stack. */
  readonly folder: string;
  /** Values of the stack's variables, asked for at each command. */
  readonly variables: () => Secrets;
}

export class TerraformApplier implements Applier {
  protected readonly folder: string;
  private readonly variables: () => Secrets;

  constructor({ folder, variables }: ApplierProps) {
    this.folder = folder;
    this.variables = variables;
  }

  async init(stop: AbortSignal): Promise<void> {
    const ran = await this.run(['init', '-input=false', '-no-color'], stop);
    if (ran.status !== 0)
      throw new CliError(
        `terraform init: ${lastLines(ran.stderr || ran.stdout)}\nIt needs registry.terraform.io, or a mirror that the CLI configuration names (TF_CLI_CONFIG_FILE, provider_installation).`,
      );
  }

  async plan({ targets = [] }: PlanWords, stop: AbortSignal): Promise<Change[]> {
    mkdirSync(join(this.folder, '.terraform'), { recursive: true });
    const args = ['plan', '-input=false', '-no-color', '-detailed-exitcode', `-out=${PLAN}`];
    const ran = await this.run([...args, ...targets.map((each) => `-target=${each}`)], stop);
    if (ran.status !== 0 && ran.status !== 2) throw planFault(ran);
    if (ran.status === 0) return [];
    const shown = await this.run(['show', '-json', PLAN], stop);
    if (shown.status !== 0) throw planFault(shown);
    return changesIn(shown.stdout);
  }

  async apply(stop: AbortSignal): Promise<void> {
    const ran = await this.run(['apply', '-input=false', '-no-color', '-auto-approve', PLAN], stop);
    if (ran.status !== 0) throw applyFault('apply', ran);
  }

  async forget(addresses: readonly string[], stop: AbortSignal): Promise<void> {
    if (addresses.length === 0) return;
    const ran = await this.run(['state', 'rm', ...addresses], stop);
    if (ran.status !== 0) throw applyFault('state rm', ran);
  }

  async destroy({ targets = [] }: PlanWords, stop: AbortSignal): Promise<void> {
    const args = ['destroy', '-input=false', '-no-color', '-auto-approve'];
    const ran = await this.run([...args, ...targets.map((each) => `-target=${each}`)], stop);
    if (ran.status !== 0) throw applyFault('destroy', ran);
  }

  protected run(args: readonly string[], stop: AbortSignal): Promise<Ran> {
    return runProgram(terraformBinary(), args, stop, {
      cwd: this.folder,
      env: {
        CHECKPOINT_DISABLE: '1',
        TF_IN_AUTOMATION: '1',
        ...Object.fromEntries(
          Object.entries(this.variables()).map(([name, value]) => [`TF_VAR_${name}`, value]),
        ),
      },
      // It ends what it is at, and writes down what it has made.
      stopSignal: 'SIGINT',
    });
  }
}

/** Below a folder that git and synth leave alone. It holds secrets, as the state does: the folder above is its owner's alone. */
const PLAN = join('.terraform', 'platform.tfplan');

const planFault = ({ stdout, stderr }: Ran): CliError =>
  new CliError(`terraform plan: ${lastLines(errorsIn(stderr) || stderr || stdout, 24)}`);

const applyFault = (command: string, { stdout, stderr }: Ran): CliError =>
  new CliError(`terraform ${command}: ${lastLines(errorsIn(stderr) || stderr || stdout, 24)}`);

/** Terraform frames what is wrong. */
const errorsIn = (text: string): string =>
  text
    .slice(-20_000)
    .split('\n')
    .filter((line) => /^[│╷╵]|^Error/.test(line))
    .map((line) => line.replace(/^[│╷╵]\s?/, ''))
    .join('\n')
    .trim();

interface Named {
  readonly name?: unknown;
}

interface ShownPlan {
  readonly resource_changes?: readonly {
    readonly address: string;
    readonly type: string;
    readonly name: string;
    readonly change: {
      readonly actions: readonly string[];
      readonly before?: Named | null;
      readonly after?: Named | null;
    };
  }[];
}

const ACTIONS: Readonly<Record<string, Action>> = {
  create: 'create',
  update: 'update',
  delete: 'delete',
  'delete,create': 'replace',
  'create,delete': 'replace',
};

function changesIn(json: string): Change[] {
  const { resource_changes: changes = [] } = JSON.parse(json) as ShownPlan;
  return changes.flatMap(({ address, type, name, change }) => {
    const action = ACTIONS[change.actions.join(',')];
    const engineName = (change.after ?? change.before)?.name;
    if (action === undefined) return [];
    return [{ address, type, name, action, ...(typeof engineName === 'string' && { engineName }) }];
  });
}
