import { randomBytes } from 'node:crypto';
import { run, runOrThrow, type CommandOptions, type CommandResult } from './commands';

export const IMAGE = process.env.TEST_IMAGE ?? 'workspace-test:1';

export interface ContainerOptions {
  /** Volume for the home. @default - a new one, which goes with the container */
  readonly home?: string;
  /** Address of this machine. @default - the engine's own */
  readonly hostAddress?: string;
  /** Further names of this machine. @default - none */
  readonly hostNames?: readonly string[];
}

export const newVolume = async (): Promise<string> => {
  const name = `workspace-test-${randomBytes(6).toString('hex')}`;
  await runOrThrow('docker', ['volume', 'create', name]);
  return name;
};

/** A workspace as the template runs it (constructs/workspace/workspace-container.ts), without Coder's agent. */
export class Container {
  private constructor(
    readonly id: string,
    readonly home: string,
    private readonly ownsHome: boolean,
  ) {}

  static async start(options: ContainerOptions = {}): Promise<Container> {
    const home = options.home ?? (await newVolume());
    const hostAddress = options.hostAddress ?? 'host-gateway';
    const hostNames = ['host.docker.internal', ...(options.hostNames ?? [])];
    const id = await runOrThrow('docker', [
      'run',
      '--detach',
      '--init',
      '--user=1000:1000',
      '--security-opt=no-new-privileges',
      '--cap-drop=ALL',
      '--memory=4g',
      '--memory-swap=4g',
      ...hostNames.map((name) => `--add-host=${name}:${hostAddress}`),
      `--volume=${home}:/home/coder`,
      '--entrypoint=sh',
      IMAGE,
      '-c',
      'while :; do sleep 3600; done',
    ]);
    return new Container(id.trim().split('\n').pop() ?? '', home, options.home === undefined);
  }

  /** Runs a command line as a developer's login shell does. */
  shell(
    command: string,
    options: CommandOptions & { readonly folder?: string } = {},
  ): Promise<CommandResult> {
    return this.exec(['bash', '-lc', command], options);
  }

  async exec(
    command: readonly string[],
    options: CommandOptions & { readonly folder?: string } = {},
  ): Promise<CommandResult> {
    const { environment = {}, folder, ...rest } = options;
    // The values go by this process's environment: a command line is everybody's to read.
    const names = Object.keys(environment).flatMap((name) => ['--env', name]);
    const where = folder === undefined ? [] : ['--workdir', folder];
    return run('docker', ['exec', '--interactive', ...names, ...where, this.id, ...command], {
      environment,
      ...rest,
    });
  }

  /** @returns what it printed @throws when it fails */
  async output(command: string): Promise<string> {
    const { status, output } = await this.shell(command);
    if (status !== 0) throw new Error(`${command} failed (status ${status}):\n${output}`);
    return output.trim();
  }

  async inspect(format: string): Promise<string> {
    return (await runOrThrow('docker', ['inspect', this.id, '--format', format])).trim();
  }

  async remove(): Promise<void> {
    await run('docker', ['rm', '--force', this.id]);
    if (this.ownsHome) await run('docker', ['volume', 'rm', this.home]);
  }
}
