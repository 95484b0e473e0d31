-- What single calls become when they are old: one row for each day of UTC and each combination of what is asked for in
-- reports. Sums are of whole nano-dollars and tokens, so that totals stay what they were.
create table daily_sums (
  day date not null,
  key_id bigint not null,
  account_id bigint not null,
  scope text not null,
  owner_id text not null,
  owner_name text not null,
  workspace_id text,
  workspace_name text,
  template_name text,
  level text not null,
  protocol text not null,
  model text not null,
  provider text,
  deployment text,
  client text not null,
  calls bigint not null,
  failed_calls bigint not null,
  estimated_calls bigint not null,
  estimated_nano bigint not null,
  input_tokens bigint not null,
  output_tokens bigint not null,
  cache_write_tokens bigint not null,
  cache_read_tokens bigint not null,
  cost_nano bigint not null,
  latency_ms bigint not null
);
-- One row a combination, also where parts of it are null.
create unique index daily_sums_by_all on daily_sums (
  day, key_id, account_id, scope, owner_id, owner_name, level, protocol, model, client, coalesce(workspace_id, ''),
  coalesce(workspace_name, ''), coalesce(template_name, ''), coalesce(provider, ''), coalesce(deployment, '')
);
create index daily_sums_by_owner on daily_sums (owner_id, day);

-- All that was ever spent, whether as single calls or as sums. What reports and checks add up.
create view spend_lines as
select (finished_at at time zone 'UTC')::date as day, key_id, account_id, scope, owner_id, owner_name, workspace_id,
  workspace_name, template_name, level, protocol, model, provider, deployment, client, 1::bigint as calls,
  (status >= 400)::integer::bigint as failed_calls, estimated::integer::bigint as estimated_calls,
  case when estimated then cost_nano else 0 end as estimated_nano, input_tokens, output_tokens, cache_write_tokens,
  cache_read_tokens, cost_nano, latency_ms::bigint as latency_ms
from calls
union all
select day, key_id, account_id, scope, owner_id, owner_name, workspace_id, workspace_name, template_name, level, protocol,
  model, provider, deployment, client, calls, failed_calls, estimated_calls, estimated_nano, input_tokens, output_tokens,
  cache_write_tokens, cache_read_tokens, cost_nano, latency_ms
from daily_sums;

-- Turns the oldest calls from before a day of UTC into sums, at most so many, and says how many. One process at a time:
-- null when another one is at it.
create function roll_up_calls(before date, most integer) returns integer language plpgsql as $$
declare
  rolled integer;
begin
  if not pg_try_advisory_xact_lock(4710815002) then
    return null;
  end if;
  with old as (
    select c.request_id from calls c
    where c.finished_at < before::timestamp at time zone 'UTC'
    order by c.finished_at limit most
    for update skip locked
  ), gone as (
    delete from calls c using old where c.request_id = old.request_id returning c.*
  ), summed as (
    insert into daily_sums as s
    select (g.finished_at at time zone 'UTC')::date, g.key_id, g.account_id, g.scope, g.owner_id, g.owner_name,
      g.workspace_id, g.workspace_name, g.template_name, g.level, g.protocol, g.model, g.provider, g.deployment, g.client,
      count(*), count(*) filter (where g.status >= 400), count(*) filter (where g.estimated),
      coalesce(sum(g.cost_nano) filter (where g.estimated), 0), sum(g.input_tokens), sum(g.output_tokens),
      sum(g.cache_write_tokens), sum(g.cache_read_tokens), sum(g.cost_nano), sum(g.latency_ms)
    from gone g
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    on conflict (
      day, key_id, account_id, scope, owner_id, owner_name, level, protocol, model, client, coalesce(workspace_id, ''),
      coalesce(workspace_name, ''), coalesce(template_name, ''), coalesce(provider, ''), coalesce(deployment, '')
    ) do update set
      calls = s.calls + excluded.calls, failed_calls = s.failed_calls + excluded.failed_calls,
      estimated_calls = s.estimated_calls + excluded.estimated_calls,
      estimated_nano = s.estimated_nano + excluded.estimated_nano, input_tokens = s.input_tokens + excluded.input_tokens,
      output_tokens = s.output_tokens + excluded.output_tokens,
      cache_write_tokens = s.cache_write_tokens + excluded.cache_write_tokens,
      cache_read_tokens = s.cache_read_tokens + excluded.cache_read_tokens,
      cost_nano = s.cost_nano + excluded.cost_nano, latency_ms = s.latency_ms + excluded.latency_ms
  )
  select count(*)::integer into rolled from gone;
  return rolled;
end $$;
