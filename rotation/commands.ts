/** `secrets`: what is in use, and changing it while everything runs. */
import { showNew, type QuietWords } from '../administration/new-key';
import { begin } from '../administration/session';
import { fromNow } from '../terminal/figures';
import type { Column, FormatWords } from '../terminal/output';
import { rotateByHand, type HandWords } from './by-hand';
import { ROTATED_SECRETS, type Rotated } from './rotated-secrets';
import { stillNeeded, type ShownSecret, type ShownSecrets } from './shown-secrets';

const isRotated = (name: string): name is Rotated => name in ROTATED_SECRETS;

/** As `claim/NAME` is one of the claims. */
const kindOf = ({ secret }: ShownSecret): Rotated | undefined => {
  const [kind = ''] = secret.split('/', 1);
  return isRotated(kind) ? kind : undefined;
};

function notOnIt(shown: ShownSecret): string {
  const kind = kindOf(shown);
  if (kind === undefined || shown.print === null) return '-';
  if (kind === 'key') {
    const { on_previous = 0, on_other = 0 } = shown.left ?? {};
    return on_previous + on_other === 0 ? '-' : `${on_previous + on_other} keys`;
  }
  if (shown.previous === null && kind !== 'claim') return '-';
  const { count } = stillNeeded(kind, shown, Date.now());
  const what = { master: 'kinds of callers within a day', claim: 'workspaces', database: 'processes' }[kind];
  return count === 0 ? '-' : `${count} ${what}`;
}

const processes = ({ held }: ShownSecret): number => held.reduce((sum, each) => sum + each.processes, 0);

const COLUMNS: readonly Column<ShownSecret>[] = [
  { name: 'secret', value: ({ secret }) => secret },
  { name: 'print', value: ({ print }) => print, isWhole: true },
  {
    name: 'since',
    value: ({ since }) => since,
    shown: ({ since }) => (since === null ? '-' : fromNow(since)),
  },
  { name: 'beside it', value: ({ previous }) => previous, isWhole: true },
  { name: 'processes', value: processes },
  {
    name: 'alike in all',
    value: ({ held }) => held.length <= 1,
    shown: ({ held }) => (held.length <= 1 ? 'yes' : `no: ${held.length} different ones`),
  },
  { name: 'not on it', value: notOnIt },
];

const MOST_NAMES = 20;

export async function show(words: FormatWords): Promise<void> {
  const { client, output } = begin(words);
  const shown = await client.get<ShownSecrets>('/secrets');
  await output.result(shown, COLUMNS, shown.secrets);
  if (output.format !== 'table') return;
  for (const { secret, left, uses } of shown.secrets) {
    const names = left?.names ?? [];
    if (names.length > 0) {
      await output.line(`\nNot on the ${secret} secret in force:`);
      for (const name of names.slice(0, MOST_NAMES)) await output.line(`  ${name}`);
      if (names.length > MOST_NAMES) await output.line(`  … --json has more of them`);
    }
    if (uses.length === 0) continue;
    await output.line('\nWho has used the former master key:');
    for (const { caller, uses: count, last_used_at } of uses)
      await output.line(`  ${caller}: ${count} times, last ${fromNow(last_used_at)}`);
  }
  if (shown.is_embedded) await output.line('\nThe store is the embedded Postgres: it has no password.');
}

export async function rotateWithAPerson(name: Rotated, words: HandWords): Promise<void> {
  const { client, output } = begin({});
  await rotateByHand(client, name, words, (line) => output.line(line));
}

export interface AdminWords extends QuietWords {
  readonly grace?: string;
}

interface RotatedKey {
  readonly key: string;
  readonly name: string;
  readonly role: string;
  readonly expires: string | null;
  readonly former_until: string | null;
}

const KEY_COLUMNS: readonly Column<RotatedKey>[] = [
  { name: 'key', value: ({ key }) => key, isWhole: true },
  { name: 'name', value: ({ name }) => name },
  { name: 'role', value: ({ role }) => role },
  {
    name: 'former one works',
    value: ({ former_until }) => former_until,
    shown: ({ former_until }) => (former_until === null ? 'no more' : fromNow(former_until)),
  },
];

export async function rotateAdmin(name: string, words: AdminWords): Promise<void> {
  const { client, output } = begin(words, [name], { name: '<name>', grace_period: '--grace' });
  const shown = await client.post<RotatedKey>('/admin/key/rotate', {
    name,
    grace_period: words.grace ?? '24h',
  });
  await showNew(
    output,
    words,
    shown,
    KEY_COLUMNS,
    'The admin key is shown this once:',
    `secrets rotate admin ${name}`,
  );
}
