-- Why a key ended by itself, where its holder is told something else than of a revocation. Null: revoked, or replaced.
alter table keys
  add column ended_because text check (ended_because in ('workspace_deleted', 'workspace_passed_on', 'assistant_off'));
