/** Users and their keys from a file. Running it again gives out nothing twice. */
import { CliError, EXIT } from '../terminal/fault';
import type { Column, FormatWords, Output, RowWriter } from '../terminal/output';
import { counting } from '../terminal/progress';
import { onStopSignal } from '../terminal/stop-signals';
import type { AdminClient } from './admin-client';
import { previewImport } from './import-preview';
import { inOrder, type Taken } from './in-order';
import type { KeyRow } from './key-row';
import { everyKey } from './keys';
import { conflictOf, termsOf } from './listed-terms';
import { begin } from './session';
import { placeOf, readUserList, type ListedUser, type UserFormat } from './user-list';

export interface ImportWords extends FormatWords {
  readonly format?: UserFormat;
  readonly dryRun?: boolean;
}

interface Result {
  readonly name: string;
  /** `created`: a key was made and is shown; `kept`: the one that was there has the terms of the file. */
  readonly state: 'created' | 'kept';
  readonly key: string | null;
}

const COLUMNS: readonly Column<Result>[] = [
  { name: 'user', value: ({ name }) => name },
  { name: 'state', value: ({ state }) => state },
  { name: 'key', value: ({ key }) => key, shown: ({ key }) => key ?? '' },
];

/** What fields of the API are called in a file. */
const COLUMNS_OF_FILE = {
  max_budget: 'budget',
  rpm_limit: 'rpm',
  key_alias: 'the name',
  user_id: 'the user',
  user_email: 'email',
  spend: 'spend',
};

/** Requests side by side. Each that is under way when the output breaks is a key that nobody has seen: few, therefore. */
const AT_ONCE = 4;

/** Makes the key of one user, or gives the one that is there the terms of the file. */
async function importUser(client: AdminClient, user: ListedUser, known: KeyRow | undefined): Promise<Result> {
  const { name } = user;
  const conflict = known && conflictOf(user, known);
  if (conflict !== undefined) throw new CliError(conflict, EXIT.refused, 409);
  // Before the key: what fails after it would have to be told beside it.
  if (user.email !== undefined)
    await client.post('/user/update', { user_id: user.user, user_email: user.email });
  if (known === undefined) {
    const shown = await client.post<{ key?: string } | undefined>('/key/generate', {
      key_alias: name,
      user_id: user.user,
      ...termsOf(user),
      ...(user.spent === undefined ? {} : { spend: user.spent }),
      metadata: { workspace_user: user.user, created_by: 'import' },
    });
    if (shown?.key === undefined) throw new CliError('the answer was cut off.', EXIT.unreachable);
    return { name, state: 'created', key: shown.key };
  }
  await client.post('/key/update', { key: known.token, ...termsOf(user) });
  return { name, state: 'kept', key: null };
}

/** What the gateway says about this row alone: the next one may be taken. */
const isOfTheRow = ({ status }: CliError): boolean =>
  status !== undefined && [400, 404, 409, 413, 422].includes(status);

/** Whether the gateway may have done what was asked though no good answer came. */
const mayBeMade = ({ exitCode, status }: CliError): boolean =>
  exitCode === EXIT.unreachable || (status !== undefined && status >= 500);

export async function importUsers(path: string, words: ImportWords): Promise<number> {
  const { client, output } = begin(words, [path], COLUMNS_OF_FILE);
  const users = readUserList(path, words.format);
  const known = new Map<string, KeyRow>();
  for (const key of await everyKey(client))
    if (key.key_alias !== null) known.set(key.key_alias.toLowerCase(), key);
  const knownOf = ({ name }: ListedUser): KeyRow | undefined => known.get(name.toLowerCase());
  if (words.dryRun) return previewImport(output, users, knownOf);

  let interrupted = false;
  const quit = onStopSignal((signal) => {
    interrupted = true;
    output.say(`${signal}: it stops after the users it is at.`);
  });
  const widths = [Math.max(...users.map(({ name }) => name.length)), 'created'.length];
  const tally = new Tally(output, (user) => `${path} ${placeOf(words.format)} ${user.line}: ${user.name}`);
  const progress = counting(users.length, 'users');
  // An output that cannot be written is noticed before the first key is made.
  const rows = await output.rows(COLUMNS, widths);
  try {
    await inOrder<ListedUser, Result>(users, {
      most: AT_ONCE,
      mayBegin: () => !interrupted,
      work: (user) => importUser(client, user, knownOf(user)),
      take: async (taken) => {
        progress.add();
        return tally.take(taken, rows);
      },
    });
  } finally {
    progress.end();
    await rows.end();
    quit();
  }
  return tally.sum(users.length);
}

/** What came of the rows so far. */
class Tally {
  private readonly done = { created: 0, kept: 0 };
  private failed = 0;
  private stoppedBy: CliError | undefined;

  constructor(
    private readonly output: Output,
    private readonly place: (user: ListedUser) => string,
  ) {}

  async take(
    { item, outcome }: Taken<ListedUser, Result>,
    rows: RowWriter<Result>,
  ): Promise<'go on' | 'stop'> {
    try {
      if (outcome.status === 'rejected') throw outcome.reason;
      await show(rows, outcome.value);
      this.done[outcome.value.state] += 1;
      return 'go on';
    } catch (fault) {
      if (!(fault instanceof CliError)) throw fault;
      this.failed += 1;
      this.output.say(`${this.place(item)}: ${fault.message}`);
      if (isOfTheRow(fault)) return 'go on';
      if (mayBeMade(fault))
        this.output.say(
          `A key may have been made without being shown: if the next run says "kept" for ${item.name}, "keys rotate ${item.name}" gives another one.`,
        );
      this.stoppedBy ??= fault;
      return 'stop';
    }
  }

  /** @returns the exit code */
  sum(of: number): number {
    const { created, kept } = this.done;
    const skipped = of - created - kept - this.failed;
    this.output.say(
      `${created} created, ${kept} kept, ${this.failed} failed, ${skipped} not tried. New keys are shown this once.`,
    );
    if (this.failed + skipped === 0) return EXIT.done;
    this.output.say(
      'Run it again when that is mended: it goes on where it stopped, and makes no second key for anybody.',
    );
    return this.stoppedBy?.exitCode ?? (this.failed > 0 ? EXIT.refused : EXIT.failed);
  }
}

/** @throws CliError when the key cannot be shown: it is lost, but another one can take its place */
async function show(rows: RowWriter<Result>, result: Result): Promise<void> {
  const { name, key } = result;
  try {
    await rows.add(result);
  } catch {
    throw new CliError(
      key === null
        ? 'the output cannot be written.'
        : `the output cannot be written, so its new key was not shown: "keys rotate ${name}" gives another one.`,
    );
  }
}
