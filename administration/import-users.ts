/** Users and their keys from a file: `name,budget,rpm` a line. Running it again gives out nothing twice. */
import { onStopSignal } from '../terminal/stop-signals';
import { CliError, EXIT, type AdminClient } from './admin-client';
import { word, type Command, type RowWriter } from './command';
import type { KeyRow } from './key-row';
import { everyKey } from './manage';
import { readUserList, type ListedUser } from './user-list';

const HEADINGS = ['user', 'state', 'key'] as const;

interface Result {
  readonly name: string;
  /** `created`: a key was made and is shown; `kept`: the one that was there has the terms of the file. */
  readonly state: 'created' | 'kept';
  readonly key: string | null;
}

const termsOf = ({ budget, rpm }: ListedUser) => ({
  max_budget: budget,
  ...(rpm === undefined ? {} : { rpm_limit: rpm }),
});

/** Makes the key of one user, or gives the one that is there the terms of the file. */
async function importUser(client: AdminClient, user: ListedUser, known: KeyRow | undefined): Promise<Result> {
  const { name } = user;
  if (known === undefined) {
    const shown = await client.post<{ key?: string } | undefined>('/key/generate', {
      key_alias: name,
      user_id: name,
      ...termsOf(user),
      metadata: { workspace_user: name, created_by: 'import' },
    });
    if (shown?.key === undefined) throw new CliError('the answer was cut off.', EXIT.unreachable);
    return { name, state: 'created', key: shown.key };
  }
  if (!known.scope.startsWith('user:'))
    throw new CliError(
      `the name is that of a key of scope ${known.scope}: rename or revoke it.`,
      EXIT.refused,
      409,
    );
  await client.post('/key/update', { key: known.token, ...termsOf(user) });
  return { name, state: 'kept', key: null };
}

/** What the gateway says about this row alone: the next one may be taken. */
const isOfTheRow = ({ status }: CliError): boolean =>
  status !== undefined && [400, 404, 409, 413, 422].includes(status);

/** Whether the gateway may have done what was asked though no good answer came. */
const mayBeMade = ({ exitCode, status }: CliError): boolean =>
  exitCode === EXIT.unreachable || (status !== undefined && status >= 500);

export const importUsers: Command = {
  usage: 'import <users.csv>',
  summary:
    'A key for each line "name,budget,rpm"; a user who has one keeps it, with the budget of the file. ' +
    'Reads the whole file before it makes a key, shows each key as it is made, and goes on where it stopped when it is run again.',
  options: [],
  async run(client, options, output) {
    const path = word(options, 0, 'The file');
    const users = readUserList(path);
    const known = new Map<string, KeyRow>();
    for (const key of await everyKey(client))
      if (key.key_alias !== null) known.set(key.key_alias.toLowerCase(), key);

    let interrupted: NodeJS.Signals | undefined;
    const quit = onStopSignal((signal) => {
      interrupted = signal;
      output.say(`${signal}: it stops after the user it is at.`);
    });
    const widths = [Math.max(...users.map(({ name }) => name.length)), 'created'.length];
    const done = { created: 0, kept: 0 };
    let failed = 0;
    let stoppedBy: CliError | undefined;
    // An output that cannot be written is noticed before the first key is made.
    const rows = await output.rows(HEADINGS, widths);
    try {
      for (const user of users) {
        if (interrupted !== undefined) break;
        try {
          const result = await importUser(client, user, known.get(user.name.toLowerCase()));
          done[result.state] += 1;
          await show(rows, result);
        } catch (fault) {
          if (!(fault instanceof CliError)) throw fault;
          failed += 1;
          output.say(`${path} line ${user.line}: ${user.name}: ${fault.message}`);
          if (isOfTheRow(fault)) continue;
          if (mayBeMade(fault))
            output.say(
              `A key may have been made without being shown: if the next run says "kept" for ${user.name}, "keys rotate ${user.name}" gives another one.`,
            );
          stoppedBy = fault;
          break;
        }
      }
    } finally {
      await rows.end();
      quit();
    }
    const skipped = users.length - done.created - done.kept - failed;
    output.say(
      `${done.created} created, ${done.kept} kept, ${failed} failed, ${skipped} not tried. New keys are shown this once.`,
    );
    if (failed + skipped === 0) return 0;
    output.say(
      'Run it again when that is mended: it goes on where it stopped, and makes no second key for anybody.',
    );
    return stoppedBy?.exitCode ?? (failed > 0 ? EXIT.refused : EXIT.failed);
  },
};

/** @throws CliError when the key cannot be shown: it is lost, but another one can take its place */
async function show(rows: RowWriter, result: Result): Promise<void> {
  const { name, state, key } = result;
  try {
    await rows.add(result, [name, state, key]);
  } catch {
    throw new CliError(
      key === null
        ? 'the output cannot be written.'
        : `the output cannot be written, so its new key was not shown: "keys rotate ${name}" gives another one.`,
      EXIT.failed,
    );
  }
}
