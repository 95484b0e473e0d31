-- Which secrets are in use, by prints that lead to none of them, so that one can be changed without a moment in which
-- both the former and the new one are refused. A process that knows nothing of this goes on as before: what it does not
-- write counts as not known.

-- Since when a secret is one that is in use.
create table secret_prints (
  secret text not null,
  print text not null,
  since timestamptz not null default clock_timestamp(),
  primary key (secret, print)
);

-- What each process holds just now; one that has not been seen for a while is gone.
create table held_secrets (
  process uuid not null,
  secret text not null,
  -- Null: not set.
  print text,
  previous_print text,
  -- Of a database: whether the former password was what let the process in last.
  is_on_previous boolean not null default false,
  seen_at timestamptz not null default clock_timestamp(),
  primary key (process, secret)
);

-- How often a former secret was still used, and by what kind of caller.
create table secret_uses (
  secret text not null,
  print text not null,
  caller text not null,
  uses bigint not null,
  last_used_at timestamptz not null,
  primary key (secret, print, caller)
);

-- Which secret signed a workspace's claim, and which claim of its that was: good only as long as it is the newest.
alter table workspaces
  add column claim_signed_by text,
  add column claim_signed_for timestamptz;

-- An administrator's former key, which works beside the new one for a while.
alter table admin_keys
  add column former_hash text unique,
  add column former_until timestamptz;
