/** What a person may ask of those who run this: all that is kept about them, and to be forgotten. */
import { GatewayError } from '../errors';
import { forgetStep, identify, type Identity } from '../keys/forgotten-person';
import { holdName, isPerson } from '../keys/owner-names';
import type { ReportReader } from '../store/report-store';
import type { Statements } from '../store/database';
import { change, endpoint } from './endpoint';
import { Commas, JsonPieces } from './json-pieces';
import { answer, anything, count, flag, input, listOf, orNull, string, text } from './json-schema';
import { report } from './report-endpoint';
import { invalid } from './terms-input';

interface Wish {
  readonly user_id: string;
}

const WHO = input({ user_id: text("Coder's user id, or a user name.") }, ['user_id']);

async function personOf(statements: Statements, user: string): Promise<Identity> {
  if (!isPerson(user))
    throw invalid('user_id', `"${user}" is no person, but what keys of a service are for.`);
  const identity = await identify(statements, user);
  if (identity === undefined) throw new GatewayError('user_not_found');
  return identity;
}

export const forget = endpoint<Wish>({
  method: 'POST',
  paths: ['/user/forget'],
  tag: 'users',
  summary:
    "Puts a word without meaning in a person's place everywhere, and takes all of their keys away. A step at a time: repeat it until done is true. It cannot be taken back.",
  role: 'admin',
  input: WHO,
  answer: answer({
    pseudonym: string,
    done: flag,
    keys_revoked: count,
    rewritten: { ...count, description: 'Rows of ledger, sums and audit trail, in this step.' },
    waits_for: { ...orNull(string), description: 'What comes to its end before it can go on.' },
  }),
  handle: async (call) => {
    const step = await change(call, async (transaction) => {
      const { user_id } = call.input;
      await holdName(transaction, user_id);
      const taken = await forgetStep(transaction, await personOf(transaction, user_id));
      if (taken.isBegun)
        await transaction.note({
          action: 'user/forget',
          target: taken.pseudonym,
          after: { keys_revoked: taken.keysRevoked },
        });
      return taken;
    });
    if (step.isDone) call.services.accounts.forget();
    return {
      pseudonym: step.pseudonym,
      done: step.isDone,
      keys_revoked: step.keysRevoked,
      rewritten: step.rewritten,
      waits_for:
        step.underWay > 0
          ? `${step.underWay} calls that are under way`
          : step.isHeldUp
            ? 'a report, a backup or the roll-up of old calls'
            : null,
    };
  },
});

/** SQL for JSON of rows `t`, in the order of the list; $1 are the person's ids. */
const SECTIONS: readonly { readonly name: string; readonly rows: string }[] = [
  { name: 'person', rows: 'owners t where id = any ($1)' },
  { name: 'names', rows: 'names_of_owners t where owner_id = any ($1) order by seen_at' },
  { name: 'workspaces', rows: 'workspaces t where owner_id = any ($1) order by created_at' },
  { name: 'keys', rows: 'keys t where owner_id = any ($1) order by id' },
  {
    name: 'accounts',
    rows: `accounts t where id in (select account_id from keys where owner_id = any ($1))
      or label in (select 'owner/' || id from unnest($1::text[]) as i (id)) order by id`,
  },
  { name: 'daily_sums', rows: 'daily_sums t where owner_id = any ($1) order by day' },
  { name: 'calls', rows: 'calls t where owner_id = any ($1) order by finished_at' },
  { name: 'alerts', rows: 'alerts t where owner_id = any ($1) order by id' },
  {
    name: 'audit',
    rows: `admin_audit t where target = any ($1) or target in (select hash from keys where owner_id = any ($1))
      order by id`,
  },
];

export const exportPerson = report<Wish>({
  method: 'GET',
  paths: ['/user/export'],
  summary:
    'All that is kept about one person, table by table, as the store has it. Keys are there as hashes.',
  input: WHO,
  answer: answer({
    user_id: string,
    ...Object.fromEntries(SECTIONS.map(({ name }) => [name, listOf(anything)])),
  }),
  async read({ input: { user_id } }, reader) {
    return new JsonPieces(sectionsOf(reader, await personOf(reader, user_id)));
  },
});

async function* sectionsOf(reader: ReportReader, { ids }: Identity): AsyncGenerator<string> {
  yield `{"user_id":${JSON.stringify(ids[0])}`;
  for (const { name, rows } of SECTIONS) {
    yield `,"${name}":[`;
    const commas = new Commas();
    for await (const piece of reader.walk<{ row: string }>(`select to_jsonb(t)::text as row from ${rows}`, [
      ids,
    ]))
      for (const { row } of piece) yield commas.before(row);
    yield ']';
  }
  yield '}';
}
