/** One key: what holds for it, what it may still spend, what was done to it, and what can be done. */
import { readTrailBefore } from '../../admin/audit-trail';
import { block, info, remove, unblock } from '../../admin/key-endpoints';
import { regenerate } from '../../admin/key-rotation';
import { update } from '../../admin/key-update';
import type { Endpoint } from '../../admin/endpoint';
import type { Statements } from '../../store/database';
import { ask } from '../ask';
import { describeEntry } from '../audit-entry';
import type { Action, Page, Sent, SentForm, View } from '../page';
import { Refusal } from '../refusal';

const PATH = '/ui/keys/{key}';
const ENTRIES = 20;

const pathOf = (token: string): string => `/ui/keys/${encodeURIComponent(token)}`;

/** What was done, as the page says it afterwards. */
const DONE: Readonly<Record<string, string>> = {
  block: 'The key is blocked: its calls are refused from now on.',
  unblock: 'The key works again.',
  raise: 'The budget is raised.',
  revoke: 'The key is revoked for good.',
};

/** Nobody else has changed the key since the form was made. */
async function refuseStale(statements: Statements, { words }: SentForm, { parts }: View): Promise<void> {
  const token = parts['key'] ?? '';
  const [row] = await statements.run<{ updated_at: Date }>(
    'ui-key-hold',
    'select updated_at from keys where hash = $1 for update',
    [token],
  );
  // A key that is not there is said by whoever looks for it next.
  if (row === undefined || row.updated_at.toISOString() === words.get('seen')) return;
  throw new Refusal(
    409,
    'Somebody has changed this key meanwhile',
    'Nothing was done, since it is not as it was when you opened the page. Look at it as it is now, and decide again.',
    { href: pathOf(token), label: 'Look at the key' },
  );
}

/** Does it through the admin API's own endpoint, and comes back to the key. */
const changing = (name: string, definition: Endpoint, fields: readonly string[] = []): Action => ({
  role: 'admin',
  guard: refuseStale,
  async run(sent) {
    const { token } = await doTo<{ token?: string }>(sent, definition, fields);
    return { to: `${pathOf(token ?? sent.parts['key'] ?? '')}?done=${name}` };
  },
});

function doTo<Answer>(sent: Sent, definition: Endpoint, fields: readonly string[]): Promise<Answer> {
  const words = new URLSearchParams({ key: sent.parts['key'] ?? '' });
  for (const field of fields) words.set(field, (sent.sent.words.get(field) ?? '').trim());
  return ask<Answer>(sent, definition, words);
}

const rotate: Action = {
  role: 'admin',
  guard: refuseStale,
  async run(sent) {
    const shown = await doTo<{ token: string; key: string }>(sent, regenerate, ['grace_period']);
    const grace = (sent.sent.words.get('grace_period') ?? '').trim();
    return {
      title: 'The new key',
      template: 'shown-key',
      data: { key: shown.key, href: pathOf(shown.token), former: grace === '' ? 'ended' : grace },
    };
  },
};

export const key: Page = {
  path: PATH,
  title: 'Key',
  template: 'key',
  actions: {
    block: changing('block', block),
    unblock: changing('unblock', unblock),
    revoke: changing('revoke', remove),
    raise: changing('raise', update, ['temp_budget_increase', 'temp_budget_expiry']),
    rotate,
  },
  async load(view) {
    const name = view.parts['key'] ?? '';
    const found = await ask<{
      key: string;
      info: Record<string, unknown> & { status: string; key_alias: string | null; key_name: string };
      budgets: readonly { spend: number; max_budget: number | null }[];
    }>(view, info, { key: name, include_deleted: 'true' });
    const trail = await readTrailBefore(view.services.database, { target: found.key }, ENTRIES);
    const { status } = found.info;
    const isOver = status === 'revoked';
    return {
      key: found.info,
      title: found.info.key_alias ?? found.info.key_name,
      path: pathOf(found.key),
      budgets: found.budgets,
      status,
      mayChange: view.session.role === 'admin' && !isOver,
      mayRotate: view.session.role === 'admin' && !isOver && status !== 'replaced',
      entries: trail.entries.map(describeEntry),
      more: trail.hasMore ? `/ui/audit?target=${found.key}` : undefined,
      done: DONE[view.query.get('done') ?? ''],
      values: Object.fromEntries(view.sent?.words ?? []),
      opened: view.sent?.action,
    };
  },
};
