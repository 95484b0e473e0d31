-- A call that was booked as an estimate keeps the windows of that booking when its exact cost takes the estimate's place:
-- what it is charged to is those windows, whenever the exact cost came. So that every account can be added up again.

-- Books calls that are over and gives their reservations back. Each entry is a row of `calls`, with the window that
-- holds at each of its accounts now and with `overdrawn` where it cost more than was set aside for it.
--
-- May be repeated: what is booked already stays as it is, but for an estimate, which gives way to what is known.
-- `account_list` has every account that one of them is charged to.
create or replace function settle_calls(account_list bigint[], entries json) returns void language plpgsql as $$
declare
  moment timestamptz;
begin
  perform x.id from accounts x where x.id = any (account_list) order by x.id for update;
  moment := clock_timestamp();

  with given as materialized (
    select * from json_to_recordset(entries) as g (
      request_id uuid, account_ids bigint[], windows timestamptz[], overdrawn boolean, key_id bigint, scope text,
      owner_id text, owner_name text, workspace_id text, workspace_name text, template_name text, level text,
      protocol text, model text, model_asked text, provider text, deployment text, attempts integer, streamed boolean,
      input_tokens bigint, output_tokens bigint, cache_write_tokens bigint, cache_read_tokens bigint, cost_nano bigint,
      estimated boolean, latency_ms integer, first_token_ms integer, status integer, error_type text, client text
    )
  ), fresh as materialized (
    select g.*, c.cost_nano as estimate, c.account_windows as estimate_windows
    from given g left join calls c on c.request_id = g.request_id
    where c.request_id is null or (c.estimated and not g.estimated)
  ), released as (
    delete from reservations r using given g where r.request_id = g.request_id
    returning r.account_ids, r.amount_nano
  ), written as (
    insert into calls as c (
      request_id, finished_at, key_id, account_id, account_ids, account_windows, scope, owner_id, owner_name,
      workspace_id, workspace_name, template_name, level, protocol, model, model_asked, provider, deployment, attempts,
      streamed, input_tokens, output_tokens, cache_write_tokens, cache_read_tokens, cost_nano, estimated, latency_ms,
      first_token_ms, status, error_type, client
    )
    select request_id, moment, key_id, account_ids[1], account_ids, case when estimated then windows end, scope,
      owner_id, owner_name, workspace_id, workspace_name, template_name, level, protocol, model, model_asked, provider,
      deployment, attempts, streamed, input_tokens, output_tokens, cache_write_tokens, cache_read_tokens, cost_nano,
      estimated, latency_ms, first_token_ms, status, error_type, client
    from fresh
    on conflict (request_id) do update set
      finished_at = excluded.finished_at, provider = excluded.provider,
      deployment = excluded.deployment, attempts = excluded.attempts, input_tokens = excluded.input_tokens,
      output_tokens = excluded.output_tokens, cache_write_tokens = excluded.cache_write_tokens,
      cache_read_tokens = excluded.cache_read_tokens, cost_nano = excluded.cost_nano, estimated = false,
      latency_ms = excluded.latency_ms, first_token_ms = excluded.first_token_ms, status = excluded.status,
      error_type = excluded.error_type
    where c.estimated
  ), parts as (
    select u.account_id, u.window_start, u.estimate_window, f.cost_nano, f.estimate,
      case when f.estimated then 0 else f.input_tokens + f.output_tokens end as tokens,
      f.overdrawn and u.n = 1 as overdrawn, 0::bigint as released, 0 as ended
    from fresh f
      cross join lateral unnest(f.account_ids, f.windows, f.estimate_windows)
        with ordinality as u (account_id, window_start, estimate_window, n)
    union all
    select u.account_id, null, null, 0, null, 0, false, r.amount_nano, 1
    from released r cross join lateral unnest(r.account_ids) as u (account_id)
  ), changes as (
    select p.account_id, max(p.window_start) as window_start, sum(p.tokens)::bigint as tokens,
      coalesce(sum(p.cost_nano) filter (where p.estimate is null), 0)::bigint as cost,
      -- An estimate in a window that has ended since stays there; the new window has nothing of it.
      coalesce(sum(p.cost_nano - p.estimate) filter (where p.estimate_window = x.window_start), 0)::bigint as correction,
      sum(p.released)::bigint as released, sum(p.ended)::integer as ended, bool_or(p.overdrawn) as overdrawn
    from parts p join accounts x on x.id = p.account_id
    group by p.account_id
  )
  update accounts x
  set spent_nano = case
        when x.window_start < c.window_start then c.cost
        else greatest(0, x.spent_nano + c.cost + c.correction)
      end,
      window_start = greatest(x.window_start, c.window_start),
      reserved_nano = x.reserved_nano - c.released,
      open_calls = x.open_calls - c.ended,
      minute_tokens = case when x.minute_start + interval '1 minute' <= moment then 0 else x.minute_tokens end + c.tokens,
      minute_requests = case when x.minute_start + interval '1 minute' <= moment then 0 else x.minute_requests end,
      minute_start = case when x.minute_start + interval '1 minute' <= moment then moment else x.minute_start end,
      closed_at = case when c.overdrawn then coalesce(x.closed_at, moment) else x.closed_at end,
      closed_because = case when c.overdrawn then coalesce(x.closed_because, 'usage_above_reservation')
                            else x.closed_because end
  from changes c
  where x.id = c.account_id;
end $$;
