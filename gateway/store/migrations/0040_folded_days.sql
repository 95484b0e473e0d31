-- Days that are over, added up further: by one kind alone a day, and of 2, 4, 8 and up to 256 days at once, so that a page over
-- a year reads a few pieces and not every day of it. They follow from the sums by day and are made in the background.
-- What changes a day of the sums takes away the marks of the pieces it is in, in the same transaction, and who reads takes
-- only pieces with a mark, and the days themselves of the rest: figures are exact at each moment.

-- Nobody changes the sums until this is done.
select pg_advisory_xact_lock(4710815003);

-- A mark a piece that is whole. Its days begin at a multiple of their number, counted from 2000-01-01.
create table folded_days (
  part text not null check (part in ('sums', 'keys_by_kind')),
  days integer not null,
  first_day date not null,
  -- Beginnings of its days: where a policy has changed its time zone, one day may have several. Null: it has no calls.
  first_start timestamptz,
  last_start timestamptz,
  primary key (part, days, first_day)
);

-- `kind` is the column of `sums_by_day` that `name` is of; 'all' has no name.
create table kind_sums_by_day (
  day date not null,
  kind text not null,
  name text not null,
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
  primary key (day, kind, name)
);
create table folded_sums (
  days integer not null,
  first_day date not null,
  template_name text not null,
  model text not null,
  provider text not null,
  deployment text not null,
  client text not null,
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
  primary key (days, first_day, template_name, model, provider, deployment, client, error_type)
);
-- The first and last day with a call; null where all of them were taken out again.
create table folded_key_sums (
  days integer not null,
  first_day date not null,
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
  first_called date,
  last_called date,
  primary key (days, first_day, key_id, template_name)
);
create table folded_durations (
  days integer not null,
  first_day date not null,
  measure text not null,
  model text not null,
  deployment text not null,
  bucket integer not null,
  calls bigint not null,
  primary key (days, first_day, measure, model, deployment, bucket)
);
create table folded_team_sums (
  days integer not null,
  first_day date not null,
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
  primary key (days, first_day, template_name, model, deployment)
);
create table folded_sizes (
  days integer not null,
  first_day date not null,
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
  primary key (days, first_day, template_name, model, input_size, output_size)
);
-- Of each key, by one kind alone.
create table folded_key_sums_by_kind (
  days integer not null,
  first_day date not null,
  kind text not null,
  name text not null,
  key_id bigint not null,
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
  primary key (days, first_day, kind, name, key_id)
);
-- To find the rows of a day, which lie together.
create index key_sums_by_kind_days on key_sums_by_kind using brin (day) with (pages_per_range = 16, autosummarize = on);

create function unfold_days() returns trigger language plpgsql as $$
begin
  if exists (select from folded_days f where f.first_day + f.days > (select min(c.day) from changed c)) then
    delete from folded_days f using (select distinct day from changed) c
    where c.day >= f.first_day and c.day < f.first_day + f.days;
  end if;
  return null;
end $$;
create function unfold_all() returns trigger language plpgsql as $$
begin
  delete from folded_days;
  return null;
end $$;
create trigger sums_by_day_insert_unfolds after insert on sums_by_day referencing new table as changed
  for each statement execute function unfold_days();
create trigger sums_by_day_update_unfolds after update on sums_by_day referencing new table as changed
  for each statement execute function unfold_days();
create trigger sums_by_day_delete_unfolds after delete on sums_by_day referencing old table as changed
  for each statement execute function unfold_days();
create trigger sums_by_day_truncate_unfolds after truncate on sums_by_day for each statement execute function unfold_all();
create trigger key_sums_by_day_insert_unfolds after insert on key_sums_by_day referencing new table as changed
  for each statement execute function unfold_days();
create trigger key_sums_by_day_update_unfolds after update on key_sums_by_day referencing new table as changed
  for each statement execute function unfold_days();
create trigger key_sums_by_day_delete_unfolds after delete on key_sums_by_day referencing old table as changed
  for each statement execute function unfold_days();
create trigger key_sums_by_day_truncate_unfolds after truncate on key_sums_by_day for each statement execute function unfold_all();
create trigger key_sums_by_kind_insert_unfolds after insert on key_sums_by_kind referencing new table as changed
  for each statement execute function unfold_days();
create trigger key_sums_by_kind_update_unfolds after update on key_sums_by_kind referencing new table as changed
  for each statement execute function unfold_days();
create trigger key_sums_by_kind_delete_unfolds after delete on key_sums_by_kind referencing old table as changed
  for each statement execute function unfold_days();
create trigger key_sums_by_kind_truncate_unfolds after truncate on key_sums_by_kind for each statement execute function unfold_all();
create trigger durations_by_day_insert_unfolds after insert on durations_by_day referencing new table as changed
  for each statement execute function unfold_days();
create trigger durations_by_day_update_unfolds after update on durations_by_day referencing new table as changed
  for each statement execute function unfold_days();
create trigger durations_by_day_delete_unfolds after delete on durations_by_day referencing old table as changed
  for each statement execute function unfold_days();
create trigger durations_by_day_truncate_unfolds after truncate on durations_by_day for each statement execute function unfold_all();
create trigger team_sums_by_day_insert_unfolds after insert on team_sums_by_day referencing new table as changed
  for each statement execute function unfold_days();
create trigger team_sums_by_day_update_unfolds after update on team_sums_by_day referencing new table as changed
  for each statement execute function unfold_days();
create trigger team_sums_by_day_delete_unfolds after delete on team_sums_by_day referencing old table as changed
  for each statement execute function unfold_days();
create trigger team_sums_by_day_truncate_unfolds after truncate on team_sums_by_day for each statement execute function unfold_all();
create trigger call_sizes_by_day_insert_unfolds after insert on call_sizes_by_day referencing new table as changed
  for each statement execute function unfold_days();
create trigger call_sizes_by_day_update_unfolds after update on call_sizes_by_day referencing new table as changed
  for each statement execute function unfold_days();
create trigger call_sizes_by_day_delete_unfolds after delete on call_sizes_by_day referencing old table as changed
  for each statement execute function unfold_days();
create trigger call_sizes_by_day_truncate_unfolds after truncate on call_sizes_by_day for each statement execute function unfold_all();

-- Makes one of the pieces that have no mark: smaller ones first, of which the larger are made. False: there are none, null:
-- another process is at the sums. Days that are not over everywhere change too often, and no page looks as far back as
-- 800 days.
create function fold_days() returns boolean language plpgsql as $$
declare
  horizon date := (clock_timestamp() at time zone 'Etc/GMT+12')::date - 1;
  epoch constant date := '2000-01-01';
  oldest date;
  is_oldest boolean;
  piece_part text;
  piece_days integer;
  piece_day date;
  half integer;
begin
  if not pg_try_advisory_xact_lock(4710815003) then
    return null;
  end if;
  if not exists (select from sums_state s where s.daily_sums_through = 'infinity') then
    return false;
  end if;
  select min(s.day) into oldest from sums_by_day s;
  is_oldest := oldest >= horizon - 800;
  oldest := greatest(oldest, horizon - 800);
  -- What lies before the very first day is empty, so that pieces may begin there.
  select p.part, s.days, epoch + b.number * s.days into piece_part, piece_days, piece_day
  from unnest(array[1, 2, 4, 8, 16, 32, 64, 128, 256]) s (days)
    cross join lateral generate_series(
      case when is_oldest then floor((oldest - epoch)::numeric / s.days) else ceil((oldest - epoch)::numeric / s.days) end::integer,
      floor((horizon - epoch + 1)::numeric / s.days)::integer - 1
    ) b (number)
    cross join unnest(array['sums', 'keys_by_kind']) p (part)
  where (p.part, s.days, epoch + b.number * s.days) not in (select f.part, f.days, f.first_day from folded_days f)
  order by s.days, b.number desc, p.part desc limit 1;
  if piece_days is null then
    return false;
  end if;
  half := piece_days / 2;

  if piece_part = 'keys_by_kind' then
    delete from folded_key_sums_by_kind f where f.days = piece_days and f.first_day = piece_day;
  elsif piece_days = 1 then
    delete from kind_sums_by_day f where f.day = piece_day;
  else
    delete from folded_sums f where f.days = piece_days and f.first_day = piece_day;
    delete from folded_key_sums f where f.days = piece_days and f.first_day = piece_day;
    delete from folded_durations f where f.days = piece_days and f.first_day = piece_day;
    delete from folded_team_sums f where f.days = piece_days and f.first_day = piece_day;
    delete from folded_sizes f where f.days = piece_days and f.first_day = piece_day;
  end if;

  if piece_part = 'keys_by_kind' and piece_days = 1 then
    insert into folded_key_sums_by_kind
    select 1, piece_day, case
        when grouping(model) = 0 then 'model'
        when grouping(provider) = 0 then 'provider'
        when grouping(deployment) = 0 then 'deployment'
        when grouping(error_type) = 0 then 'error_type'
      end, coalesce(model, provider, deployment, error_type), key_id,
      sum(calls), sum(failed_calls), sum(estimated_calls), sum(estimated_nano), sum(input_tokens),
      sum(output_tokens), sum(cache_write_tokens), sum(cache_read_tokens), sum(cost_nano), sum(latency_ms)
    from key_sums_by_kind where day = piece_day
    group by grouping sets ((key_id, model), (key_id, provider), (key_id, deployment), (key_id, error_type));
  elsif piece_part = 'keys_by_kind' then
    insert into folded_key_sums_by_kind
    select piece_days, piece_day, s.kind, s.name, s.key_id,
      sum(s.calls), sum(s.failed_calls), sum(s.estimated_calls), sum(s.estimated_nano), sum(s.input_tokens),
      sum(s.output_tokens), sum(s.cache_write_tokens), sum(s.cache_read_tokens), sum(s.cost_nano), sum(s.latency_ms)
    from folded_days f join folded_key_sums_by_kind s on s.days = f.days and s.first_day = f.first_day
    where f.part = piece_part and f.days = half and f.first_day in (piece_day, piece_day + half)
    group by 3, 4, 5;
  elsif piece_days = 1 then
    insert into kind_sums_by_day
    select piece_day, case
        when grouping(template_name) = 0 then 'template_name'
        when grouping(model) = 0 then 'model'
        when grouping(provider) = 0 then 'provider'
        when grouping(deployment) = 0 then 'deployment'
        when grouping(client) = 0 then 'client'
        when grouping(error_type) = 0 then 'error_type'
        else 'all'
      end, coalesce(template_name, model, provider, deployment, client, error_type, ''),
      sum(calls), sum(failed_calls), sum(estimated_calls), sum(estimated_nano), sum(input_tokens),
      sum(output_tokens), sum(cache_write_tokens), sum(cache_read_tokens), sum(cost_nano), sum(latency_ms)
    from sums_by_day where day = piece_day
    group by grouping sets ((template_name), (model), (provider), (deployment), (client), (error_type), ())
    having count(*) > 0;
  elsif piece_days = 2 then
    insert into folded_sums
    select 2, piece_day, template_name, model, provider, deployment, client, error_type,
      sum(calls), sum(failed_calls), sum(estimated_calls), sum(estimated_nano), sum(input_tokens),
      sum(output_tokens), sum(cache_write_tokens), sum(cache_read_tokens), sum(cost_nano), sum(latency_ms)
    from sums_by_day where day in (piece_day, piece_day + 1) group by template_name, model, provider, deployment, client, error_type;
    insert into folded_key_sums
    select 2, piece_day, key_id, template_name,
      sum(calls), sum(failed_calls), sum(estimated_calls), sum(estimated_nano), sum(input_tokens),
      sum(output_tokens), sum(cache_write_tokens), sum(cache_read_tokens), sum(cost_nano), sum(latency_ms),
      min(day) filter (where calls > 0), max(day) filter (where calls > 0)
    from key_sums_by_day where day in (piece_day, piece_day + 1) group by key_id, template_name;
    insert into folded_durations
    select 2, piece_day, measure, model, deployment, bucket, sum(calls)
    from durations_by_day where day in (piece_day, piece_day + 1) group by measure, model, deployment, bucket;
    insert into folded_team_sums
    select 2, piece_day, template_name, model, deployment, sum(calls), sum(failed_calls), sum(input_tokens), sum(output_tokens), sum(cache_write_tokens), sum(cache_read_tokens),
      sum(cost_nano)
    from team_sums_by_day where day in (piece_day, piece_day + 1) group by template_name, model, deployment;
    insert into folded_sizes
    select 2, piece_day, template_name, model, input_size, output_size, sum(calls), sum(input_tokens), sum(output_tokens), sum(cache_write_tokens), sum(cache_read_tokens),
      sum(cost_nano)
    from call_sizes_by_day where day in (piece_day, piece_day + 1) group by template_name, model, input_size, output_size;
  else
    insert into folded_sums
    select piece_days, piece_day, template_name, model, provider, deployment, client, error_type,
      sum(calls), sum(failed_calls), sum(estimated_calls), sum(estimated_nano), sum(input_tokens),
      sum(output_tokens), sum(cache_write_tokens), sum(cache_read_tokens), sum(cost_nano), sum(latency_ms)
    from folded_days f join folded_sums s using (days, first_day)
    where f.part = piece_part and days = half and first_day in (piece_day, piece_day + half) group by template_name, model, provider, deployment, client, error_type;
    insert into folded_key_sums
    select piece_days, piece_day, key_id, template_name,
      sum(calls), sum(failed_calls), sum(estimated_calls), sum(estimated_nano), sum(input_tokens),
      sum(output_tokens), sum(cache_write_tokens), sum(cache_read_tokens), sum(cost_nano), sum(latency_ms),
      min(first_called), max(last_called)
    from folded_days f join folded_key_sums s using (days, first_day)
    where f.part = piece_part and days = half and first_day in (piece_day, piece_day + half) group by key_id, template_name;
    insert into folded_durations
    select piece_days, piece_day, measure, model, deployment, bucket, sum(calls)
    from folded_days f join folded_durations s using (days, first_day)
    where f.part = piece_part and days = half and first_day in (piece_day, piece_day + half)
    group by measure, model, deployment, bucket;
    insert into folded_team_sums
    select piece_days, piece_day, template_name, model, deployment, sum(calls), sum(failed_calls), sum(input_tokens), sum(output_tokens), sum(cache_write_tokens), sum(cache_read_tokens),
      sum(cost_nano)
    from folded_days f join folded_team_sums s using (days, first_day)
    where f.part = piece_part and days = half and first_day in (piece_day, piece_day + half)
    group by template_name, model, deployment;
    insert into folded_sizes
    select piece_days, piece_day, template_name, model, input_size, output_size, sum(calls), sum(input_tokens), sum(output_tokens), sum(cache_write_tokens), sum(cache_read_tokens),
      sum(cost_nano)
    from folded_days f join folded_sizes s using (days, first_day)
    where f.part = piece_part and days = half and first_day in (piece_day, piece_day + half)
    group by template_name, model, input_size, output_size;
  end if;

  if piece_days = 1 then
    insert into folded_days
    select piece_part, 1, piece_day, min(s.starts_at), max(s.starts_at) from sums_by_day s where s.day = piece_day;
  else
    insert into folded_days
    select piece_part, piece_days, piece_day, min(f.first_start), max(f.last_start) from folded_days f
    where f.part = piece_part and f.days = half and f.first_day in (piece_day, piece_day + half);
  end if;
  return true;
end $$;
