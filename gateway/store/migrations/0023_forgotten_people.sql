-- People who are to be forgotten: their name is a word without meaning from then on, in the ledger as in the audit trail.

-- The word, for as long as it takes to put it in the place of the name; the row goes away at the end.
alter table owners add column forgotten_as text;

-- Still only ever added to, but for the names of people who are forgotten: whoever changes a row says so for the
-- transaction, and may change nothing but what was said before and after, and to whom it was done.
create or replace function refuse_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and current_setting('gateway.forgets', true) = 'a person' then
    if (new.id, new.at, new.actor, new.action, new.request_id)
      is not distinct from (old.id, old.at, old.actor, old.action, old.request_id) then
      return new;
    end if;
  end if;
  raise exception 'table % is append-only', tg_table_name using errcode = 'insufficient_privilege';
end $$;

-- Puts the word into at most so many sums, and says how many. Sums that only a name told apart become one.
create function forget_in_sums(ids text[], word text, most integer) returns integer language plpgsql as $$
declare
  found_many integer;
begin
  with gone as (
    delete from daily_sums where ctid = any (array(select ctid from daily_sums where owner_id = any (ids) limit most))
    returning *
  ), summed as (
    insert into daily_sums as s (
      day, starts_at, key_id, account_id, account_ids, scope, owner_id, owner_name, workspace_id, workspace_name,
      template_name, level, protocol, model, provider, deployment, client, calls, failed_calls, estimated_calls,
      estimated_nano, input_tokens, output_tokens, cache_write_tokens, cache_read_tokens, cost_nano, latency_ms
    )
    select g.day, g.starts_at, g.key_id, g.account_id, g.account_ids, g.scope, word, word, g.workspace_id,
      case when g.workspace_name is not null then word end, g.template_name, g.level, g.protocol, g.model, g.provider,
      g.deployment, g.client, sum(g.calls), sum(g.failed_calls), sum(g.estimated_calls), sum(g.estimated_nano),
      sum(g.input_tokens), sum(g.output_tokens), sum(g.cache_write_tokens), sum(g.cache_read_tokens), sum(g.cost_nano),
      sum(g.latency_ms)
    from gone g
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17
    on conflict (
      day, starts_at, key_id, account_id, coalesce(account_ids, '{}'), scope, owner_id, owner_name, level, protocol,
      model, client, coalesce(workspace_id, ''), coalesce(workspace_name, ''), coalesce(template_name, ''),
      coalesce(provider, ''), coalesce(deployment, '')
    ) do update set
      calls = s.calls + excluded.calls, failed_calls = s.failed_calls + excluded.failed_calls,
      estimated_calls = s.estimated_calls + excluded.estimated_calls,
      estimated_nano = s.estimated_nano + excluded.estimated_nano, input_tokens = s.input_tokens + excluded.input_tokens,
      output_tokens = s.output_tokens + excluded.output_tokens,
      cache_write_tokens = s.cache_write_tokens + excluded.cache_write_tokens,
      cache_read_tokens = s.cache_read_tokens + excluded.cache_read_tokens,
      cost_nano = s.cost_nano + excluded.cost_nano, latency_ms = s.latency_ms + excluded.latency_ms
  )
  select count(*)::integer into found_many from gone;
  return found_many;
end $$;
