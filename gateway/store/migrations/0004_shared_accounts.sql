-- Budgets and limits that hold over several keys and several gateway processes. A key's call is charged to its own
-- account, to its owner's and to those of its teams, which are all rows of `accounts`, told apart by their labels.

alter table accounts
  -- Reservations that this account has a part in.
  add column open_calls integer not null default 0 check (open_calls >= 0),
  -- Requests and tokens are counted by minutes that begin with the first request after the one before.
  add column minute_start timestamptz not null default '-infinity',
  add column minute_requests integer not null default 0,
  add column minute_tokens bigint not null default 0,
  -- Added to whatever the policy gives, until then.
  add column raised_nano bigint not null default 0 check (raised_nano >= 0),
  add column raised_until timestamptz,
  -- Nothing is admitted until an administrator takes this back.
  add column closed_at timestamptz,
  add column closed_because text,
  -- Updated with every call: room for the new version of a row beside the old one keeps indexes out of it.
  set (fillfactor = 40);

-- One row for each gateway process. Whose heart has stopped beating, by this server's clock, has its calls booked.
create table gateway_processes (
  id bigint generated always as identity primary key,
  started_at timestamptz not null default clock_timestamp(),
  heartbeat_at timestamptz not null default clock_timestamp(),
  -- Declared dead: admits nothing under this id any more, should it come back.
  dead_at timestamptz
);

alter table calls
  -- Every account it was charged to: its key's first.
  add column account_ids bigint[] not null default '{}',
  -- Of an estimate: the windows it was booked in, so that the exact cost can take its place there.
  add column account_windows timestamptz[];
update calls set account_ids = array[account_id];
-- Held by the function that writes the row, which would pay for being asked about it with every call.
alter table calls drop constraint calls_account_id_fkey;

-- Without processes nobody could tell whether these calls are still under way: they are booked in full.
with orphans as (
  delete from reservations returning request_id, account_id, amount_nano, made_at
), booked as (
  insert into calls (request_id, finished_at, key_id, account_id, account_ids, scope, owner_id, owner_name, workspace_id,
    workspace_name, template_name, level, protocol, model, model_asked, attempts, streamed, input_tokens, output_tokens,
    cache_write_tokens, cache_read_tokens, cost_nano, estimated, latency_ms, status, error_type, client)
  select distinct on (o.request_id) o.request_id, now(), k.id, o.account_id, array[o.account_id], k.scope, k.owner_id,
    k.owner_name, k.workspace_id, k.workspace_name, k.template_name, coalesce(k.level, 'standard'), 'unknown', 'unknown',
    'unknown', 1, false, 0, 0, 0, 0, o.amount_nano, true, 0, 500, 'gateway_died', 'unknown'
  from orphans o join keys k on k.account_id = o.account_id
  order by o.request_id, k.id desc
  on conflict do nothing
)
update accounts a
set spent_nano = a.spent_nano + o.amount, reserved_nano = a.reserved_nano - o.amount
from (select account_id, sum(amount_nano)::bigint as amount from orphans group by account_id) o
where a.id = o.account_id;

drop index reservations_by_age;
-- No foreign keys: the functions that write here hold the rows they would ask for, and each costs a look-up a call.
alter table reservations
  drop column account_id,
  add column process_id bigint not null,
  add column account_ids bigint[] not null,
  -- What a row of the ledger needs, should the process die.
  add column call jsonb not null;
create index reservations_by_process on reservations (process_id, made_at);
