/** Giving out a key. It is shown in the answer to the form, once, and nowhere else. */
import { generate } from '../../admin/key-generation';
import { LEVELS } from '../../../src/levels';
import { ask } from '../ask';
import type { Action, Page } from '../page';

const FIELDS = [
  'user_id',
  'key_alias',
  'level',
  'max_budget',
  'budget_duration',
  'rpm_limit',
  'tpm_limit',
  'max_parallel_requests',
  'duration',
] as const;
const WINDOWS = [
  { value: '1d', label: 'a day' },
  { value: '7d', label: 'a week from Monday' },
  { value: '30d', label: 'a calendar month' },
  { value: 'none', label: 'for good' },
];

const create: Action = {
  role: 'admin',
  async run(sent) {
    const { words } = sent.sent;
    const said = (name: string): string => (words.get(name) ?? '').trim();
    const asked = new URLSearchParams();
    const detail = said('detail');
    asked.set('scope', detail === '' ? said('scope') : `${said('scope')}:${detail}`);
    for (const field of FIELDS) asked.set(field, said(field));
    for (const model of words.getAll('models')) asked.append('models', model);
    const shown = await ask<{ key: string; token: string }>(sent, generate, asked);
    return {
      title: 'The new key',
      template: 'shown-key',
      data: { key: shown.key, href: `/ui/keys/${shown.token}` },
    };
  },
};

export const newKey: Page = {
  path: '/ui/keys/new',
  title: 'New key',
  template: 'new-key',
  actions: { '': create },
  load({ services, sent }) {
    const { document } = services.documents.current;
    // A person's key is what is asked for most.
    const words = sent?.words ?? new URLSearchParams({ scope: 'user' });
    const chosen = new Set(words.getAll('models'));
    const options = (values: readonly { value: string; label: string }[], name: string) =>
      values.map((each) => ({ ...each, isChosen: words.get(name) === each.value }));
    const plain = (values: readonly string[]) => values.map((value) => ({ value, label: value }));
    return {
      values: Object.fromEntries(words),
      scopes: options(plain(Object.keys(document.scopes)), 'scope'),
      levels: options(plain(LEVELS), 'level'),
      windows: options(WINDOWS, 'budget_duration'),
      models: document.models.map(({ name, display_name: label }) => ({
        value: name,
        label,
        isChosen: chosen.has(name),
      })),
    };
  },
};
