/**
 * Hands the files it was given to their reader: `place-files.js UID:GID [FROM [TO]]`. Each gets mode 0400 and its owner
 * before it gets its name, so nobody sees half of one, and nobody else sees any. Names that are not given any more go.
 */
import { chmodSync, chownSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [owner = '', from = '/given', to = '/placed'] = process.argv.slice(2);

function place(): string {
  const [, uid, gid] = /^(\d{1,9}):(\d{1,9})$/.exec(owner) ?? [];
  if (uid === undefined || gid === undefined) throw new Error(`"${owner}" must be UID:GID in numbers`);
  const names = readdirSync(from).sort();
  for (const name of names) {
    const unfinished = join(to, `.${name}`);
    rmSync(unfinished, { recursive: true, force: true });
    writeFileSync(unfinished, readFileSync(join(from, name)), { mode: 0o600, flag: 'wx' });
    // In this order: who gave a file away may not change its mode.
    chmodSync(unfinished, 0o400);
    chownSync(unfinished, Number(uid), Number(gid));
    renameSync(unfinished, join(to, name));
  }
  for (const name of readdirSync(to))
    if (!names.includes(name)) rmSync(join(to, name), { recursive: true, force: true });
  return `placed ${names.length} files for ${owner}: ${names.join(', ')}`;
}

try {
  process.stdout.write(`${place()}\n`);
} catch (fault) {
  process.stderr.write(`${(fault as Error).message}\n`);
  process.exitCode = 1;
}
