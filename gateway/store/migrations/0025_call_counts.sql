-- How many calls ended in each quarter of an hour that is over, so that a page deep in the ledger is found without reading
-- what lies before it, and the ledger's growth without counting it. Every quarter from the first to the last that is here
-- has a row; gateways add those that are over by now.
create table call_counts (
  quarter timestamptz primary key,
  calls bigint not null
);

create function quarter_of(at timestamptz) returns timestamptz language sql stable as $$
  select to_timestamp(floor(extract(epoch from at) / 900) * 900)
$$;

-- What changes a quarter that was counted: an exact cost that takes the place of an estimate comes at another time, and old
-- calls become sums. While a gateway counts, they wait: it would not see what they do, and they not what it writes.
create function follow_moved_call() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(4710815025);
  update call_counts set calls = calls - 1 where quarter = quarter_of(old.finished_at);
  update call_counts set calls = calls + 1 where quarter = quarter_of(new.finished_at);
  return null;
end $$;
create trigger calls_moved after update of finished_at on calls for each row
  when (old.finished_at is distinct from new.finished_at) execute function follow_moved_call();

create function follow_gone_calls() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(4710815025);
  update call_counts c set calls = c.calls - g.calls
  from (select quarter_of(finished_at) as quarter, count(*) as calls from gone group by 1) as g
  where c.quarter = g.quarter;
  return null;
end $$;
create trigger calls_gone after delete on calls referencing old table as gone
  for each statement execute function follow_gone_calls();

create function forget_call_counts() returns trigger language plpgsql as $$
begin
  delete from call_counts;
  return null;
end $$;
create trigger calls_emptied after truncate on calls for each statement execute function forget_call_counts();
