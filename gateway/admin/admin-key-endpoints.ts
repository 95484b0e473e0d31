/** Administrators beside the master key: named keys with a role, so that the trail tells people apart. */
import { GatewayError } from '../errors';
import { hashKey, lastFourOf, randomKey } from '../keys/key-derivation';
import { isDuplicate } from '../store/database';
import { change, endpoint } from './endpoint';
import { answer, duration, input, listOf, orNull, string, text, time } from './json-schema';
import { ROLES, type Role } from './admin-keys';
import { durationMs, expiryOf } from './terms-input';

const ADMIN_KEY_FIELDS = {
  name: string,
  role: string,
  key_name: string,
  created_by: string,
  created_at: time,
  expires: orNull(time),
  revoked: orNull(time),
  former_until: {
    ...orNull(time),
    description: 'Until when the key before the last rotation works as well.',
  },
} as const;

interface AdminKeyRow {
  name: string;
  role: Role;
  last_four: string;
  created_by: string;
  created_at: Date;
  expires_at: Date | null;
  revoked_at: Date | null;
  former_until: Date | null;
}

const COLUMNS = 'name, role, last_four, created_by, created_at, expires_at, revoked_at, former_until';

const view = (row: AdminKeyRow): Record<string, unknown> => ({
  name: row.name,
  role: row.role,
  key_name: `sk-...${row.last_four}`,
  created_by: row.created_by,
  created_at: row.created_at.toISOString(),
  expires: row.expires_at?.toISOString() ?? null,
  revoked: row.revoked_at?.toISOString() ?? null,
  former_until: row.former_until?.toISOString() ?? null,
});

/** Who else acts in the audit trail: nobody may act under their names. */
const OTHER_ACTORS = ['master', 'coder', 'self-service', 'first-document', 'sign-in'];

const NAME = {
  ...text('As the audit trail names whoever holds it.', 64),
  pattern: '^[A-Za-z0-9][A-Za-z0-9._@-]*$',
};

export const create = endpoint<{ readonly name: string; readonly role: Role; readonly duration?: string }>({
  method: 'POST',
  paths: ['/admin/key/new'],
  tag: 'administrators',
  summary: 'Gives out a key to this API: role admin, or viewer, which may look only. It is shown this once.',
  role: 'admin',
  input: input({ name: NAME, role: { type: 'string', enum: ROLES }, duration }, ['name', 'role']),
  answer: answer({ ...ADMIN_KEY_FIELDS, key: string }),
  handle: (call) =>
    change(call, async (transaction) => {
      const { name, role, duration: life } = call.input;
      if (OTHER_ACTORS.includes(name.toLowerCase())) throw new GatewayError('admin_key_exists');
      const key = randomKey();
      try {
        // Who was revoked may come back under the same name, with another key.
        await transaction.run(
          'admin-key-forget',
          'delete from admin_keys where name = $1 and revoked_at is not null',
          [name],
        );
        const [row] = await transaction.run<AdminKeyRow>(
          'admin-key-insert',
          `insert into admin_keys (name, hash, last_four, role, created_by, expires_at)
           values ($1, $2, $3, $4, $5, $6) returning ${COLUMNS}`,
          [name, hashKey(key), lastFourOf(key), role, call.admin.name, expiryOf(life, call.services.now())],
        );
        const after = row && view(row);
        await transaction.note({ action: 'admin/key/new', target: name, after });
        return { ...after, key };
      } catch (fault) {
        throw isDuplicate(fault) ? new GatewayError('admin_key_exists') : fault;
      }
    }),
});

export const list = endpoint({
  method: 'GET',
  paths: ['/admin/key/list'],
  tag: 'administrators',
  summary: 'All admin keys, revoked ones too.',
  role: 'viewer',
  input: input({}),
  answer: answer({ keys: listOf(answer(ADMIN_KEY_FIELDS)) }),
  async handle({ services }) {
    const rows = await services.database.run<AdminKeyRow>(
      'admin-keys-list',
      `select ${COLUMNS} from admin_keys order by name`,
      [],
    );
    return { keys: rows.map(view) };
  },
});

export const revoke = endpoint<{ readonly name: string }>({
  method: 'POST',
  paths: ['/admin/key/revoke'],
  tag: 'administrators',
  summary: 'Takes an admin key away, from the next request on.',
  role: 'admin',
  input: input({ name: NAME }, ['name']),
  answer: answer(ADMIN_KEY_FIELDS),
  handle: (call) =>
    change(call, async (transaction) => {
      const [row] = await transaction.run<AdminKeyRow>(
        'admin-key-revoke',
        `update admin_keys set revoked_at = now() where name = $1 and revoked_at is null returning ${COLUMNS}`,
        [call.input.name],
      );
      if (row === undefined) throw new GatewayError('admin_key_not_found');
      await transaction.note({ action: 'admin/key/revoke', target: row.name, after: view(row) });
      return view(row);
    }),
});

export const rotate = endpoint<{ readonly name: string; readonly grace_period?: string | null }>({
  method: 'POST',
  paths: ['/admin/key/rotate'],
  tag: 'administrators',
  summary:
    'Puts another key in the place of an admin key: same name, same role, as long a life. It is shown this once.',
  role: 'admin',
  input: input(
    {
      name: NAME,
      grace_period: orNull({
        ...duration,
        description: 'How long the former key works on; none: not at all.',
      }),
    },
    ['name'],
  ),
  answer: answer({ ...ADMIN_KEY_FIELDS, key: string }),
  handle: (call) =>
    change(call, async (transaction) => {
      const { name, grace_period: grace } = call.input;
      const now = call.services.now();
      const graceMs = grace == null ? 0 : (durationMs(grace) ?? 0);
      const key = randomKey();
      // A former one that still had grace ends with this: two that work are enough.
      const [row] = await transaction.run<AdminKeyRow>(
        'admin-key-rotate',
        `update admin_keys set hash = $2, last_four = $3, former_hash = case when $4::timestamptz is not null then hash end,
           former_until = $4, created_at = $5, created_by = $6,
           expires_at = case when expires_at is not null then $5::timestamptz + (expires_at - created_at) end
         where name = $1 and revoked_at is null and (expires_at is null or expires_at > $5) returning ${COLUMNS}`,
        [
          name,
          hashKey(key),
          lastFourOf(key),
          graceMs > 0 ? new Date(now.getTime() + graceMs) : null,
          now,
          call.admin.name,
        ],
      );
      if (row === undefined) throw new GatewayError('admin_key_not_found');
      const after = view(row);
      await transaction.note({ action: 'admin/key/rotate', target: name, after });
      return { ...after, key };
    }),
});
