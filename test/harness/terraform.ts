/**
 * Real Terraform on a folder, with replayed providers.
 *
 * Every command runs with providers of its own that see exactly the environment it is given, so one test can plan for
 * several people. With TEST_REAL_PROVIDERS=1 the real providers are installed from the registry instead and see the
 * same environment.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { SchemaFile } from '../../providers/schema-types';
import { terraformBinary, terraformVersion } from '../../terminal/terraform';
import type { CommandResult, TerraformDiagnostic } from './diagnostics';
import type { PlanJson, StateJson } from './plan-json';
import { openReplay } from './replay-host';

export * from './diagnostics';
export * from './plan-json';
export * from './workspace-env';

export interface RunOptions {
  /** Variables the providers see, see `workspaceEnv()`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Input variables of the configuration; text as it is, everything else as JSON. */
  readonly vars?: Readonly<Record<string, unknown>>;
}

export interface PlanOptions extends RunOptions {
  /** Where the plan file goes. Default: inside the folder's .terraform. */
  readonly out?: string;
  /** Reads the state's resources first. Default: true. */
  readonly refresh?: boolean;
  /** Plans the removal of everything. */
  readonly destroy?: boolean;
  /** Addresses to replace. */
  readonly replace?: readonly string[];
}

export interface ApplyOptions extends RunOptions {
  readonly refresh?: boolean;
}

export interface ValidateResult extends CommandResult {
  readonly valid: boolean;
}

export interface PlanResult extends CommandResult {
  /** `terraform show -json` of the plan; an empty plan when it failed. */
  readonly plan: PlanJson;
  readonly hasChanges: boolean;
  readonly planFile: string;
}

export interface ApplyResult extends CommandResult {
  /** `terraform show -json` of the state afterwards. */
  readonly state: StateJson;
}

export interface FormatResult {
  readonly ok: boolean;
  /** Files that `terraform fmt` would rewrite. */
  readonly files: readonly string[];
}

interface Output {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

const EMPTY_PLAN: PlanJson = { planned_values: { root_module: {} } };
/** Variables of the surrounding shell that would change what Terraform or a provider does. */
const FOREIGN = /^(?:TF_|CODER_|DOCKER_|BUILDX_|TEST_REPLAY_)/;
/** Those of them that real providers need: where they are installed from, and which engine they talk to. */
const REAL_PROVIDERS = /^(?:TF_PLUGIN_CACHE_DIR$|TF_CLI_CONFIG_FILE$|DOCKER_|BUILDX_)/;

/** True when tests are to run against the providers of the registry. */
export function usesRealProviders(): boolean {
  return process.env['TEST_REAL_PROVIDERS'] === '1';
}

function baseEnv(): Record<string, string> {
  const real = usesRealProviders();
  const kept = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && (!FOREIGN.test(entry[0]) || (real && REAL_PROVIDERS.test(entry[0]))),
  );
  return {
    ...(!real && { TF_CLI_CONFIG_FILE: os.devNull }),
    ...Object.fromEntries(kept),
    CHECKPOINT_DISABLE: '1',
    TF_IN_AUTOMATION: '1',
  };
}

function variableEnv(vars: Readonly<Record<string, unknown>> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(vars).map(([name, value]) => [
      `TF_VAR_${name}`,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}

/** Commands under way. */
const running = new Set<ChildProcess>();

/** Ends those that are under way; each fails then. */
export async function endTerraform(): Promise<void> {
  await Promise.all(
    [...running].map(async (child) => {
      const ended = new Promise((done) => child.once('close', done));
      child.kill('SIGTERM');
      await ended;
    }),
  );
}

/** Asked once for each binary: every command of a test file runs the same. */
const versions = new Map<string, Promise<string>>();

async function runBinary(args: readonly string[], cwd: string, env: Record<string, string>): Promise<Output> {
  const binary = terraformBinary();
  const version = versions.get(binary) ?? terraformVersion();
  versions.set(binary, version);
  await version;
  return new Promise((resolve, reject) => {
    const child = spawn(binary, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(child);
    child.once('close', () => running.delete(child));
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', reject);
    child.on('close', (status) => {
      resolve({
        status: status ?? -1,
        stdout: Buffer.concat(stdout).toString('utf8'),
        stderr: Buffer.concat(stderr).toString('utf8'),
      });
    });
  });
}

/** Splits a `-json` log into diagnostics and readable lines. */
function parseLog({ status, stdout, stderr }: Output, okStatus: readonly number[]): CommandResult {
  const diagnostics: TerraformDiagnostic[] = [];
  const lines: string[] = [];
  for (const line of stdout.split('\n').filter((text) => text !== '')) {
    if (!line.startsWith('{')) {
      lines.push(line);
      continue;
    }
    const entry = JSON.parse(line) as { '@message'?: string; diagnostic?: TerraformDiagnostic };
    if (entry.diagnostic !== undefined) diagnostics.push(entry.diagnostic);
    else if (entry['@message'] !== undefined) lines.push(entry['@message']);
  }
  const ok = okStatus.includes(status);
  const text = [...lines, stderr].join('\n').trim();
  if (!ok && diagnostics.length === 0)
    diagnostics.push({ severity: 'error', summary: text || `exit status ${status}` });
  return { ok, status, diagnostics, text };
}

/** Terraform in one folder. The folder also holds its state. */
export class Terraform {
  private temporary = false;
  /** Of the last apply. Real providers leave things on a host that only a destroy takes away. */
  private applied: ApplyOptions | undefined;

  /** @param dir folder with a configuration; commands write .terraform and the state into it */
  public constructor(public readonly dir: string) {}

  /** Works on a copy of a folder, so that the original stays clean. Remove it with `dispose()`. */
  public static copyOf(dir: string): Terraform {
    const copy = Terraform.fromFiles({});
    fs.cpSync(dir, copy.dir, { recursive: true });
    return copy;
  }

  /** Works on a new folder with these files (relative path → text). Remove it with `dispose()`. */
  public static fromFiles(files: Readonly<Record<string, string>>): Terraform {
    const created = new Terraform(fs.mkdtempSync(path.join(os.tmpdir(), 'terraform-test-')));
    created.temporary = true;
    for (const [file, text] of Object.entries(files)) created.write(file, text);
    return created;
  }

  /** Writes a file into the folder. */
  public write(file: string, text: string): void {
    const target = path.join(this.dir, file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, text);
  }

  /** Removes the folder, when it is a copy or was made from files. */
  public dispose(): void {
    if (this.temporary) fs.rmSync(this.dir, { recursive: true, force: true });
  }

  /** `terraform init`. Needed once per folder. */
  public async init(options: RunOptions = {}): Promise<CommandResult> {
    const output = await this.run(['init', '-input=false', '-no-color'], options);
    const text = `${output.stdout}\n${output.stderr}`.trim();
    const ok = output.status === 0;
    return { ok, status: output.status, text, diagnostics: ok ? [] : [{ severity: 'error', summary: text }] };
  }

  /** `terraform validate`: every fault the configuration has by itself. */
  public async validate(options: RunOptions = {}): Promise<ValidateResult> {
    const output = await this.run(['validate', '-json', '-no-color'], options);
    if (!output.stdout.trimStart().startsWith('{')) return { ...parseLog(output, [0]), valid: false };
    const report = JSON.parse(output.stdout) as { valid: boolean; diagnostics: TerraformDiagnostic[] };
    const { valid, diagnostics } = report;
    return { ok: valid, valid, status: output.status, diagnostics, text: output.stderr.trim() };
  }

  /** `terraform plan`, and the plan as JSON. */
  public async plan(options: PlanOptions = {}): Promise<PlanResult> {
    const planFile = options.out ?? path.join(this.dir, '.terraform', 'test.tfplan');
    // Terraform makes this folder only when init has something to put into it.
    fs.mkdirSync(path.dirname(planFile), { recursive: true });
    const args = ['plan', '-json', '-input=false', '-lock=false', '-detailed-exitcode', `-out=${planFile}`];
    if (options.refresh === false) args.push('-refresh=false');
    if (options.destroy) args.push('-destroy');
    for (const address of options.replace ?? []) args.push(`-replace=${address}`);
    return this.session(options, async (run) => {
      const result = parseLog(await run(args), [0, 2]);
      const plan = result.ok
        ? (JSON.parse((await run(['show', '-json', planFile])).stdout) as PlanJson)
        : EMPTY_PLAN;
      return { ...result, plan, hasChanges: result.status === 2, planFile };
    });
  }

  /** All that `terraform plan` prints for people, whether it succeeds or not. */
  public async planOutput(options: RunOptions = {}): Promise<string> {
    const { stdout, stderr } = await this.run(['plan', '-no-color', '-input=false', '-lock=false'], options);
    return `${stdout}\n${stderr}`;
  }

  /** The plan of the last `plan()` as Terraform prints it. */
  public async planText(planFile = path.join(this.dir, '.terraform', 'test.tfplan')): Promise<string> {
    return (await this.run(['show', '-no-color', planFile], {})).stdout;
  }

  /** `terraform apply`, and the state as JSON. */
  public async apply(options: ApplyOptions = {}): Promise<ApplyResult> {
    const refresh = options.refresh === false ? ['-refresh=false'] : [];
    this.applied = options;
    return this.change(['apply', ...refresh], options);
  }

  /** Counts what another folder applied, whose state this one got, as its own. */
  public takeOver(options: ApplyOptions): void {
    this.applied = options;
  }

  /** Takes what was applied away from the host; with replayed providers there is nothing. @throws Error when it stays */
  public async clear(): Promise<void> {
    if (this.applied === undefined || !usesRealProviders()) return;
    const { ok, text } = await this.destroy(this.applied);
    if (!ok) throw new Error(`the host still has what a test applied in ${this.dir}:\n${text}`);
    this.applied = undefined;
  }

  /** `terraform destroy`, and what is left of the state. */
  public async destroy(options: RunOptions = {}): Promise<ApplyResult> {
    return this.change(['destroy'], options);
  }

  /** `terraform providers schema -json`: the schemas as Terraform has received them. */
  public async providersSchema(): Promise<SchemaFile> {
    const { status, stdout, stderr } = await this.run(['providers', 'schema', '-json'], {});
    if (status !== 0) throw new Error(`terraform providers schema failed (${status})\n${stdout}${stderr}`);
    return JSON.parse(stdout) as SchemaFile;
  }

  /** `terraform fmt -check` on the folder and everything in it. */
  public async fmtCheck(): Promise<FormatResult> {
    const { status, stdout, stderr } = await runBinary(
      ['fmt', '-check', '-recursive', '-no-color'],
      this.dir,
      baseEnv(),
    );
    const files = stdout.split('\n').filter((line) => line !== '');
    if (status !== 0 && files.length === 0) throw new Error(`terraform fmt failed (${status})\n${stderr}`);
    return { ok: status === 0, files };
  }

  private change(command: readonly string[], options: RunOptions): Promise<ApplyResult> {
    return this.session(options, async (run) => {
      const result = parseLog(
        await run([...command, '-json', '-auto-approve', '-input=false', '-lock=false']),
        [0],
      );
      const shown = await run(['show', '-json']);
      return { ...result, state: shown.status === 0 ? (JSON.parse(shown.stdout) as StateJson) : {} };
    });
  }

  private run(args: readonly string[], options: RunOptions): Promise<Output> {
    return this.session(options, (run) => run(args));
  }

  /** Runs commands with one set of providers that see the given environment. */
  private async session<Result>(
    { env = {}, vars }: RunOptions,
    work: (run: (args: readonly string[]) => Promise<Output>) => Promise<Result>,
  ): Promise<Result> {
    const shared = { ...baseEnv(), ...env, ...variableEnv(vars) };
    if (usesRealProviders()) return work((args) => runBinary(args, this.dir, shared));
    const replay = await openReplay({ ...env });
    try {
      const attached = { ...shared, TF_REATTACH_PROVIDERS: replay.reattach };
      return await work((args) => runBinary(args, this.dir, attached));
    } finally {
      replay.close();
    }
  }
}
