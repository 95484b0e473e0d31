-- Days of sums and reports begin when budget windows do: at midnight of the policy's time zone. The gateway says when
-- that is, so that nobody's table of time zones but its own decides.

drop view spend_lines;
drop function roll_up_calls(date, integer);

alter table daily_sums
  -- When the day began: a policy may change its time zone, and days that are summed already stay what they were.
  add column starts_at timestamptz,
  -- Every account the calls were charged to. Null for sums that were made before this was kept.
  add column account_ids bigint[];
update daily_sums set starts_at = day::timestamp at time zone 'UTC';
alter table daily_sums alter column starts_at set not null;

drop index daily_sums_by_all;
create unique index daily_sums_by_all on daily_sums (
  day, starts_at, key_id, account_id, coalesce(account_ids, '{}'), scope, owner_id, owner_name, level, protocol, model,
  client, coalesce(workspace_id, ''), coalesce(workspace_name, ''), coalesce(template_name, ''), coalesce(provider, ''),
  coalesce(deployment, '')
);

-- All that was ever spent, whether as single calls or as sums. What reports and checks add up. `summed_day` is null for
-- a single call: which day `at` belongs to is for the one who asks to say.
create view spend_lines as
select finished_at as at, null::date as summed_day, key_id, account_id, account_ids, scope, owner_id, owner_name,
  workspace_id, workspace_name, template_name, level, protocol, model, provider, deployment, client, 1::bigint as calls,
  (status >= 400)::integer::bigint as failed_calls, estimated::integer::bigint as estimated_calls,
  case when estimated then cost_nano else 0 end as estimated_nano, input_tokens, output_tokens, cache_write_tokens,
  cache_read_tokens, cost_nano, latency_ms::bigint as latency_ms
from calls
union all
select starts_at, day, key_id, account_id, account_ids, scope, owner_id, owner_name, workspace_id, workspace_name,
  template_name, level, protocol, model, provider, deployment, client, calls, failed_calls, estimated_calls,
  estimated_nano, input_tokens, output_tokens, cache_write_tokens, cache_read_tokens, cost_nano, latency_ms
from daily_sums;

-- Turns calls of one day into sums, the oldest first and at most so many, and says how many. One process at a time:
-- null when another one is at it.
create function roll_up_calls(of_day date, day_start timestamptz, day_end timestamptz, most integer) returns integer
language plpgsql as $$
declare
  rolled integer;
begin
  if not pg_try_advisory_xact_lock(4710815002) then
    return null;
  end if;
  with old as (
    select c.request_id from calls c
    where c.finished_at >= day_start and c.finished_at < day_end
    order by c.finished_at limit most
    for update skip locked
  ), gone as (
    delete from calls c using old where c.request_id = old.request_id returning c.*
  ), summed as (
    insert into daily_sums as s (
      day, starts_at, key_id, account_id, account_ids, scope, owner_id, owner_name, workspace_id, workspace_name,
      template_name, level, protocol, model, provider, deployment, client, calls, failed_calls, estimated_calls,
      estimated_nano, input_tokens, output_tokens, cache_write_tokens, cache_read_tokens, cost_nano, latency_ms
    )
    select of_day, day_start, g.key_id, g.account_id, g.account_ids, g.scope, g.owner_id, g.owner_name, g.workspace_id,
      g.workspace_name, g.template_name, g.level, g.protocol, g.model, g.provider, g.deployment, g.client, count(*),
      count(*) filter (where g.status >= 400), count(*) filter (where g.estimated),
      coalesce(sum(g.cost_nano) filter (where g.estimated), 0), sum(g.input_tokens), sum(g.output_tokens),
      sum(g.cache_write_tokens), sum(g.cache_read_tokens), sum(g.cost_nano), sum(g.latency_ms)
    from gone g
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17
    on conflict (
      day, starts_at, key_id, account_id, coalesce(account_ids, '{}'), scope, owner_id, owner_name, level, protocol,
      model, client, coalesce(workspace_id, ''), coalesce(workspace_name, ''), coalesce(template_name, ''),
      coalesce(provider, ''), coalesce(deployment, '')
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
