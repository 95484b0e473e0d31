/** Brings the store's tables up to date: `migrations/*.sql`, in order, forward only, each once. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '../log';
import type { Database, Statements } from './database';

const DIRECTORY = join(__dirname, 'migrations');

// Any number will do as long as nothing else in the database locks the same one.
const LOCK = 4_710_815_001;

export interface Migration {
  readonly name: string;
  readonly text: string;
  readonly checksum: string;
}

/** The store holds tables this gateway does not know how to use; going on could damage them. */
export class MigrationError extends Error {}

/** Applies what is missing, under a lock, so that several gateways may start at once. */
export async function migrate(database: Database, logger: Logger, directory = DIRECTORY): Promise<void> {
  const migrations = readMigrations(directory);
  await database.transaction(async (statements) => {
    await holdMigrations(statements);
    await applyMigrations(statements, migrations, ({ name }) =>
      logger.info('store migrated', { migration: name }),
    );
  });
}

/** Until the transaction ends, no gateway starts on the store. */
export async function holdMigrations(statements: Statements): Promise<void> {
  await statements.run('', 'select pg_advisory_xact_lock($1)', [LOCK]);
}

/** @throws MigrationError where others were applied than these */
export async function applyMigrations(
  statements: Statements,
  migrations: readonly Migration[],
  onApplied: (migration: Migration) => void = () => {},
): Promise<void> {
  await statements.run(
    '',
    'create table if not exists schema_migrations (name text primary key, checksum text not null, applied_at timestamptz not null default now())',
    [],
  );
  const applied = await readApplied(statements);
  refuseForeign(applied, migrations);
  for (const migration of migrations.slice(applied.size)) {
    // Without values the text goes by the simple protocol, which takes several statements.
    await statements.run('', migration.text, []);
    await statements.run('', 'insert into schema_migrations (name, checksum) values ($1, $2)', [
      migration.name,
      migration.checksum,
    ]);
    onApplied(migration);
  }
}

/** All that this version knows, in order. */
export function readMigrations(directory = DIRECTORY): readonly Migration[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => {
      const text = readFileSync(join(directory, name), 'utf8');
      return { name, text, checksum: createHash('sha256').update(text).digest('hex') };
    });
}

async function readApplied(statements: Statements): Promise<Map<string, string>> {
  const rows = await statements.run<{ name: string; checksum: string }>(
    '',
    'select name, checksum from schema_migrations order by name',
    [],
  );
  return new Map(rows.map((row) => [row.name, row.checksum]));
}

function refuseForeign(applied: ReadonlyMap<string, string>, known: readonly Migration[]): void {
  for (const [index, [name, checksum]] of [...applied].entries()) {
    const mine = known[index];
    if (mine?.name !== name)
      throw new MigrationError(
        `The store was migrated by another version of the gateway: it has "${name}", this version does not. Run that version or a newer one.`,
      );
    if (mine.checksum !== checksum)
      throw new MigrationError(
        `The migration "${name}" was applied to the store with another text than this version has.`,
      );
  }
}
