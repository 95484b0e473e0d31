-- What administrators lay down: limits of single keys, people and named budgets, blocks, raises, rotations; who did
-- it; and what Coder says about workspaces and people.

-- Limits that many keys or people share by name. Null: the policy's.
create table budgets (
  id text primary key,
  max_budget_nano bigint check (max_budget_nano >= 0),
  budget_duration text check (budget_duration in ('1d', '7d', '30d', 'none')),
  rpm_limit integer check (rpm_limit >= 1),
  tpm_limit integer check (tpm_limit >= 1),
  max_parallel_requests integer check (max_parallel_requests >= 1),
  created_by text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

-- People, by Coder user id. Who has no row has the policy's terms. Null: the policy's.
create table owners (
  id text primary key,
  name text,
  email text,
  budget_id text references budgets (id),
  max_budget_nano bigint check (max_budget_nano >= 0),
  budget_duration text check (budget_duration in ('1d', '7d', '30d', 'none')),
  rpm_limit integer check (rpm_limit >= 1),
  tpm_limit integer check (tpm_limit >= 1),
  max_parallel_requests integer check (max_parallel_requests >= 1),
  metadata jsonb not null default '{}',
  -- Of the newest claim: floors of a group hold for every key of its members.
  groups text[] not null default '{}',
  -- Coder says that the person is suspended or gone.
  suspended_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

alter table keys
  -- The name people call it by.
  add column alias text,
  add column budget_id text references budgets (id),
  add column max_budget_nano bigint check (max_budget_nano >= 0),
  add column budget_duration text check (budget_duration in ('1d', '7d', '30d', 'none')),
  add column rpm_limit integer check (rpm_limit >= 1),
  add column tpm_limit integer check (tpm_limit >= 1),
  add column max_parallel_requests integer check (max_parallel_requests >= 1),
  add column models text[],
  add column blocked_at timestamptz,
  -- The workspace is stopped: only a newer start makes the key work again.
  add column paused_at timestamptz,
  -- The key that took its place; until it expires both work, on the same account.
  add column rotated_to bigint references keys (id),
  add column metadata jsonb not null default '{}',
  add column created_by text not null default 'workspace claim',
  add column updated_at timestamptz not null default now();

-- One key at a time has a name; keys that are dead or replaced give it up.
create unique index keys_by_alias on keys (alias) where revoked_at is null and rotated_to is null;
create index keys_by_account on keys (account_id);

alter table workspaces
  -- By this gateway's clock.
  add column claimed_at timestamptz not null default now(),
  -- Stopped, deleted or taken away: the newest claim seen counts no more, only a newer one does.
  add column ended_at timestamptz;

-- Coder does not tell names apart by capitals, so neither may the binding.
insert into owner_names (name, owner_id, bound_at)
select distinct on (lower(name)) lower(name), owner_id, bound_at from owner_names order by lower(name), bound_at
on conflict (name) do nothing;
delete from owner_names where name <> lower(name);

-- Administrators beside the master key.
create table admin_keys (
  name text primary key,
  hash text not null unique,
  last_four text not null,
  role text not null check (role in ('admin', 'viewer')),
  created_by text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz
);

-- What was done to keys, people and budgets, by whom. Only ever added to.
create table admin_audit (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  actor text not null,
  action text not null,
  target text not null,
  request_id uuid,
  before jsonb,
  after jsonb
);
create index admin_audit_by_time on admin_audit (at);
create index admin_audit_by_target on admin_audit (target);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'table % is append-only', tg_table_name using errcode = 'insufficient_privilege';
end $$;
create trigger admin_audit_is_append_only before update or delete on admin_audit
  for each row execute function refuse_change();
create trigger admin_audit_is_never_emptied before truncate on admin_audit
  for each statement execute function refuse_change();

-- Spend that an administrator took off an account, so that the account still adds up.
create table spend_resets (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  account_id bigint not null references accounts (id),
  window_start timestamptz not null,
  before_nano bigint not null,
  after_nano bigint not null,
  actor text not null
);
create index spend_resets_by_account on spend_resets (account_id, at);

-- The last look at Coder, shared by all gateway processes: one row.
create table coder_poll (
  id boolean primary key default true check (id),
  started_at timestamptz not null default '-infinity',
  finished_at timestamptz,
  outcome text,
  -- People that were missing at the last look; missing twice is gone.
  missing_owners text[] not null default '{}'
);
insert into coder_poll default values;
