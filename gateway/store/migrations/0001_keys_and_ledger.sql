-- Keys, the workspaces they belong to, the accounts they spend from, and one row for each call.
-- Money is in nano-dollars (a billionth of a US dollar) throughout.

-- A user name is bound to the first Coder user id it was seen with, so that a recycled name inherits nothing.
create table owner_names (
  name text primary key,
  owner_id text not null,
  bound_at timestamptz not null default now()
);

-- What the newest start claim of each workspace said.
create table workspaces (
  id text primary key,
  name text not null,
  deployment text not null,
  owner_id text not null,
  template_name text not null,
  template_version text not null,
  -- Part of what the key is derived from: counting it up makes every former key of the workspace dead.
  generation integer not null default 1,
  newest_claim_at timestamptz not null,
  revoked_at timestamptz,
  created_at timestamptz not null default now()
);

-- What is spent and what is promised. Apart from the keys, so that a new key never means a new budget.
create table accounts (
  id bigint generated always as identity primary key,
  label text not null unique,
  window_start timestamptz not null default '-infinity',
  spent_nano bigint not null default 0 check (spent_nano >= 0),
  reserved_nano bigint not null default 0 check (reserved_nano >= 0)
);

create table keys (
  id bigint generated always as identity primary key,
  -- SHA-256 of the key, in hex. The key itself is nowhere.
  hash text not null unique,
  prefix text not null,
  last_four text not null,
  -- Which entry of the policy's scopes holds for it.
  scope text not null,
  account_id bigint not null references accounts (id),
  owner_id text not null,
  owner_name text not null,
  owner_groups text[] not null default '{}',
  workspace_id text references workspaces (id),
  workspace_name text,
  template_name text,
  -- Null: the default level holds.
  level text,
  -- The policy's maximum age counts from here.
  valid_from timestamptz not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz not null default now()
);
create index keys_by_workspace on keys (workspace_id) where revoked_at is null;
create index keys_by_owner on keys (owner_id);

-- Worst-case costs of calls under way.
create table reservations (
  request_id uuid primary key,
  account_id bigint not null references accounts (id),
  amount_nano bigint not null check (amount_nano >= 0),
  made_at timestamptz not null default now()
);
create index reservations_by_age on reservations (made_at);

-- The ledger: metadata of each call that was let through, never content.
create table calls (
  request_id uuid primary key,
  finished_at timestamptz not null default now(),
  key_id bigint not null references keys (id),
  account_id bigint not null references accounts (id),
  scope text not null,
  owner_id text not null,
  owner_name text not null,
  workspace_id text,
  workspace_name text,
  template_name text,
  level text not null,
  protocol text not null,
  model text not null,
  model_asked text not null,
  provider text,
  deployment text,
  attempts integer not null,
  streamed boolean not null,
  input_tokens bigint not null,
  output_tokens bigint not null,
  cache_write_tokens bigint not null,
  cache_read_tokens bigint not null,
  cost_nano bigint not null check (cost_nano >= 0),
  -- The usage never arrived: the whole reservation is booked, which is at least what the provider bills.
  estimated boolean not null,
  latency_ms integer not null,
  first_token_ms integer,
  status integer not null,
  error_type text,
  client text not null
);
create index calls_by_time on calls (finished_at);
create index calls_by_account on calls (account_id, finished_at);
