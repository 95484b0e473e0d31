/** What was done by whom. */
import { readTrail } from './audit-trail';
import { endpoint } from './endpoint';
import { anything, answer, count, input, listOf, orNull, string, text, time } from './json-schema';

interface TrailInput {
  readonly target?: string;
  readonly actor?: string;
  readonly action?: string;
  readonly since?: string;
  readonly until?: string;
  readonly page?: number;
  readonly size?: number;
}

export const list = endpoint<TrailInput>({
  method: 'GET',
  paths: ['/audit'],
  tag: 'audit',
  summary: 'Every action of administrators, newest first. The store refuses to change or remove one.',
  role: 'viewer',
  input: input({
    target: text("A key's hash, a user's id, a budget's or admin key's name."),
    actor: text(),
    action: text('As a path without its first slash: key/update.'),
    since: time,
    until: time,
    page: { type: 'integer', minimum: 1, maximum: 1_000_000 },
    size: { type: 'integer', minimum: 1, maximum: 500 },
  }),
  answer: answer({
    entries: listOf(
      answer({
        id: count,
        at: time,
        actor: string,
        action: string,
        target: string,
        request_id: orNull(string),
        before: anything,
        after: anything,
      }),
    ),
    total_count: count,
    current_page: count,
    total_pages: count,
  }),
  async handle({ services, input: { since, until, page = 1, size = 50, ...filter } }) {
    const { entries, total } = await readTrail(services.database, {
      ...filter,
      ...(since === undefined ? {} : { since: new Date(since) }),
      ...(until === undefined ? {} : { until: new Date(until) }),
      page,
      size,
    });
    return {
      entries,
      total_count: total,
      current_page: page,
      total_pages: Math.ceil(total / size),
    };
  },
});
