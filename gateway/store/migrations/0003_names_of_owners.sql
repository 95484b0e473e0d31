-- Every name a user id was ever seen with, in small letters: what is laid down for a name holds for its holder under
-- whatever name comes later.
create table names_of_owners (
  owner_id text not null,
  name text not null,
  seen_at timestamptz not null default now(),
  primary key (owner_id, name)
);

insert into names_of_owners (owner_id, name)
select owner_id, lower(name) from owner_names
union
select owner_id, lower(owner_name) from keys
union
select owner_id, lower(owner_name) from calls;
