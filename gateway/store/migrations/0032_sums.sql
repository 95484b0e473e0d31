-- Sums that follow the calls, so that pages over months read few rows. Calls are told from one another by when they ended:
-- those up to `followed_until` are in the sums, later ones are not, and whoever wants all adds the latter as rows.
-- People and workspaces are not named here: a key leads to them.

create table sums_state (
  is_only boolean primary key default true check (is_only),
  followed_until timestamptz not null default '-infinity',
  -- Calls that were daily sums before these began to follow: up to which day those are added; for ever, once all are.
  daily_sums_through date not null default '-infinity'
);
insert into sums_state default values;

-- Calls whose place in time another one has taken: the exact cost of what was booked as an estimate ends later than the
-- estimate did. What of it is in the sums is taken out again.
create table replaced_calls (
  id bigint generated always as identity primary key,
  finished_at timestamptz not null,
  key_id bigint not null,
  scope text not null,
  template_name text,
  model text not null,
  provider text,
  deployment text,
  client text not null,
  status integer not null,
  error_type text,
  estimated boolean not null,
  input_tokens bigint not null,
  output_tokens bigint not null,
  cache_write_tokens bigint not null,
  cache_read_tokens bigint not null,
  cost_nano bigint not null,
  latency_ms integer not null,
  first_token_ms integer
);

create function keep_replaced_call() returns trigger language plpgsql as $$
begin
  insert into replaced_calls (
    finished_at, key_id, scope, template_name, model, provider, deployment, client, status, error_type, estimated,
    input_tokens, output_tokens, cache_write_tokens, cache_read_tokens, cost_nano, latency_ms, first_token_ms
  ) values (
    old.finished_at, old.key_id, old.scope, old.template_name, old.model, old.provider, old.deployment, old.client,
    old.status, old.error_type, old.estimated, old.input_tokens, old.output_tokens, old.cache_write_tokens,
    old.cache_read_tokens, old.cost_nano, old.latency_ms, old.first_token_ms
  );
  return null;
end $$;
create trigger calls_replaced after update on calls for each row
  when (old.finished_at is distinct from new.finished_at) execute function keep_replaced_call();

-- Which stretches of time were counted to which day: where a policy changes its time zone, days that are summed stay.
create table followed_days (
  day date not null,
  starts_at timestamptz not null,
  since timestamptz not null,
  through timestamptz not null,
  primary key (since)
);

-- By hour for charts: fewer kinds of calls are told apart there. Empty where a call has none of it. The status is 0 in what was made of daily sums, which do not say it.
create table sums_by_hour (
  hour timestamptz not null,
  template_name text not null,
  model text not null,
  deployment text not null,
  error_type text not null,
  calls bigint not null,
  failed_calls bigint not null,
  estimated_calls bigint not null,
  estimated_nano bigint not null,
  input_tokens bigint not null,
  output_tokens bigint not null,
  cache_write_tokens bigint not null,
  cache_read_tokens bigint not null,
  cost_nano bigint not null,
  latency_ms bigint not null,
  primary key (hour, template_name, model, deployment, error_type)
);
create table sums_by_day (
  day date not null,
  starts_at timestamptz not null,
  scope text not null,
  template_name text not null,
  model text not null,
  provider text not null,
  deployment text not null,
  client text not null,
  status integer not null,
  error_type text not null,
  calls bigint not null,
  failed_calls bigint not null,
  estimated_calls bigint not null,
  estimated_nano bigint not null,
  input_tokens bigint not null,
  output_tokens bigint not null,
  cache_write_tokens bigint not null,
  cache_read_tokens bigint not null,
  cost_nano bigint not null,
  latency_ms bigint not null,
  primary key (day, starts_at, scope, template_name, model, provider, deployment, client, status, error_type)
);

-- The same of each key, for what is asked about one of them or its person.
create table key_sums_by_kind (
  key_id bigint not null,
  day date not null,
  starts_at timestamptz not null,
  template_name text not null,
  model text not null,
  provider text not null,
  deployment text not null,
  client text not null,
  status integer not null,
  error_type text not null,
  calls bigint not null,
  failed_calls bigint not null,
  estimated_calls bigint not null,
  estimated_nano bigint not null,
  input_tokens bigint not null,
  output_tokens bigint not null,
  cache_write_tokens bigint not null,
  cache_read_tokens bigint not null,
  cost_nano bigint not null,
  latency_ms bigint not null,
  primary key (key_id, day, starts_at, template_name, model, provider, deployment, client, status, error_type)
);

-- A row a key and day, for what is asked about all of them.
create table key_sums_by_day (
  day date not null,
  starts_at timestamptz not null,
  key_id bigint not null,
  template_name text not null,
  calls bigint not null,
  failed_calls bigint not null,
  estimated_calls bigint not null,
  estimated_nano bigint not null,
  input_tokens bigint not null,
  output_tokens bigint not null,
  cache_write_tokens bigint not null,
  cache_read_tokens bigint not null,
  cost_nano bigint not null,
  latency_ms bigint not null,
  last_at timestamptz not null,
  primary key (day, key_id, starts_at, template_name)
);

-- How many calls took how long: `bucket` is the first of the bounds that the time was not above, counted from 1.
create table durations_by_hour (
  hour timestamptz not null,
  measure text not null,
  model text not null,
  deployment text not null,
  bucket integer not null,
  calls bigint not null,
  primary key (hour, measure, model, deployment, bucket)
);
create table durations_by_day (
  day date not null,
  starts_at timestamptz not null,
  measure text not null,
  model text not null,
  deployment text not null,
  bucket integer not null,
  calls bigint not null,
  primary key (day, starts_at, measure, model, deployment, bucket)
);

-- Adds the calls that ended after the last one that is in the sums and before `until`, at most so many and all of one day,
-- and says up to where it came and how many there were. One process at a time: no row when another one is at it.
--
-- `until` is an instant before which nothing can end any more. What is counted and what was replaced is of one moment:
-- a replaced call that is not in the sums yet is not to be taken out of them, and is not among the calls any more.
create function follow_calls(
  of_day date, day_start timestamptz, until timestamptz, most integer, known_clients text[], bounds integer[]
) returns table (came_to timestamptz, followed bigint) language plpgsql as $$
declare
  after timestamptz;
  piece_end timestamptz;
  in_piece bigint;
begin
  if not pg_try_advisory_xact_lock(4710815003) then
    return;
  end if;
  select s.followed_until into after from sums_state s where s.daily_sums_through = 'infinity';
  if after is null or until <= after then
    return;
  end if;
  select max(p.finished_at), count(*) into piece_end, in_piece
  from (
    select c.finished_at from calls c where c.finished_at > after and c.finished_at < until
    order by c.finished_at limit most
  ) as p;
  if in_piece < most then
    piece_end := until - interval '1 microsecond';
  end if;

  with gone as (
    delete from replaced_calls returning *
  ), signed as (
    select 1::bigint as sign, of_day as day, day_start as starts_at,
      finished_at, key_id, scope, template_name, model, provider, deployment, client, status, error_type, estimated,
      input_tokens, output_tokens, cache_write_tokens, cache_read_tokens, cost_nano, latency_ms, first_token_ms
    from calls where finished_at > after and finished_at <= piece_end
    union all
    select -1, d.day, d.starts_at,
      g.finished_at, g.key_id, g.scope, g.template_name, g.model, g.provider, g.deployment, g.client, g.status,
      g.error_type, g.estimated, g.input_tokens, g.output_tokens, g.cache_write_tokens, g.cache_read_tokens,
      g.cost_nano, g.latency_ms, g.first_token_ms
    from gone g join followed_days d on g.finished_at > d.since and g.finished_at <= d.through
    where g.finished_at <= after
  ), lines as materialized (
    select day, starts_at, finished_at, key_id, scope,
      coalesce(template_name, '') as template_name, model, coalesce(provider, '') as provider,
      coalesce(deployment, '') as deployment,
      case when client = any (known_clients) then client else 'other' end as client, status,
      coalesce(error_type, '') as error_type, sign as calls, sign * (status >= 400)::integer as failed_calls,
      sign * estimated::integer as estimated_calls,
      case when estimated then sign * cost_nano else 0 end as estimated_nano,
      sign * input_tokens as input_tokens, sign * output_tokens as output_tokens,
      sign * cache_write_tokens as cache_write_tokens, sign * cache_read_tokens as cache_read_tokens,
      sign * cost_nano as cost_nano, sign * latency_ms as latency_ms, latency_ms as took, first_token_ms
    from signed
  ), by_hour as (
    insert into sums_by_hour as s (
      hour, template_name, model, deployment, error_type,
      calls, failed_calls, estimated_calls, estimated_nano, input_tokens, output_tokens, cache_write_tokens,
      cache_read_tokens, cost_nano, latency_ms
    )
    select date_trunc('hour', finished_at, 'UTC'), template_name, model, deployment, error_type,
      sum(calls), sum(failed_calls), sum(estimated_calls), sum(estimated_nano), sum(input_tokens),
      sum(output_tokens), sum(cache_write_tokens), sum(cache_read_tokens), sum(cost_nano), sum(latency_ms)
    from lines group by 1, 2, 3, 4, 5
    on conflict (hour, template_name, model, deployment, error_type) do update set
      calls = s.calls + excluded.calls, failed_calls = s.failed_calls + excluded.failed_calls,
      estimated_calls = s.estimated_calls + excluded.estimated_calls,
      estimated_nano = s.estimated_nano + excluded.estimated_nano,
      input_tokens = s.input_tokens + excluded.input_tokens,
      output_tokens = s.output_tokens + excluded.output_tokens,
      cache_write_tokens = s.cache_write_tokens + excluded.cache_write_tokens,
      cache_read_tokens = s.cache_read_tokens + excluded.cache_read_tokens,
      cost_nano = s.cost_nano + excluded.cost_nano, latency_ms = s.latency_ms + excluded.latency_ms
  ), by_day as (
    insert into sums_by_day as s (
      day, starts_at, scope, template_name, model, provider, deployment, client, status, error_type,
      calls, failed_calls, estimated_calls, estimated_nano, input_tokens, output_tokens, cache_write_tokens,
      cache_read_tokens, cost_nano, latency_ms
    )
    select day, starts_at, scope, template_name, model, provider, deployment, client, status, error_type,
      sum(calls), sum(failed_calls), sum(estimated_calls), sum(estimated_nano), sum(input_tokens),
      sum(output_tokens), sum(cache_write_tokens), sum(cache_read_tokens), sum(cost_nano), sum(latency_ms)
    from lines group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
    on conflict (day, starts_at, scope, template_name, model, provider, deployment, client, status,
      error_type) do update set
      calls = s.calls + excluded.calls, failed_calls = s.failed_calls + excluded.failed_calls,
      estimated_calls = s.estimated_calls + excluded.estimated_calls,
      estimated_nano = s.estimated_nano + excluded.estimated_nano,
      input_tokens = s.input_tokens + excluded.input_tokens,
      output_tokens = s.output_tokens + excluded.output_tokens,
      cache_write_tokens = s.cache_write_tokens + excluded.cache_write_tokens,
      cache_read_tokens = s.cache_read_tokens + excluded.cache_read_tokens,
      cost_nano = s.cost_nano + excluded.cost_nano, latency_ms = s.latency_ms + excluded.latency_ms
  ), by_kind as (
    insert into key_sums_by_kind as s (
      key_id, day, starts_at, template_name, model, provider, deployment, client, status, error_type,
      calls, failed_calls, estimated_calls, estimated_nano, input_tokens, output_tokens, cache_write_tokens,
      cache_read_tokens, cost_nano, latency_ms
    )
    select key_id, day, starts_at, template_name, model, provider, deployment, client, status, error_type,
      sum(calls), sum(failed_calls), sum(estimated_calls), sum(estimated_nano), sum(input_tokens),
      sum(output_tokens), sum(cache_write_tokens), sum(cache_read_tokens), sum(cost_nano), sum(latency_ms)
    from lines group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
    on conflict (key_id, day, starts_at, template_name, model, provider, deployment, client, status,
      error_type) do update set
      calls = s.calls + excluded.calls, failed_calls = s.failed_calls + excluded.failed_calls,
      estimated_calls = s.estimated_calls + excluded.estimated_calls,
      estimated_nano = s.estimated_nano + excluded.estimated_nano,
      input_tokens = s.input_tokens + excluded.input_tokens,
      output_tokens = s.output_tokens + excluded.output_tokens,
      cache_write_tokens = s.cache_write_tokens + excluded.cache_write_tokens,
      cache_read_tokens = s.cache_read_tokens + excluded.cache_read_tokens,
      cost_nano = s.cost_nano + excluded.cost_nano, latency_ms = s.latency_ms + excluded.latency_ms
  ), by_key as (
    insert into key_sums_by_day as s (
      day, key_id, starts_at, template_name,
      calls, failed_calls, estimated_calls, estimated_nano, input_tokens, output_tokens, cache_write_tokens,
      cache_read_tokens, cost_nano, latency_ms, last_at
    )
    select day, key_id, starts_at, template_name,
      sum(calls), sum(failed_calls), sum(estimated_calls), sum(estimated_nano), sum(input_tokens),
      sum(output_tokens), sum(cache_write_tokens), sum(cache_read_tokens), sum(cost_nano), sum(latency_ms),
      max(finished_at)
    from lines group by 1, 2, 3, 4
    on conflict (day, key_id, starts_at, template_name) do update set
      calls = s.calls + excluded.calls, failed_calls = s.failed_calls + excluded.failed_calls,
      estimated_calls = s.estimated_calls + excluded.estimated_calls,
      estimated_nano = s.estimated_nano + excluded.estimated_nano,
      input_tokens = s.input_tokens + excluded.input_tokens,
      output_tokens = s.output_tokens + excluded.output_tokens,
      cache_write_tokens = s.cache_write_tokens + excluded.cache_write_tokens,
      cache_read_tokens = s.cache_read_tokens + excluded.cache_read_tokens,
      cost_nano = s.cost_nano + excluded.cost_nano, latency_ms = s.latency_ms + excluded.latency_ms,
      last_at = greatest(s.last_at, excluded.last_at)
  ), times as (
    select day, starts_at, date_trunc('hour', finished_at, 'UTC') as hour, measure, model, deployment,
      width_bucket(ms, bounds) as bucket, sum(calls) as calls
    from lines cross join lateral (values ('latency', took), ('first_token', first_token_ms)) as m (measure, ms)
    where ms is not null and status < 400
    group by 1, 2, 3, 4, 5, 6, 7
  ), times_by_hour as (
    insert into durations_by_hour as s (hour, measure, model, deployment, bucket, calls)
    select hour, measure, model, deployment, bucket, sum(calls) from times group by 1, 2, 3, 4, 5
    on conflict (hour, measure, model, deployment, bucket) do update set calls = s.calls + excluded.calls
  ), times_by_day as (
    insert into durations_by_day as s (day, starts_at, measure, model, deployment, bucket, calls)
    select day, starts_at, measure, model, deployment, bucket, sum(calls) from times group by 1, 2, 3, 4, 5, 6
    on conflict (day, starts_at, measure, model, deployment, bucket) do update set calls = s.calls + excluded.calls
  )
  select count(*) into in_piece from lines;

  update followed_days d set through = piece_end
  where d.day = of_day and d.starts_at = day_start and d.through = after;
  if not found then
    insert into followed_days (day, starts_at, since, through) values (of_day, day_start, after, piece_end);
  end if;
  update sums_state set followed_until = piece_end;
  return query select piece_end, in_piece;
end $$;

-- Adds the daily sums of the next day, and says which it was: null when all are added, or another process is at it. Calls
-- are followed afterwards: what becomes a daily sum from then on is in these sums already.
create function add_daily_sums() returns date language plpgsql as $$
declare
  next_day date;
begin
  if not pg_try_advisory_xact_lock(4710815003) then
    return null;
  end if;
  select min(d.day) into next_day from daily_sums d
  where d.day > (select s.daily_sums_through from sums_state s);
  update sums_state set daily_sums_through = coalesce(next_day, 'infinity');
  if next_day is null then
    return null;
  end if;
  with lines as materialized (
    select day, starts_at, key_id, scope, coalesce(template_name, '') as template_name, model,
      coalesce(provider, '') as provider, coalesce(deployment, '') as deployment, client, 0 as status,
      '' as error_type, calls, failed_calls, estimated_calls, estimated_nano, input_tokens, output_tokens,
      cache_write_tokens, cache_read_tokens, cost_nano, latency_ms
    from daily_sums where day = next_day
  ), by_day as (
    insert into sums_by_day as s (
      day, starts_at, scope, template_name, model, provider, deployment, client, status, error_type,
      calls, failed_calls, estimated_calls, estimated_nano, input_tokens, output_tokens, cache_write_tokens,
      cache_read_tokens, cost_nano, latency_ms
    )
    select day, starts_at, scope, template_name, model, provider, deployment, client, status, error_type,
      sum(calls), sum(failed_calls), sum(estimated_calls), sum(estimated_nano), sum(input_tokens),
      sum(output_tokens), sum(cache_write_tokens), sum(cache_read_tokens), sum(cost_nano), sum(latency_ms)
    from lines group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
    on conflict (day, starts_at, scope, template_name, model, provider, deployment, client, status,
      error_type) do update set
      calls = s.calls + excluded.calls, failed_calls = s.failed_calls + excluded.failed_calls,
      estimated_calls = s.estimated_calls + excluded.estimated_calls,
      estimated_nano = s.estimated_nano + excluded.estimated_nano,
      input_tokens = s.input_tokens + excluded.input_tokens,
      output_tokens = s.output_tokens + excluded.output_tokens,
      cache_write_tokens = s.cache_write_tokens + excluded.cache_write_tokens,
      cache_read_tokens = s.cache_read_tokens + excluded.cache_read_tokens,
      cost_nano = s.cost_nano + excluded.cost_nano, latency_ms = s.latency_ms + excluded.latency_ms
  ), by_kind as (
    insert into key_sums_by_kind as s (
      key_id, day, starts_at, template_name, model, provider, deployment, client, status, error_type,
      calls, failed_calls, estimated_calls, estimated_nano, input_tokens, output_tokens, cache_write_tokens,
      cache_read_tokens, cost_nano, latency_ms
    )
    select key_id, day, starts_at, template_name, model, provider, deployment, client, status, error_type,
      sum(calls), sum(failed_calls), sum(estimated_calls), sum(estimated_nano), sum(input_tokens),
      sum(output_tokens), sum(cache_write_tokens), sum(cache_read_tokens), sum(cost_nano), sum(latency_ms)
    from lines group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
    on conflict (key_id, day, starts_at, template_name, model, provider, deployment, client, status,
      error_type) do update set
      calls = s.calls + excluded.calls, failed_calls = s.failed_calls + excluded.failed_calls,
      estimated_calls = s.estimated_calls + excluded.estimated_calls,
      estimated_nano = s.estimated_nano + excluded.estimated_nano,
      input_tokens = s.input_tokens + excluded.input_tokens,
      output_tokens = s.output_tokens + excluded.output_tokens,
      cache_write_tokens = s.cache_write_tokens + excluded.cache_write_tokens,
      cache_read_tokens = s.cache_read_tokens + excluded.cache_read_tokens,
      cost_nano = s.cost_nano + excluded.cost_nano, latency_ms = s.latency_ms + excluded.latency_ms
  )
  insert into key_sums_by_day as s (
      day, key_id, starts_at, template_name,
      calls, failed_calls, estimated_calls, estimated_nano, input_tokens, output_tokens, cache_write_tokens,
      cache_read_tokens, cost_nano, latency_ms, last_at
    )
    select day, key_id, starts_at, template_name,
      sum(calls), sum(failed_calls), sum(estimated_calls), sum(estimated_nano), sum(input_tokens),
      sum(output_tokens), sum(cache_write_tokens), sum(cache_read_tokens), sum(cost_nano), sum(latency_ms),
      max(starts_at)
    from lines group by 1, 2, 3, 4
    on conflict (day, key_id, starts_at, template_name) do update set
      calls = s.calls + excluded.calls, failed_calls = s.failed_calls + excluded.failed_calls,
      estimated_calls = s.estimated_calls + excluded.estimated_calls,
      estimated_nano = s.estimated_nano + excluded.estimated_nano,
      input_tokens = s.input_tokens + excluded.input_tokens,
      output_tokens = s.output_tokens + excluded.output_tokens,
      cache_write_tokens = s.cache_write_tokens + excluded.cache_write_tokens,
      cache_read_tokens = s.cache_read_tokens + excluded.cache_read_tokens,
      cost_nano = s.cost_nano + excluded.cost_nano, latency_ms = s.latency_ms + excluded.latency_ms,
      last_at = greatest(s.last_at, excluded.last_at);
  return next_day;
end $$;

-- Begins anew: all daily sums, then all single calls are to be added again.
create function restart_sums() returns void language plpgsql as $$
begin
  -- Not while calls become daily sums: they would be in neither.
  perform pg_advisory_xact_lock(4710815002);
  perform pg_advisory_xact_lock(4710815003);
  truncate replaced_calls, followed_days, sums_by_hour, sums_by_day, key_sums_by_kind, key_sums_by_day,
    durations_by_hour, durations_by_day;
  update sums_state set followed_until = '-infinity', daily_sums_through = '-infinity';
end $$;

-- As before, but for calls that the sums have not come to: they would miss them for ever.
create or replace function roll_up_calls(
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
      and c.finished_at <= (select followed_until from sums_state)
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

-- What is to be added to the sums for all there is at one moment: calls that are not in them yet, and with a minus those
-- that are in them and were replaced.
create view calls_beyond_sums as
with signed as (
  select 1::bigint as sign,
    finished_at, key_id, scope, template_name, model, provider, deployment, client, status, error_type, estimated,
    input_tokens, output_tokens, cache_write_tokens, cache_read_tokens, cost_nano, latency_ms, first_token_ms
  from calls where finished_at > (select followed_until from sums_state)
  union all
  select -1,
    finished_at, key_id, scope, template_name, model, provider, deployment, client, status, error_type, estimated,
    input_tokens, output_tokens, cache_write_tokens, cache_read_tokens, cost_nano, latency_ms, first_token_ms
  from replaced_calls where finished_at <= (select followed_until from sums_state)
)
select finished_at, key_id, scope,
  coalesce(template_name, '') as template_name, model, coalesce(provider, '') as provider,
  coalesce(deployment, '') as deployment, client, status,
  coalesce(error_type, '') as error_type, sign as calls, sign * (status >= 400)::integer as failed_calls,
  sign * estimated::integer as estimated_calls,
  case when estimated then sign * cost_nano else 0 end as estimated_nano,
  sign * input_tokens as input_tokens, sign * output_tokens as output_tokens,
  sign * cache_write_tokens as cache_write_tokens, sign * cache_read_tokens as cache_read_tokens,
  sign * cost_nano as cost_nano, sign * latency_ms as latency_ms, latency_ms as took, first_token_ms
from signed;
