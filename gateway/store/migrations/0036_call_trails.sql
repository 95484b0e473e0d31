-- What a call went through: how long it waited for what, the deployments that were asked, the price it was booked at.
-- Written with its row, so that it costs no question of its own; as text, since what is only shown must never be a reason
-- to refuse a booking. Null: of a gateway process of the version before, which may be running still and goes on with
-- the functions it knows, or of a call that a dead process left behind.

alter table calls add column trail text;

-- Why nobody is to be told for that time. Null: nobody said.
alter table alert_silences add column reason text;

-- As before, with the trail.

-- Books calls that are over and gives their reservations back: `list[i]` is of the i-th call, but for `account_list`,
-- which has every account that one of them is charged to. Accounts and windows (the one that holds at each of its
-- accounts now) are array literals; `overdrawn` is a call that cost more than was set aside for it.
--
-- May be repeated: what is booked already stays as it is, but for an estimate, which gives way to what is known and
-- keeps the windows it was booked in.
--
-- Plans are made when the first calls come, and kept: with hardly a row in the tables, reading all of them would look
-- best, and be so no more an hour later.
create function settle_calls(
  account_list bigint[],
  request_ids uuid[],
  account_sets text[],
  window_sets text[],
  overdrawn_list boolean[],
  key_ids bigint[],
  scopes text[],
  owner_ids text[],
  owner_names text[],
  workspace_ids text[],
  workspace_names text[],
  template_names text[],
  levels text[],
  protocols text[],
  models text[],
  models_asked text[],
  providers text[],
  deployments text[],
  attempts_list integer[],
  streamed_list boolean[],
  input_list bigint[],
  output_list bigint[],
  cache_write_list bigint[],
  cache_read_list bigint[],
  costs bigint[],
  estimated_list boolean[],
  latencies integer[],
  first_tokens integer[],
  statuses integer[],
  error_types text[],
  clients text[],
  sessions text[],
  trails text[]
) returns void language plpgsql
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
declare
  moment timestamptz;
begin
  perform x.id from accounts x where x.id = any (account_list) order by x.id for update;
  moment := clock_timestamp();

  with given as materialized (
    select g.request_id, g.account_set::bigint[] as account_ids, g.window_set::timestamptz[] as windows, g.overdrawn,
      g.key_id, g.scope, g.owner_id, g.owner_name, g.workspace_id, g.workspace_name, g.template_name, g.level, g.protocol,
      g.model, g.model_asked, g.provider, g.deployment, g.attempts, g.streamed, g.input_tokens, g.output_tokens,
      g.cache_write_tokens, g.cache_read_tokens, g.cost_nano, g.estimated, g.latency_ms, g.first_token_ms, g.status,
      g.error_type, g.client, g.session, g.trail
    from unnest(
      request_ids, account_sets, window_sets, overdrawn_list, key_ids, scopes, owner_ids, owner_names, workspace_ids,
      workspace_names, template_names, levels, protocols, models, models_asked, providers, deployments, attempts_list,
      streamed_list, input_list, output_list, cache_write_list, cache_read_list, costs, estimated_list, latencies,
      first_tokens, statuses, error_types, clients, sessions, trails
    ) as g (
      request_id, account_set, window_set, overdrawn, key_id, scope, owner_id, owner_name, workspace_id, workspace_name,
      template_name, level, protocol, model, model_asked, provider, deployment, attempts, streamed, input_tokens,
      output_tokens, cache_write_tokens, cache_read_tokens, cost_nano, estimated, latency_ms, first_token_ms, status,
      error_type, client, session, trail
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
      first_token_ms, status, error_type, client, session, trail
    )
    select request_id, moment, key_id, account_ids[1], account_ids, case when estimated then windows end, scope,
      owner_id, owner_name, workspace_id, workspace_name, template_name, level, protocol, model, model_asked, provider,
      deployment, attempts, streamed, input_tokens, output_tokens, cache_write_tokens, cache_read_tokens, cost_nano,
      estimated, latency_ms, first_token_ms, status, error_type, client, session, trail
    from fresh
    on conflict (request_id) do update set
      finished_at = excluded.finished_at, provider = excluded.provider,
      deployment = excluded.deployment, attempts = excluded.attempts, input_tokens = excluded.input_tokens,
      output_tokens = excluded.output_tokens, cache_write_tokens = excluded.cache_write_tokens,
      cache_read_tokens = excluded.cache_read_tokens, cost_nano = excluded.cost_nano, estimated = false,
      latency_ms = excluded.latency_ms, first_token_ms = excluded.first_token_ms, status = excluded.status,
      error_type = excluded.error_type, trail = excluded.trail
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

-- Accounts are locked for both before either, in the order of their ids, since each half by itself would take its own
-- in that order and could wait for one that already waits for it.
create function settle_and_admit(
  settled_account_list bigint[], request_ids uuid[], account_sets text[], window_sets text[],
  overdrawn_list boolean[], key_ids bigint[], scopes text[], owner_ids text[], owner_names text[],
  workspace_ids text[], workspace_names text[], template_names text[], levels text[], protocols text[],
  models text[], models_asked text[], providers text[], deployments text[], attempts_list integer[],
  streamed_list boolean[], input_list bigint[], output_list bigint[], cache_write_list bigint[],
  cache_read_list bigint[], costs bigint[], estimated_list boolean[], latencies integer[], first_tokens integer[],
  statuses integer[], error_types text[], clients text[], sessions text[], trails text[],
  my_process bigint, admitted_accounts bigint[], entry_accounts integer[], entry_windows timestamptz[],
  entry_budgets bigint[], entry_requests bigint[], entry_tokens bigint[], entry_parallel bigint[],
  last_entries integer[], admitted_ids uuid[], admitted_sets text[], input_costs bigint[], token_costs bigint[],
  most_tokens bigint[], fewest_tokens bigint[], details jsonb
) returns table (
  refusal text, entry integer, tokens bigint, spent bigint, reserved bigint, budget bigint, request_limit bigint,
  requests_left bigint, requests_reset_ms integer, token_limit bigint, tokens_left bigint, tokens_reset_ms integer
) language plpgsql
set plan_cache_mode = force_generic_plan
as $$
begin
  perform x.id from accounts x where x.id = any (settled_account_list || admitted_accounts) order by x.id for update;
  perform settle_calls(
    settled_account_list, request_ids, account_sets, window_sets, overdrawn_list, key_ids, scopes, owner_ids,
    owner_names, workspace_ids, workspace_names, template_names, levels, protocols, models, models_asked, providers,
    deployments, attempts_list, streamed_list, input_list, output_list, cache_write_list, cache_read_list, costs,
    estimated_list, latencies, first_tokens, statuses, error_types, clients, sessions, trails
  );
  return query select * from admit_calls(
    my_process, admitted_accounts, entry_accounts, entry_windows, entry_budgets, entry_requests, entry_tokens,
    entry_parallel, last_entries, admitted_ids, admitted_sets, input_costs, token_costs, most_tokens, fewest_tokens,
    details
  );
end $$;
