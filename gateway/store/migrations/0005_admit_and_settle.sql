-- The two halves of a call's account, each for many calls at once. Both lock the accounts they touch in the order of
-- their ids before anything else, so that no two of them can wait for each other.

-- Decides call by call, in the order given: each sees what those before it took.
--
-- A call has entries, one for each account it is charged to, its key's first: `last_entries[i]` is the index of its
-- last one. Entries name accounts by their place in `account_list`, and the terms that hold there; null is no limit.
-- A refusal takes nothing from any account. It is told with the entry (counted from 1 in the call) that caused it, and
-- in this order: what no waiting mends first, so that nobody waits for nothing.
create function admit_calls(
  my_process bigint,
  account_list bigint[],
  entry_accounts integer[],
  entry_windows timestamptz[],
  entry_budgets bigint[],
  entry_requests bigint[],
  entry_tokens bigint[],
  entry_parallel bigint[],
  last_entries integer[],
  request_ids uuid[],
  account_sets text[],
  input_costs bigint[],
  token_costs bigint[],
  most_tokens bigint[],
  fewest_tokens bigint[],
  details jsonb
) returns table (
  refusal text,
  entry integer,
  tokens bigint,
  spent bigint,
  reserved bigint,
  budget bigint,
  request_limit bigint,
  requests_left bigint,
  requests_reset_ms integer,
  token_limit bigint,
  tokens_left bigint,
  tokens_reset_ms integer
) language plpgsql as $$
#variable_conflict use_variable
declare
  refusals constant text[] := array['closed', 'budget', 'parallel', 'requests', 'tokens', 'budget'];
  one_minute constant interval := interval '1 minute';
  moment timestamptz;
  held_windows timestamptz[];
  held_spent bigint[];
  held_reserved bigint[];
  held_open integer[];
  held_minutes timestamptz[];
  held_requests integer[];
  held_tokens bigint[];
  held_raised bigint[];
  held_closed boolean[];
  is_touched boolean[];
  granted integer[] := '{}';
  granted_amounts bigint[] := '{}';
  first_entry integer := 1;
  last_entry integer;
  a integer;
  rank integer;
  worst integer;
  fitting bigint;
  least_cost bigint;
  room bigint;
  amount bigint;
  ends timestamptz;
begin
  -- Held until the end: who declares this process dead waits, and books what is reserved here.
  perform from gateway_processes p where p.id = my_process and p.dead_at is null for key share;
  if not found then
    raise exception 'gateway process % was declared dead', my_process using errcode = 'GW001';
  end if;

  with locked as materialized (
    select * from accounts x where x.id = any (account_list) order by x.id for update
  )
  select array_agg(x.window_start order by n), array_agg(x.spent_nano order by n), array_agg(x.reserved_nano order by n),
    array_agg(x.open_calls order by n), array_agg(x.minute_start order by n), array_agg(x.minute_requests order by n),
    array_agg(x.minute_tokens order by n),
    array_agg(case when x.raised_until > clock_timestamp() then x.raised_nano else 0 end order by n),
    array_agg(x.closed_at is not null order by n), array_agg(false order by n)
  into held_windows, held_spent, held_reserved, held_open, held_minutes, held_requests, held_tokens, held_raised,
    held_closed, is_touched
  from unnest(account_list) with ordinality as listed (id, n) left join locked x on x.id = listed.id;

  -- Only now: waiting for the locks may have taken a while.
  moment := clock_timestamp();
  for a in 1 .. cardinality(account_list) loop
    if held_spent[a] is null then
      raise exception 'account % is missing', account_list[a];
    end if;
    if held_minutes[a] + one_minute <= moment then
      held_minutes[a] := null;
      held_requests[a] := 0;
      held_tokens[a] := 0;
    end if;
  end loop;

  for i in 1 .. cardinality(request_ids) loop
    last_entry := last_entries[i];
    worst := null;
    entry := null;
    fitting := most_tokens[i];
    least_cost := input_costs[i] + fewest_tokens[i] * token_costs[i];
    for e in first_entry .. last_entry loop
      a := entry_accounts[e];
      if held_windows[a] < entry_windows[e] then
        held_windows[a] := entry_windows[e];
        held_spent[a] := 0;
      end if;
      room := entry_budgets[e] + held_raised[a] - held_spent[a];
      rank := case
        when held_closed[a] then 1
        when least_cost > room then 2
        when held_open[a] >= entry_parallel[e] then 3
        when held_requests[a] >= entry_requests[e] then 4
        when held_tokens[a] >= entry_tokens[e] then 5
        when least_cost > room - held_reserved[a] then 6
      end;
      if rank is null then
        if token_costs[i] > 0 then
          fitting := least(fitting, (room - held_reserved[a] - input_costs[i]) / token_costs[i]);
        end if;
      elsif worst is null or rank < worst then
        worst := rank;
        entry := e - first_entry + 1;
      end if;
    end loop;

    refusal := refusals[worst];
    tokens := fitting;
    spent := null;
    reserved := null;
    budget := null;
    if worst is null then
      amount := input_costs[i] + fitting * token_costs[i];
      granted := granted || i;
      granted_amounts := granted_amounts || amount;
      for e in first_entry .. last_entry loop
        a := entry_accounts[e];
        is_touched[a] := true;
        held_reserved[a] := held_reserved[a] + amount;
        held_open[a] := held_open[a] + 1;
        held_minutes[a] := coalesce(held_minutes[a], moment);
        held_requests[a] := held_requests[a] + 1;
      end loop;
    else
      a := entry_accounts[first_entry + entry - 1];
      spent := held_spent[a];
      reserved := held_reserved[a];
      budget := entry_budgets[first_entry + entry - 1] + held_raised[a];
    end if;

    request_limit := null;
    token_limit := null;
    for e in first_entry .. last_entry loop
      a := entry_accounts[e];
      ends := coalesce(held_minutes[a], moment) + one_minute;
      if entry_requests[e] is not null and (request_limit is null or entry_requests[e] - held_requests[a] < requests_left)
      then
        request_limit := entry_requests[e];
        requests_left := greatest(0, entry_requests[e] - held_requests[a]);
        requests_reset_ms := ceil(extract(epoch from ends - moment) * 1000);
      end if;
      if entry_tokens[e] is not null and (token_limit is null or entry_tokens[e] - held_tokens[a] < tokens_left) then
        token_limit := entry_tokens[e];
        tokens_left := greatest(0, entry_tokens[e] - held_tokens[a]);
        tokens_reset_ms := ceil(extract(epoch from ends - moment) * 1000);
      end if;
    end loop;
    return next;
    first_entry := last_entry + 1;
  end loop;

  if granted = '{}' then
    return;
  end if;
  insert into reservations (request_id, process_id, account_ids, amount_nano, made_at, call)
  select request_ids[g.i], my_process, account_sets[g.i]::bigint[], g.amount, moment, details -> (g.i - 1)
  from unnest(granted, granted_amounts) as g (i, amount);
  update accounts x
  set window_start = h.window_start, spent_nano = h.spent, reserved_nano = h.reserved, open_calls = h.open_calls,
    minute_start = h.minute_start, minute_requests = h.requests, minute_tokens = h.tokens
  from unnest(account_list, held_windows, held_spent, held_reserved, held_open, held_minutes, held_requests, held_tokens,
    is_touched) as h (id, window_start, spent, reserved, open_calls, minute_start, requests, tokens, is_touched)
  where x.id = h.id and h.is_touched;
end $$;

-- Books calls that are over and gives their reservations back. Each entry is a row of `calls`, with the window that
-- holds at each of its accounts now and with `overdrawn` where it cost more than was set aside for it.
--
-- May be repeated: what is booked already stays as it is, but for an estimate, which gives way to what is known.
-- `account_list` has every account that one of them is charged to.
create function settle_calls(account_list bigint[], entries json) returns void language plpgsql as $$
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
      finished_at = excluded.finished_at, account_windows = null, provider = excluded.provider,
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
