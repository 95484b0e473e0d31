import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import type { StartBuild } from './start-build';

const ROOT = resolve(__dirname, '..', '..');
/** Our tools come before the programs they stand for, as in the image. */
const PROGRAMS = [join(ROOT, 'workspace-image', 'tools'), join(ROOT, 'node_modules', '.bin')];

/** Milliseconds after which a command counts as hanging, however busy the machine is. */
const LIMIT_MS = 280_000;
/** Milliseconds for a command to end when it is told to. */
const END_LIMIT_MS = 15_000;

/** What a command did. */
export interface CommandResult {
  readonly status: number;
  readonly output: string;
}

/**
 * A developer's session in a throw-away home: commands see what the workspace's agent would give them, and
 * nothing of this machine's own environment but where its programs are.
 */
export class ThrowAwayWorkspace {
  private readonly environment: NodeJS.ProcessEnv;
  /** Ends one of the commands under way. */
  private readonly running = new Set<() => Promise<void>>();

  constructor(
    readonly home: string,
    private readonly build: StartBuild,
  ) {
    this.environment = {
      PATH: [...PROGRAMS, process.env.PATH].join(delimiter),
      LANG: 'C.UTF-8',
      TERM: 'dumb',
      HOME: home,
      // Each start is a new container: what an earlier one kept outside the home is gone.
      AI_SETUP_RUN_DIR: mkdtempSync(`${home}-run-`),
      WORKSPACE_RUN_DIR: mkdtempSync(`${home}-start-`),
      // Nothing that goes on by itself, unless a test is about it.
      AI_SETUP_HEAL: '0',
      ...build.environment,
    };
  }

  /**
   * Runs one of the template's start scripts as Coder's agent does: the text is bash's `-c` argument.
   *
   * @param extra more environment, as a test of the script may need
   */
  runScript(name: string, extra: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
    return this.run('bash', ['-c', this.scriptText(name)], this.home, extra);
  }

  /** Runs a script as it would be had the form let another value of a line above it through. */
  runScriptWith(name: string, line: string, value: string): Promise<CommandResult> {
    const text = this.scriptText(name);
    const changed = text.replace(
      new RegExp(`^${line}=.*$`, 'm'),
      `${line}=$(base64 -d <<<'${Buffer.from(value).toString('base64')}')`,
    );
    if (changed === text) throw new Error(`the script "${name}" has no line "${line}=…"`);
    return this.run('bash', ['-c', changed], this.home);
  }

  /** @param name Terraform's, with the index where there is a count: `git_clone[0]` */
  scriptText(name: string): string {
    const text = this.build.scripts.get(name);
    if (text === undefined) {
      throw new Error(
        `the template has no script "${name}", only ${[...this.build.scripts.keys()].join(', ')}`,
      );
    }
    return text;
  }

  /** Runs a command as in a terminal: after the developer's `.bashrc`. @param folder where; the home by default */
  runInShell(command: string, folder: string = this.home): Promise<CommandResult> {
    return this.run('bash', ['-c', `. "$HOME/.bashrc"; ${command}`], folder);
  }

  /** Ends what is under way; programs that a command has started by itself are not known here. */
  async stop(): Promise<void> {
    await Promise.all([...this.running].map((end) => end()));
  }

  private run(
    program: string,
    args: readonly string[],
    cwd: string,
    extra: Readonly<Record<string, string>> = {},
  ): Promise<CommandResult> {
    return new Promise((resolve, reject) => {
      const child = spawn(program, args, {
        cwd,
        env: { ...this.environment, ...extra },
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: LIMIT_MS,
        killSignal: 'SIGKILL',
      });
      const ended = new Promise<void>((done) => child.once('exit', () => done()).once('error', () => done()));
      const end = async (): Promise<void> => {
        child.kill('SIGTERM');
        const timer = setTimeout(() => child.kill('SIGKILL'), END_LIMIT_MS);
        await ended;
        clearTimeout(timer);
      };
      this.running.add(end);
      void ended.then(() => this.running.delete(end));
      let output = '';
      const collect = (chunk: Buffer): void => {
        output += chunk.toString();
      };
      child.stdout.on('data', collect);
      child.stderr.on('data', collect);
      child.once('error', reject);
      child.once('close', (status, signal) => {
        if (signal === 'SIGKILL')
          reject(new Error(`a command hangs: ended after ${LIMIT_MS / 1000} s\n${output}`));
        else resolve({ status: status ?? 1, output });
      });
    });
  }
}
