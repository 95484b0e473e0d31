/** The folder in which a platform keeps what only its engineers may have: secrets, certificates, Terraform's state, backups. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { basename, dirname, join, resolve } from 'node:path';
import { CliError } from '../terminal/fault';

export class PlatformFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = resolve(path);
  }

  get secrets(): string {
    return join(this.path, 'secrets.json');
  }

  /** Of what was built and pushed, so that it is not done twice. No secret. */
  get record(): string {
    return join(this.path, 'record.json');
  }

  get certificates(): string {
    return join(this.path, 'certificates');
  }

  /** Where platform and template are synthesized, with Terraform's state beside the stack. */
  get synth(): string {
    return join(this.path, 'synth');
  }

  get backups(): string {
    return join(this.path, 'backups');
  }

  /** @throws CliError when it cannot be used */
  make(): void {
    const stat = statSync(this.path, { throwIfNoEntry: false });
    if (stat !== undefined && !stat.isDirectory())
      throw new CliError(`${this.path} is a file, where a folder has to be: name another one by --folder.`);
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
    const { mode } = statSync(this.path);
    if ((mode & 0o077) !== 0)
      throw new CliError(
        `The folder ${this.path} can be used by others (mode ${(mode & 0o777).toString(8)}): chmod 700 ${this.path}`,
      );
    const ignore = join(this.path, '.gitignore');
    if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
  }
}

/** Writes a file at once, for its owner alone, in the place of what is there. */
export function replaceFile(path: string, text: string): void {
  const made = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`);
  try {
    const file = openSync(made, 'wx', 0o600);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(made, path);
  } catch (fault) {
    rmSync(made, { force: true });
    throw fault;
  }
}
