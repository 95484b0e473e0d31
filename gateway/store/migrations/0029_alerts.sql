-- What administrators are told, and to whom it has still to be brought. Each process finds out for itself; that a thing is
-- told once is for the table to say: what happened has an id that is the same whoever saw it.

create table alerts (
  id bigint generated always as identity primary key,
  -- What happened: made of ids and times, never of names.
  event text not null unique,
  kind text not null,
  severity text not null check (severity in ('info', 'warning', 'critical')),
  -- What a silence may name.
  subject text not null,
  -- Whose name may be in the words.
  owner_id text,
  -- Names apart from what is said of them, so that each channel can show them as text.
  words jsonb not null,
  raised_at timestamptz not null default clock_timestamp(),
  -- `told`: to every channel there was; `collapsed`: one of so many that they are told as a number; `passed`: a step that
  -- a higher one was told in the place of.
  outcome text not null check (outcome in ('told', 'collapsed', 'silenced', 'passed')),
  -- Of a collapsed one: when its number was told.
  counted_at timestamptz,
  -- Until then the same is not told again. Null: for good.
  keep_until timestamptz
);
create index alerts_by_kind on alerts (kind, raised_at);
create index alerts_uncounted on alerts (kind) where outcome = 'collapsed' and counted_at is null;
create index alerts_by_end on alerts (keep_until);
create index alerts_by_owner on alerts (owner_id) where owner_id is not null;

create table alert_deliveries (
  alert_id bigint not null references alerts (id) on delete cascade,
  channel text not null,
  attempts integer not null default 0,
  next_at timestamptz not null default clock_timestamp(),
  -- Who took it is at it until then.
  lease_until timestamptz,
  delivered_at timestamptz,
  -- Given up, or silenced.
  ended_at timestamptz,
  last_fault text,
  primary key (alert_id, channel)
);
create index alert_deliveries_open on alert_deliveries (channel, next_at) where delivered_at is null and ended_at is null;

-- Null: whatever it is.
create table alert_silences (
  id bigint generated always as identity primary key,
  kind text,
  subject text,
  until timestamptz not null,
  made_by text not null,
  made_at timestamptz not null default clock_timestamp()
);

-- What is either well or not, over all processes.
create table alert_states (
  subject text primary key,
  state text not null,
  changed_at timestamptz not null
);

-- The last look for what is to be told, shared by all processes: one row.
create table alert_look (
  id boolean primary key default true check (id),
  started_at timestamptz not null default '-infinity',
  -- Calls booked until then were looked at.
  seen_until timestamptz not null default clock_timestamp(),
  -- When the ledger was last made again from its rows.
  verified_at timestamptz not null default clock_timestamp()
);
insert into alert_look default values;

-- Notes what happened, once, for every channel; says what came of it, or nothing where it was known already. Of one kind
-- `most` within `span` are told; the rest is counted.
create function raise_alert(
  given_event text, given_kind text, given_severity text, given_subject text, given_owner text, given_words jsonb,
  channels text[], keep timestamptz, is_passed boolean, most integer, span interval
) returns text language plpgsql as $$
declare
  decided text := 'told';
  made bigint;
begin
  if exists (select from alerts a where a.event = given_event) then
    return null;
  end if;
  -- Those of one kind are counted one after the other.
  perform pg_advisory_xact_lock(hashtextextended('alert ' || given_kind, 0));
  if is_passed then
    decided := 'passed';
  elsif exists (
    select from alert_silences s
    where s.until > clock_timestamp() and coalesce(s.kind, given_kind) = given_kind
      and coalesce(s.subject, given_subject) = given_subject
  ) then
    decided := 'silenced';
  elsif (
    select count(*) from alerts a
    where a.kind = given_kind and a.outcome = 'told' and a.raised_at > clock_timestamp() - span
  ) >= most then
    decided := 'collapsed';
  end if;
  insert into alerts (event, kind, severity, subject, owner_id, words, outcome, keep_until)
  values (given_event, given_kind, given_severity, given_subject, given_owner, given_words, decided, keep)
  on conflict (event) do nothing returning id into made;
  if made is null then
    return null;
  end if;
  if decided = 'told' then
    insert into alert_deliveries (alert_id, channel) select made, unnest(channels);
  end if;
  return decided;
end $$;
