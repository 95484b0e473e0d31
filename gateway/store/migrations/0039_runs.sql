-- A run: some calls of one key under a cap of their own, which they are charged to beside all else that they come under.
-- Its account is a row of `accounts` (label `run/<id>`), so that reservations hold the cap as they hold every budget.
create table runs (
  id text primary key,
  -- Of the key that opened it: one that replaced that key may go on.
  key_account_id bigint not null,
  account_id bigint not null,
  cap_nano bigint not null check (cap_nano > 0),
  opened_at timestamptz not null,
  ends_at timestamptz not null
);
create index runs_by_key_account on runs (key_account_id, opened_at);
