-- What an owner spent in the last days, over all of their keys.
create index calls_by_owner on calls (owner_id, finished_at);
