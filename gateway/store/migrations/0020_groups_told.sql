-- When Coder itself said which groups a person is in; a workspace's claim says so as well. Null, and no claim: not known.
alter table owners add column groups_told_at timestamptz;
create index workspaces_of_owner on workspaces (owner_id);
