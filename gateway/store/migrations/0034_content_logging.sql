-- For whom an administrator has switched content logging on: a row for the whole gateway, and one for each team.
create table content_logging (
  -- 'gateway', or a team as the ledger names it: 'template/<name>', 'group/<name>'.
  place text primary key,
  -- Null: until it is switched off.
  until timestamptz,
  keep_days integer not null check (keep_days between 1 and 3650),
  set_by text not null,
  set_at timestamptz not null
);
