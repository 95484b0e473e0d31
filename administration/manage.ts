/** Keys that are there: looking, rotating, taking away, raising. */
import { CliError, EXIT, type AdminClient } from './admin-client';
import { number, word, type Command } from './command';
import { KEY_HEADINGS, keyCells, type KeyRow } from './key-row';

const PAGE = 500;

type Filter = Readonly<Record<string, string | number | undefined>>;

/** All pages of them. */
export async function everyKey(client: AdminClient, filter: Filter = {}): Promise<KeyRow[]> {
  const keys: KeyRow[] = [];
  for (let page = 1, pages = 1; page <= pages; page += 1) {
    const answer = await client.get<{ keys: KeyRow[]; total_pages: number }>('/key/list', {
      return_full_object: true,
      size: PAGE,
      page,
      ...filter,
    });
    for (const key of answer.keys) keys.push(key);
    pages = answer.total_pages;
  }
  return keys;
}

export const list: Command = {
  usage: 'list',
  summary: 'Keys that live. [--user] [--scope] [--search] [--status deleted|all] [--idle <days>]',
  options: ['user', 'scope', 'search', 'status', 'idle'],
  async run(client, options, output) {
    const keys = await everyKey(client, {
      user_id: options.values['user'],
      scope: options.values['scope'],
      search: options.values['search'],
      status: options.values['status'],
      idle_days: number(options, 'idle'),
    });
    output.result(keys, KEY_HEADINGS, keys.map(keyCells));
  },
};

export const info: Command = {
  usage: 'info <alias or hash>',
  summary: 'Everything about one key.',
  options: [],
  async run(client, options, output) {
    const answer = await client.get<{ info: Record<string, unknown> }>('/key/info', {
      key: word(options, 0, 'Which key'),
    });
    const rows = Object.entries(answer.info).map(([name, value]) => [
      name,
      value !== null && typeof value === 'object'
        ? JSON.stringify(value)
        : (value as string | number | boolean | null),
    ]);
    output.result(answer.info, ['field', 'value'], rows);
  },
};

export const rotate: Command = {
  usage: 'rotate <alias or hash>',
  summary: 'Puts another key in its place and shows it this once. [--grace 1h: the former works on so long]',
  options: ['grace'],
  async run(client, options, output) {
    const grace = options.values['grace'];
    const shown = await client.post<KeyRow & { key: string }>('/key/regenerate', {
      key: word(options, 0, 'Which key'),
      ...(grace === undefined ? {} : { grace_period: grace }),
    });
    output.say(
      grace === undefined
        ? 'The former key is dead. The new one is shown this once:'
        : 'The new key is shown this once:',
    );
    output.result(shown, ['key', ...KEY_HEADINGS], [[shown.key, ...keyCells(shown)]]);
  },
};

const action = (name: string, path: string, summary: string): Command => ({
  usage: `${name} <alias or hash>`,
  summary,
  options: [],
  async run(client, options, output) {
    const key = word(options, 0, 'Which key');
    const answer = await client.post(path, path === '/key/delete' ? { keys: [key] } : { key });
    output.result(answer, [name], [[key]]);
  },
});

export const revoke = action('revoke', '/key/delete', 'Takes a key away for good.');
export const block = action('block', '/key/block', 'Refuses its calls until it is unblocked.');
export const unblock = action('unblock', '/key/unblock', 'Lets it work again.');

export const raise: Command = {
  usage: 'raise <alias or hash> | raise --user <user>',
  summary: 'Adds to a budget for a while. --by <dollars> --for <duration, 24h>',
  options: ['by', 'for', 'user'],
  async run(client, options, output) {
    const by = number(options, 'by');
    if (by === undefined || options.values['for'] === undefined)
      throw new CliError('A raise needs --by <dollars> and --for <duration>.', EXIT.usage);
    const terms = { temp_budget_increase: by, temp_budget_expiry: options.values['for'] };
    const { user } = options.values;
    if (user !== undefined) {
      const { data } = await client.post<{ data: Record<string, unknown> }>('/user/update', {
        user_id: user,
        ...terms,
      });
      const { max_budget, raise } = data as { max_budget: number; raise: { until: string } };
      return output.result(data, ['user', 'budget', 'until'], [[user, max_budget, raise.until]]);
    }
    const key = await client.post<KeyRow>('/key/update', { key: word(options, 0, 'Which key'), ...terms });
    output.result(key, KEY_HEADINGS, [keyCells(key)]);
  },
};
