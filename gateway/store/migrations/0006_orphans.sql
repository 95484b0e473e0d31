-- Calls whose gateway process is gone. Exactly one of several sweepers gets a dead process, and a reservation that is
-- taken away by a settlement meanwhile is not there to be booked.

-- Books up to `most` calls of one dead process at their full reservation. Returns no row when nobody is dead, or when
-- another sweeper is at it.
create function sweep_dead_process(deadline interval, most integer)
returns table (process bigint, booked integer, amount bigint, is_done boolean) language plpgsql as $$
#variable_conflict use_column
declare
  dead gateway_processes;
  taken uuid[];
  moment timestamptz;
begin
  select * into dead from gateway_processes p
  where p.dead_at is not null or p.heartbeat_at < clock_timestamp() - deadline
  order by p.id limit 1 for update skip locked;
  if not found then
    return;
  end if;
  update gateway_processes p set dead_at = coalesce(p.dead_at, clock_timestamp()) where p.id = dead.id;
  taken := array(
    select r.request_id from reservations r where r.process_id = dead.id order by r.request_id limit most
  );
  perform x.id from accounts x
  where x.id in (select unnest(r.account_ids) from reservations r where r.request_id = any (taken))
  order by x.id for update;
  moment := clock_timestamp();

  return query
  with gone as (
    delete from reservations r where r.request_id = any (taken)
    returning r.request_id, r.account_ids, r.amount_nano, r.made_at, r.call
  ), written as (
    insert into calls (
      request_id, finished_at, key_id, account_id, account_ids, account_windows, scope, owner_id, owner_name,
      workspace_id, workspace_name, template_name, level, protocol, model, model_asked, attempts, streamed, input_tokens,
      output_tokens, cache_write_tokens, cache_read_tokens, cost_nano, estimated, latency_ms, status, error_type, client
    )
    select g.request_id, moment, c.key_id, g.account_ids[1], g.account_ids,
      array(
        select x.window_start from unnest(g.account_ids) with ordinality as u (id, n) join accounts x on x.id = u.id
        order by u.n
      ),
      c.scope, c.owner_id, c.owner_name, c.workspace_id, c.workspace_name, c.template_name, c.level, c.protocol, c.model,
      c.model_asked, 1, c.streamed, 0, 0, 0, 0, g.amount_nano, true,
      least(2147483647, greatest(0, extract(epoch from dead.heartbeat_at - g.made_at) * 1000))::integer,
      500, 'gateway_died', c.client
    from gone g
      cross join lateral jsonb_to_record(g.call) as c (
        key_id bigint, scope text, owner_id text, owner_name text, workspace_id text, workspace_name text,
        template_name text, level text, protocol text, model text, model_asked text, streamed boolean, client text
      )
    on conflict do nothing
    returning request_id
  ), changes as (
    select u.account_id, sum(g.amount_nano)::bigint as released, count(*)::integer as ended,
      coalesce(sum(g.amount_nano) filter (where w.request_id is not null), 0)::bigint as cost
    from gone g left join written w on w.request_id = g.request_id
      cross join lateral unnest(g.account_ids) as u (account_id)
    group by u.account_id
  ), charged as (
    update accounts x
    set spent_nano = x.spent_nano + c.cost, reserved_nano = x.reserved_nano - c.released,
      open_calls = x.open_calls - c.ended
    from changes c where x.id = c.account_id
  )
  select dead.id, count(*)::integer, coalesce(sum(g.amount_nano), 0)::bigint, cardinality(taken) < most from gone g;

  if cardinality(taken) < most then
    delete from gateway_processes p where p.id = dead.id;
  end if;
end $$;

-- Gives back what this process reserved without getting to know it: the answer was lost, the call was refused, and
-- nothing can have been billed. Old enough not to be one whose answer is still on its way.
create function release_strays(my_process bigint, age interval, held uuid[])
returns integer language plpgsql as $$
declare
  stray uuid[];
  found_many integer;
begin
  stray := array(
    select r.request_id from reservations r
    where r.process_id = my_process and r.made_at < clock_timestamp() - age and r.request_id <> all (held)
  );
  if stray = '{}' then
    return 0;
  end if;
  perform x.id from accounts x
  where x.id in (select unnest(r.account_ids) from reservations r where r.request_id = any (stray))
  order by x.id for update;
  with gone as (
    delete from reservations r where r.request_id = any (stray) returning r.request_id, r.account_ids, r.amount_nano
  ), changes as (
    select u.account_id, sum(g.amount_nano)::bigint as released, count(*)::integer as ended
    from gone g cross join lateral unnest(g.account_ids) as u (account_id)
    group by u.account_id
  ), given_back as (
    update accounts x set reserved_nano = x.reserved_nano - c.released, open_calls = x.open_calls - c.ended
    from changes c where x.id = c.account_id
  )
  select count(*)::integer into found_many from gone;
  return found_many;
end $$;
