-- The gateway's document as administrators published it, for every process of one store; the newest one is in force.
-- Only ever added to: what was in force when stays there to be seen, and to be gone back to.
create table published_documents (
  id bigint generated always as identity primary key,
  published_at timestamptz not null default clock_timestamp(),
  published_by text not null,
  -- Why, in the words of whoever published it.
  note text,
  -- The one that it is a copy of, where somebody went back.
  copy_of bigint references published_documents (id),
  sha256 text not null,
  document text not null
);
