-- Daily sums tell apart the clients that the gateway knows, and no others: a caller names itself as it likes, and each
-- name would be a row of its own for ever. Sums there are already stay as they are.

drop function roll_up_calls(date, timestamptz, timestamptz, integer);

-- Turns calls of one day into sums, the oldest first and at most so many, and says how many. One process at a time:
-- null when another one is at it. Clients that are not among the known ones are summed as "other".
create function roll_up_calls(
  of_day date, day_start timestamptz, day_end timestamptz, most integer, known_clients text[]
) returns integer language plpgsql as $$
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
    delete from calls c using old where c.request_id = old.request_id
    returning c.*, case when c.client = any (known_clients) then c.client else 'other' end as known_client
  ), summed as (
    insert into daily_sums as s (
      day, starts_at, key_id, account_id, account_ids, scope, owner_id, owner_name, workspace_id, workspace_name,
      template_name, level, protocol, model, provider, deployment, client, calls, failed_calls, estimated_calls,
      estimated_nano, input_tokens, output_tokens, cache_write_tokens, cache_read_tokens, cost_nano, latency_ms
    )
    select of_day, day_start, g.key_id, g.account_id, g.account_ids, g.scope, g.owner_id, g.owner_name, g.workspace_id,
      g.workspace_name, g.template_name, g.level, g.protocol, g.model, g.provider, g.deployment, g.known_client, count(*),
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
