-- Who said that a person is suspended: what Coder said, Coder takes back; what an administrator said, stays.
alter table owners add column suspended_by text;
update owners set suspended_by = 'an administrator' where suspended_at is not null;
