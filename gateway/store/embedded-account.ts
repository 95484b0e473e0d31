/**
 * The system account the embedded Postgres runs as.
 *
 * Postgres refuses to run as root, so a gateway started as root hands it to another account and needs every
 * folder on the way to the binaries and to the data to be passable for it.
 */
import { execFile } from 'node:child_process';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';

export interface ServerAccount {
  /** Name in the system's user database. */
  readonly name: string;
  /** Given to every process of the server; empty when it runs as the gateway's own user. */
  readonly ids: { readonly uid?: number; readonly gid?: number };
  /** System users whose connections the server accepts: the gateway's and its own. */
  readonly clients: readonly string[];
}

export interface ProgramResult {
  /** Exit code; null when the program did not start or was ended by a signal or the time limit. */
  readonly code: number | null;
  /** Standard output, then standard error. */
  readonly output: string;
}

/** In order of preference. `nobody` is the last resort: other services may run under it and could read the data. */
const ACCOUNTS_FOR_ROOT = ['postgres', 'nobody'];

/**
 * What every process of the server is given as its environment: nothing of the gateway's own, which holds
 * provider keys and may hold PG* variables that would redirect initdb.
 */
export const SERVER_ENVIRONMENT: NodeJS.ProcessEnv = {
  PATH: '/usr/local/bin:/usr/bin:/bin',
  LANG: 'C',
  LC_ALL: 'C',
  TZ: 'UTC',
};

/** Runs a program as the account, without a shell. Never rejects. `limitMs` ends it with SIGKILL. */
export function runAs(
  ids: ServerAccount['ids'],
  file: string,
  args: readonly string[],
  limitMs: number,
): Promise<ProgramResult> {
  return new Promise((resolve) => {
    // The gateway's own working directory may be one that the account cannot enter.
    const options = { ...ids, cwd: '/', env: SERVER_ENVIRONMENT, timeout: limitMs, killSignal: 'SIGKILL' };
    execFile(file, [...args], options as object, (error, stdout: unknown, stderr: unknown) => {
      const output = `${String(stdout)}${String(stderr)}`.trim();
      if (!error) resolve({ code: 0, output });
      else {
        const code = typeof error.code === 'number' ? error.code : null;
        resolve({ code, output: output || error.message });
      }
    });
  });
}

/**
 * Chooses the account: the gateway's own user, or for root the first of `postgres` and `nobody` that exists.
 * Rejects with an error that says what to do when there is none.
 */
export async function chooseAccount(): Promise<ServerAccount> {
  const own = ownName();
  if (process.getuid?.() !== 0) return { name: own, ids: {}, clients: [own] };
  for (const name of ACCOUNTS_FOR_ROOT) {
    const ids = await lookUp(name);
    if (!ids) continue;
    const probe = await runAs(ids, '/bin/sh', ['-c', ':'], 5_000);
    if (probe.code === 0) return { name, ids, clients: [own, name] };
    throw new Error(
      `The embedded Postgres cannot run as "${name}": ${probe.output}. Postgres refuses to run as root and root ` +
        'may not change its user here (a container without CAP_SETUID and CAP_SETGID). ' +
        'Start the gateway as a plain user, or set DATABASE_URL.',
    );
  }
  throw new Error(
    `Postgres refuses to run as root, and none of the users ${ACCOUNTS_FOR_ROOT.join(', ')} exists. ` +
      'Start the gateway as a plain user, or set DATABASE_URL.',
  );
}

function ownName(): string {
  try {
    return userInfo().username;
  } catch {
    throw new Error(
      `The user id ${process.getuid?.() ?? '?'} has no entry in the user database, which the embedded Postgres ` +
        'needs. Add one (in a container: useradd, or a line in /etc/passwd), or set DATABASE_URL.',
    );
  }
}

async function lookUp(name: string): Promise<{ uid: number; gid: number } | undefined> {
  const [user, group] = await Promise.all([
    runAs({}, 'id', ['-u', name], 5_000),
    runAs({}, 'id', ['-g', name], 5_000),
  ]);
  if (user.code !== 0 || group.code !== 0) return undefined;
  const ids = { uid: Number(user.output), gid: Number(group.output) };
  return Number.isInteger(ids.uid) && Number.isInteger(ids.gid) && ids.uid !== 0 ? ids : undefined;
}

/**
 * The topmost folder on the way to `folder` (itself included) that the account cannot pass, or undefined.
 * Asked of the system itself, since permission bits leave out ACLs and security modules.
 */
export async function firstBlockedFolder(
  account: ServerAccount,
  folder: string,
): Promise<string | undefined> {
  const enters = async (path: string): Promise<boolean> =>
    (await runAs(account.ids, '/bin/sh', ['-c', 'cd -- "$1"', 'sh', path], 5_000)).code === 0;
  if (await enters(folder)) return undefined;
  const chain = [folder];
  for (let parent = dirname(folder); parent !== chain[0]; parent = dirname(parent)) chain.unshift(parent);
  for (const step of chain) if (!(await enters(step))) return step;
  return undefined;
}
