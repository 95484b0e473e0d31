-- Which site this store is of: a name made once, by which a backup knows where it came from. One row.
create table site (
  id boolean primary key default true check (id),
  name text not null default 'site-' || substr(replace(gen_random_uuid()::text, '-', ''), 1, 12),
  -- When the last backup was whole.
  backed_up_at timestamptz
);
insert into site default values;
