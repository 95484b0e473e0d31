/** Terraform on this machine: whether it is there, and new enough. */
import { execFile } from 'node:child_process';
import { devNull } from 'node:os';
import { CliError } from './fault';
import { forTerminal } from './terminal-text';

/** Terraform's oldest minor version that templates of ours are written for. */
const OLDEST = [1, 9] as const;
/** Milliseconds in which it says its version, however busy the machine is. */
const PATIENCE_MS = 60_000;
/** Characters of its own words that a message quotes. */
const QUOTED = 200;

const INSTALL = 'install Terraform 1.9 or newer (developer.hashicorp.com/terraform/install)';
const OTHER = 'or name another one in TERRAFORM_BINARY_NAME';

/** What is run: TERRAFORM_BINARY_NAME, as cdktf reads it, or "terraform". */
export const terraformBinary = (): string => process.env.TERRAFORM_BINARY_NAME || 'terraform';

/** Of the system, or the exit code of the program. */
interface Fault {
  readonly code?: string | number | null;
  readonly killed?: boolean;
}

interface Said {
  readonly stdout: string;
  readonly stderr: string;
  readonly fault: Fault | undefined;
}

const askVersion = (binary: string): Promise<Said> =>
  new Promise((resolve) => {
    const env = { ...process.env, CHECKPOINT_DISABLE: '1', TF_CLI_CONFIG_FILE: devNull, TF_CLI_ARGS: '' };
    try {
      execFile(
        binary,
        ['version'],
        { env, timeout: PATIENCE_MS, killSignal: 'SIGKILL', maxBuffer: 1024 * 1024 },
        (fault, stdout, stderr) => resolve({ stdout, stderr, fault: (fault as Fault | null) ?? undefined }),
      );
    } catch (fault) {
      // What is no program at all is refused before anything is started.
      resolve({ stdout: '', stderr: '', fault: fault as Fault });
    }
  });

const firstLine = (text: string): string =>
  forTerminal(
    text
      .slice(0, 4 * QUOTED)
      .replace(/\u001b\[[0-9;]*m|[│╷╵]/g, '')
      .trim()
      .split('\n', 1)[0] ?? '',
  )
    .trim()
    .slice(0, QUOTED);

function whyNot(binary: string, { stdout, stderr, fault }: Said): string | undefined {
  if (fault === undefined) return undefined;
  const { code } = fault;
  if (code === 'ENOENT') return `There is no "${binary}" on the PATH: ${INSTALL}, ${OTHER}.`;
  if (code === 'EACCES')
    return `"${binary}" may not be run (EACCES): make it executable (chmod +x), ${INSTALL}, ${OTHER}.`;
  if (typeof code === 'string')
    return `"${binary}" is no program of this machine (${code}): ${INSTALL}, ${OTHER}.`;
  if (fault.killed === true)
    return `"${binary} version" gave no answer within ${PATIENCE_MS / 1000} s: ${INSTALL}, ${OTHER}.`;
  const words = firstLine(stderr) || firstLine(stdout);
  const how = typeof code === 'number' ? `exit code ${code}` : 'ended by a signal';
  return `"${binary} version" failed (${how}${words === '' ? '' : `: ${words}`}): ${INSTALL}, ${OTHER}.`;
}

/**
 * @returns version of the Terraform that is run here, "1.9.8"
 * @throws CliError that says what is wrong with it and what to do: not there, not runnable, too old, something else
 */
export async function terraformVersion(): Promise<string> {
  const binary = terraformBinary();
  const said = await askVersion(binary);
  const fault = whyNot(binary, said);
  if (fault !== undefined) throw new CliError(fault);
  const found = /^Terraform v((\d{1,6})\.(\d{1,6})\.[\w.+-]{1,40})/.exec(said.stdout);
  if (found === null)
    throw new CliError(
      `"${binary} version" says "${firstLine(said.stdout)}", which is no version of Terraform: ${INSTALL}, ${OTHER}.`,
    );
  const [, version = '', major, minor] = found;
  const [least, leastMinor] = OLDEST;
  const isOld = Number(major) < least || (Number(major) === least && Number(minor) < leastMinor);
  if (isOld)
    throw new CliError(`"${binary}" is Terraform ${version}, which is too old: ${INSTALL}, ${OTHER}.`);
  return version;
}
