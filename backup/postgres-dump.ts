/** A database of another service (Coder's above all), as the `pg_dump` of its Postgres's container writes it. */
import { spawn } from 'node:child_process';
import { openSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import { CliError, UsageError } from '../terminal/fault';
import { forTerminal } from '../terminal/terminal-text';
import type { Companion } from './backup-file';

/** Names in a backup. */
export const CODER_DUMP = 'coder.dump';
export const LANGFUSE_DUMP = 'langfuse.dump';

const SCRIPT = join(__dirname, 'postgres-dump.sh');
const DOCKER = 'docker';
/** Characters of what docker or pg_dump say that a message quotes. */
const QUOTED = 500;
/** What docker takes for a name or an id. */
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,254}$/;
const DATABASE = /^[a-zA-Z0-9_][a-zA-Z0-9_-]{0,62}$/;

/**
 * @param container of Coder's Postgres, with an optional database behind a slash: `ai-platform-postgres/coder`
 * @throws UsageError for what is no container's name
 */
export function coderDump(container: string): Companion {
  const [name = '', database, ...more] = container.slice(0, 400).split('/');
  if (!NAME.test(name) || more.length > 0 || (database !== undefined && !DATABASE.test(database)))
    throw new UsageError(
      `--coder-container "${container}" is no name of a container: it is CONTAINER or CONTAINER/DATABASE, as ai-platform-postgres/coder.`,
    );
  return postgresDump(CODER_DUMP, name, database);
}

/**
 * @param name of the file in the backup
 * @param database undefined: the one that the container was made with
 */
export const postgresDump = (name: string, container: string, database: string | undefined): Companion => ({
  name,
  stream: () => dumpOf(name, container, database),
});

async function* dumpOf(
  name: string,
  container: string,
  database: string | undefined,
): AsyncGenerator<Buffer> {
  const what = name === CODER_DUMP ? 'The database of Coder' : `The database for ${name}`;
  const args = ['exec', '-i', container, 'sh', '-s', ...(database === undefined ? [] : [database])];
  const script = openSync(SCRIPT, 'r');
  const child = spawn(DOCKER, args, { stdio: [script, 'pipe', 'pipe'] });
  closeSync(script);
  let says = '';
  child.stderr?.on('data', (chunk: Buffer) => (says = (says + chunk.toString()).slice(0, QUOTED)));
  const ended = new Promise<number | string>((done) => {
    child.once('error', (fault: NodeJS.ErrnoException) => done(fault.code ?? fault.message));
    child.once('close', (code, signal) => done(code ?? signal ?? 'unknown reason'));
  });
  try {
    // One that could not be started has none.
    if (child.stdout) for await (const chunk of child.stdout) yield chunk as Buffer;
    const code = await ended;
    if (code === 'ENOENT')
      throw new CliError(
        `There is no "${DOCKER}" on the PATH, by which ${what.replace('The', 'the')} is dumped.`,
      );
    if (code !== 0)
      throw new CliError(
        `${what} could not be dumped in the container "${container}" (${code}): ${forTerminal(says.trim())}`,
      );
  } finally {
    child.kill();
  }
}
