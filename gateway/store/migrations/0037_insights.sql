-- What insights are made of, where the sums of 0032 do not say it or say it in too many rows: it follows the same mark, in the
-- same transaction, by triggers on that mark, so that gateway processes of the version before keep it right as well.
-- No person is named here: a key leads to them. A task is a session of a key: what calls with one session's id have in common.

-- Nobody moves the mark until this is done.
select pg_advisory_xact_lock(4710815003);

create table insights_state (
  is_only boolean primary key default true check (is_only),
  -- Calls up to `since` ended before there was any of this: those up to `older_until` have been added by now.
  since timestamptz not null,
  older_until timestamptz not null default '-infinity'
);
insert into insights_state (since) select followed_until from sums_state;

-- The sums by day with fewer kinds told apart, so that a year of them is few rows.
create table team_sums_by_day (
  day date not null,
  starts_at timestamptz not null,
  template_name text not null,
  model text not null,
  deployment text not null,
  calls bigint not null,
  failed_calls bigint not null,
  input_tokens bigint not null,
  output_tokens bigint not null,
  cache_write_tokens bigint not null,
  cache_read_tokens bigint not null,
  cost_nano bigint not null,
  primary key (day, starts_at, template_name, model, deployment)
);
insert into team_sums_by_day
select day, starts_at, template_name, model, deployment, sum(calls), sum(failed_calls), sum(input_tokens),
  sum(output_tokens), sum(cache_write_tokens), sum(cache_read_tokens), sum(cost_nano)
from sums_by_day group by 1, 2, 3, 4, 5;

-- Calls that were answered, by how much they read and wrote: `input_size` is how many of the bounds were reached.
create table call_sizes_by_day (
  day date not null,
  starts_at timestamptz not null,
  template_name text not null,
  model text not null,
  input_size integer not null,
  output_size integer not null,
  calls bigint not null,
  input_tokens bigint not null,
  output_tokens bigint not null,
  cache_write_tokens bigint not null,
  cache_read_tokens bigint not null,
  cost_nano bigint not null,
  primary key (day, starts_at, template_name, model, input_size, output_size)
);
-- Kept by them, so they stay: others would be mixed with these.
create function input_size_of(tokens bigint) returns integer language sql immutable
  return width_bucket(tokens, array[1024, 4096]::bigint[]);
create function output_size_of(tokens bigint) returns integer language sql immutable
  return width_bucket(tokens, array[256, 1024]::bigint[]);

-- By a quarter of an hour: time zones differ by such.
create table team_calls_by_quarter (
  quarter timestamptz not null,
  template_name text not null,
  calls bigint not null,
  primary key (quarter, template_name)
);

-- It lives as long as its calls are single ones. Its day is that of its first call; `weeks` is how many had passed then since the
-- first key of its person, twelve at most.
create table tasks (
  key_id bigint not null,
  session text not null,
  day date not null,
  starts_at timestamptz not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  template_name text not null,
  weeks integer not null,
  calls bigint not null,
  failed_calls bigint not null,
  tokens bigint not null,
  cost_nano bigint not null,
  primary key (key_id, session)
);
create index tasks_by_age on tasks (last_at);

-- `answered`: tasks of which a call was answered; the figures but `unanswered` are of these. Retries are their failed calls.
create table task_sums_by_day (
  day date not null,
  starts_at timestamptz not null,
  template_name text not null,
  weeks integer not null,
  answered bigint not null,
  unanswered bigint not null,
  retried bigint not null,
  calls bigint not null,
  retries bigint not null,
  tokens bigint not null,
  cost_nano bigint not null,
  primary key (day, starts_at, template_name, weeks)
);

-- What is dear to find is found once in a while.
create table insights_kept (
  name text primary key,
  made_at timestamptz not null,
  found jsonb not null
);

alter table replaced_calls add column session text;
create or replace function keep_replaced_call() returns trigger language plpgsql as $$
begin
  insert into replaced_calls (
    finished_at, key_id, scope, template_name, model, provider, deployment, client, status, error_type, estimated,
    input_tokens, output_tokens, cache_write_tokens, cache_read_tokens, cost_nano, latency_ms, first_token_ms, session
  ) values (
    old.finished_at, old.key_id, old.scope, old.template_name, old.model, old.provider, old.deployment, old.client,
    old.status, old.error_type, old.estimated, old.input_tokens, old.output_tokens, old.cache_write_tokens,
    old.cache_read_tokens, old.cost_nano, old.latency_ms, old.first_token_ms, old.session
  );
  return null;
end $$;

-- Calls that ended after `after` and not after `until`, all of one day, and with a minus those that are taken out again.
create function insight_lines(
  after timestamptz, until timestamptz, of_day date, day_start timestamptz, gone replaced_calls[]
) returns table (
  sign bigint, day date, starts_at timestamptz, finished_at timestamptz, key_id bigint, template_name text, model text,
  deployment text, failed boolean, input_tokens bigint, output_tokens bigint, cache_write_tokens bigint,
  cache_read_tokens bigint, cost_nano bigint, session text
) language sql stable as $$
  select 1::bigint, of_day, day_start, c.finished_at, c.key_id, coalesce(c.template_name, ''), c.model,
    coalesce(c.deployment, ''), c.status >= 400, c.input_tokens, c.output_tokens, c.cache_write_tokens,
    c.cache_read_tokens, c.cost_nano, c.session
  from calls c where c.finished_at > after and c.finished_at <= until
  union all
  select -1, d.day, d.starts_at, g.finished_at, g.key_id, coalesce(g.template_name, ''), g.model,
    coalesce(g.deployment, ''), g.status >= 400, g.input_tokens, g.output_tokens, g.cache_write_tokens,
    g.cache_read_tokens, g.cost_nano, g.session
  from unnest(gone) g cross join lateral (
    select f.day, f.starts_at from followed_days f
    where f.since < g.finished_at and f.through >= g.finished_at order by f.since desc limit 1
  ) d
$$;

create function add_to_team_sums(
  after timestamptz, until timestamptz, of_day date, day_start timestamptz, gone replaced_calls[]
) returns void language sql as $$
  insert into team_sums_by_day as s
  select day, starts_at, template_name, model, deployment, sum(sign), sum(sign * failed::integer),
    sum(sign * input_tokens), sum(sign * output_tokens), sum(sign * cache_write_tokens), sum(sign * cache_read_tokens),
    sum(sign * cost_nano)
  from insight_lines(after, until, of_day, day_start, gone) group by 1, 2, 3, 4, 5
  on conflict (day, starts_at, template_name, model, deployment) do update set
    calls = s.calls + excluded.calls, failed_calls = s.failed_calls + excluded.failed_calls,
    input_tokens = s.input_tokens + excluded.input_tokens, output_tokens = s.output_tokens + excluded.output_tokens,
    cache_write_tokens = s.cache_write_tokens + excluded.cache_write_tokens,
    cache_read_tokens = s.cache_read_tokens + excluded.cache_read_tokens, cost_nano = s.cost_nano + excluded.cost_nano
$$;

-- Tasks change as their calls come: what each was is taken out of the sums, and what it is now is put in.
create function add_to_insights(
  after timestamptz, until timestamptz, of_day date, day_start timestamptz, gone replaced_calls[]
) returns void language sql as $$
  with lines as materialized (
    select * from insight_lines(after, until, of_day, day_start, gone)
  ), sizes as (
    insert into call_sizes_by_day as s
    select day, starts_at, template_name, model, input_size_of(input_tokens + cache_write_tokens + cache_read_tokens),
      output_size_of(output_tokens), sum(sign), sum(sign * input_tokens), sum(sign * output_tokens),
      sum(sign * cache_write_tokens), sum(sign * cache_read_tokens), sum(sign * cost_nano)
    from lines where not failed group by 1, 2, 3, 4, 5, 6
    on conflict (day, starts_at, template_name, model, input_size, output_size) do update set
      calls = s.calls + excluded.calls, input_tokens = s.input_tokens + excluded.input_tokens,
      output_tokens = s.output_tokens + excluded.output_tokens,
      cache_write_tokens = s.cache_write_tokens + excluded.cache_write_tokens,
      cache_read_tokens = s.cache_read_tokens + excluded.cache_read_tokens, cost_nano = s.cost_nano + excluded.cost_nano
  ), quarters as (
    insert into team_calls_by_quarter as s
    select date_bin('15 minutes', finished_at, 'epoch'), template_name, sum(sign) from lines group by 1, 2
    on conflict (quarter, template_name) do update set calls = s.calls + excluded.calls
  ), touched as materialized (
    select l.key_id, l.session, min(l.finished_at) as first_at, max(l.finished_at) as last_at,
      (array_agg(l.day order by l.finished_at))[1] as day, (array_agg(l.starts_at order by l.finished_at))[1] as starts_at,
      (array_agg(l.template_name order by l.finished_at))[1] as template_name, sum(l.sign) as calls,
      sum(l.sign * l.failed::integer) as failed_calls,
      sum(l.sign * (l.input_tokens + l.output_tokens + l.cache_write_tokens + l.cache_read_tokens)) as tokens,
      sum(l.sign * l.cost_nano) as cost_nano
    from lines l where l.session is not null group by 1, 2
  ), former as materialized (
    -- By its key each, however many tasks there are.
    select t.* from touched n cross join lateral (
      select * from tasks f where f.key_id = n.key_id and f.session = n.session offset 0
    ) t
  ), next as materialized (
    select n.key_id, n.session, least(n.first_at, f.first_at) as first_at, greatest(n.last_at, f.last_at) as last_at,
      case when f.first_at <= n.first_at then f.day else n.day end as day,
      case when f.first_at <= n.first_at then f.starts_at else n.starts_at end as starts_at,
      case when f.first_at <= n.first_at then f.template_name else n.template_name end as template_name,
      case when f.first_at <= n.first_at then f.weeks else (
        select least(12, greatest(0, floor(extract(epoch from n.first_at - min(o.created_at)) / 604800)))::integer
        from keys k join keys o on o.owner_id = k.owner_id where k.id = n.key_id
      ) end as weeks,
      n.calls + coalesce(f.calls, 0) as calls, n.failed_calls + coalesce(f.failed_calls, 0) as failed_calls,
      n.tokens + coalesce(f.tokens, 0) as tokens, n.cost_nano + coalesce(f.cost_nano, 0) as cost_nano
    from touched n left join former f on f.key_id = n.key_id and f.session = n.session
  ), written as (
    insert into tasks as t (key_id, session, day, starts_at, first_at, last_at, template_name, weeks, calls, failed_calls,
      tokens, cost_nano)
    select key_id, session, day, starts_at, first_at, last_at, template_name, coalesce(weeks, 0), calls, failed_calls,
      tokens, cost_nano
    from next where calls > 0
    on conflict (key_id, session) do update set
      day = excluded.day, starts_at = excluded.starts_at, first_at = excluded.first_at, last_at = excluded.last_at,
      template_name = excluded.template_name, weeks = excluded.weeks, calls = excluded.calls,
      failed_calls = excluded.failed_calls, tokens = excluded.tokens, cost_nano = excluded.cost_nano
  ), ended as (
    delete from tasks t using next n where n.calls <= 0 and t.key_id = n.key_id and t.session = n.session
  ), changes as (
    select 1 as sign, day, starts_at, template_name, coalesce(weeks, 0) as weeks, calls, failed_calls, tokens, cost_nano
    from next where calls > 0
    union all
    select -1, day, starts_at, template_name, weeks, calls, failed_calls, tokens, cost_nano from former
  ), told as (
    select *, (calls > failed_calls)::integer as is_answered from changes
  )
  insert into task_sums_by_day as s
  select day, starts_at, template_name, weeks, sum(sign * is_answered), sum(sign * (1 - is_answered)),
    sum(sign * is_answered * (failed_calls > 0)::integer), sum(sign * is_answered * calls),
    sum(sign * is_answered * failed_calls), sum(sign * is_answered * tokens), sum(sign * is_answered * cost_nano)
  from told group by 1, 2, 3, 4
  on conflict (day, starts_at, template_name, weeks) do update set
    answered = s.answered + excluded.answered, unanswered = s.unanswered + excluded.unanswered,
    retried = s.retried + excluded.retried, calls = s.calls + excluded.calls, retries = s.retries + excluded.retries,
    tokens = s.tokens + excluded.tokens, cost_nano = s.cost_nano + excluded.cost_nano
$$;

-- The mark of the sums has moved, or they begin anew.
create function move_insights() returns trigger language plpgsql as $$
declare
  d followed_days;
begin
  if new.followed_until > old.followed_until then
    select * into d from followed_days f where f.through = new.followed_until order by f.since desc limit 1;
    if found then
      perform add_to_team_sums(old.followed_until, new.followed_until, d.day, d.starts_at, '{}');
      perform add_to_insights(old.followed_until, new.followed_until, d.day, d.starts_at, '{}');
    end if;
  elsif new.followed_until < old.followed_until then
    truncate team_sums_by_day, call_sizes_by_day, team_calls_by_quarter, tasks, task_sums_by_day;
    update insights_state set since = new.followed_until, older_until = new.followed_until;
  end if;
  if new.daily_sums_through <> old.daily_sums_through and isfinite(new.daily_sums_through) then
    insert into team_sums_by_day as s
    select m.day, m.starts_at, coalesce(m.template_name, ''), m.model, coalesce(m.deployment, ''), sum(m.calls),
      sum(m.failed_calls), sum(m.input_tokens), sum(m.output_tokens), sum(m.cache_write_tokens),
      sum(m.cache_read_tokens), sum(m.cost_nano)
    from daily_sums m where m.day = new.daily_sums_through group by 1, 2, 3, 4, 5
    on conflict (day, starts_at, template_name, model, deployment) do update set
      calls = s.calls + excluded.calls, failed_calls = s.failed_calls + excluded.failed_calls,
      input_tokens = s.input_tokens + excluded.input_tokens, output_tokens = s.output_tokens + excluded.output_tokens,
      cache_write_tokens = s.cache_write_tokens + excluded.cache_write_tokens,
      cache_read_tokens = s.cache_read_tokens + excluded.cache_read_tokens, cost_nano = s.cost_nano + excluded.cost_nano;
  end if;
  return null;
end $$;
create trigger insights_follow after update on sums_state for each row execute function move_insights();

-- Replaced calls that the sums are rid of. What came before the mark is in the sums; of the time before there was any of
-- this, only what has been added by now is.
create function take_out_of_insights() returns trigger language plpgsql as $$
declare
  told sums_state;
  begun insights_state;
  of_sums replaced_calls[];
  of_insights replaced_calls[];
begin
  if not exists (select from gone) then
    return null;
  end if;
  select * into told from sums_state;
  select * into begun from insights_state;
  select array_agg(g) filter (where g.finished_at <= told.followed_until),
    array_agg(g) filter (where g.finished_at <= told.followed_until
      and (g.finished_at > begun.since or g.finished_at <= begun.older_until))
  into of_sums, of_insights from gone g;
  if of_sums is not null then
    perform add_to_team_sums('infinity', '-infinity', null, null, of_sums);
  end if;
  if of_insights is not null then
    perform add_to_insights('infinity', '-infinity', null, null, of_insights);
  end if;
  return null;
end $$;
create trigger insights_take_out after delete on replaced_calls referencing old table as gone
  for each statement execute function take_out_of_insights();

-- Adds the next calls of before there was any of this, at most so many and all of one day; false when none are left, null
-- when another process is at it.
create function add_older_to_insights(most integer) returns boolean language plpgsql as $$
declare
  begun insights_state;
  d followed_days;
  oldest timestamptz;
  piece_end timestamptz;
  in_piece bigint;
begin
  if not pg_try_advisory_xact_lock(4710815003) then
    return null;
  end if;
  select * into begun from insights_state;
  select min(c.finished_at) into oldest from calls c
  where c.finished_at > begun.older_until and c.finished_at <= begun.since;
  if oldest is null then
    update insights_state set older_until = since where older_until <> since;
    return false;
  end if;
  select * into d from followed_days f where f.since < oldest order by f.since desc limit 1;
  select max(p.finished_at), count(*) into piece_end, in_piece
  from (
    select c.finished_at from calls c
    where c.finished_at > begun.older_until and c.finished_at <= least(begun.since, d.through)
    order by c.finished_at limit most
  ) as p;
  if piece_end is null then
    piece_end := oldest;
  else
    perform add_to_insights(begun.older_until, piece_end, d.day, d.starts_at, '{}');
  end if;
  update insights_state set older_until = piece_end;
  return true;
end $$;
