-- Who is signed in to the dashboard. Of the id that the browser holds there is a hash only: a copy of this opens nothing.
create table ui_sessions (
  hash text primary key,
  -- By which lists and the trail name it.
  id bigint generated always as identity unique,
  name text not null,
  role text not null check (role in ('admin', 'viewer')),
  how text not null check (how in ('key', 'openid')),
  -- What it stands and falls with: the hash of an admin key, or a mark of the master key. Null: its time alone.
  credential text,
  address text not null,
  agent text not null,
  started_at timestamptz not null,
  seen_at timestamptz not null,
  ends_at timestamptz not null
);
create index ui_sessions_by_name on ui_sessions (name);

-- Forms that were carried out, so that a second click does nothing again.
create table ui_forms (
  token text primary key,
  session_id bigint not null references ui_sessions (id) on delete cascade,
  used_at timestamptz not null,
  -- What it was done to.
  target text
);
create index ui_forms_by_session on ui_forms (session_id);
