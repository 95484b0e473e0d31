-- Least level of the log that an administrator has set for a while, for every process of the gateway: one row, or none.
create table log_level (
  id boolean primary key default true check (id),
  level text not null check (level in ('debug', 'info', 'warn', 'error')),
  until timestamptz not null,
  set_by text not null
);
