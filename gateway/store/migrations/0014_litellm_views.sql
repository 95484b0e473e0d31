-- What people's own SQL asked LiteLLM's tables, under the names and types those have there: read-only, times in UTC
-- without a zone, US dollars as floating point numbers. Only hashes of keys are here, as nowhere else.
--
-- Limits are what an administrator laid down for the key or person, by itself or by a named budget. Null is the policy's,
-- which the store does not know. `spend` of a key or person is that of its latest budget window, which ended
-- unnoticed here if there has been no call since.

-- A call a row; of days that are sums by now, a row for each sum, at the day's beginning. Totals are exact throughout.
create view "LiteLLM_SpendLogs" as
select calls.owner_id as "user", ((finished_at - make_interval(secs => latency_ms / 1000.0)) at time zone 'UTC')::timestamp(3)
    as "startTime",
  (finished_at at time zone 'UTC')::timestamp(3) as "endTime", (cost_nano / 1e9)::double precision as spend,
  (input_tokens + cache_write_tokens + cache_read_tokens)::bigint as prompt_tokens, output_tokens as completion_tokens,
  coalesce(provider, '') as custom_llm_provider, model, model_asked as model_group, keys.hash as api_key
from calls join keys on keys.id = calls.key_id
union all
select daily_sums.owner_id, (starts_at at time zone 'UTC')::timestamp(3), (starts_at at time zone 'UTC')::timestamp(3),
  (cost_nano / 1e9)::double precision, (input_tokens + cache_write_tokens + cache_read_tokens)::bigint, output_tokens,
  coalesce(provider, ''), model, model, keys.hash
from daily_sums join keys on keys.id = daily_sums.key_id;

create view "LiteLLM_VerificationToken" as
select k.hash as token, 'sk-...' || k.last_four as key_name, k.alias as key_alias,
  (a.spent_nano / 1e9)::double precision as spend,
  (coalesce(k.max_budget_nano, b.max_budget_nano) / 1e9)::double precision as max_budget,
  k.metadata || jsonb_build_object(
    'scope', case
      when k.workspace_id is not null then k.scope || ':' || k.workspace_id
      when k.scope = 'user' then 'user:' || k.owner_name
      when starts_with(k.owner_id, k.scope || ':') then k.owner_id
      else k.scope
    end,
    'enforcement_level', k.level
  ) as metadata,
  (k.expires_at at time zone 'UTC')::timestamp(3) as expires, coalesce(k.models, '{}') as models,
  coalesce(k.tpm_limit, b.tpm_limit)::bigint as tpm_limit, coalesce(k.rpm_limit, b.rpm_limit)::bigint as rpm_limit,
  coalesce(k.max_parallel_requests, b.max_parallel_requests) as max_parallel_requests,
  coalesce(k.budget_duration, b.budget_duration) as budget_duration,
  (k.created_at at time zone 'UTC')::timestamp(3) as created_at,
  (k.updated_at at time zone 'UTC')::timestamp(3) as updated_at
from keys k join accounts a on a.id = k.account_id left join budgets b on b.id = k.budget_id
where k.revoked_at is null;

create view "LiteLLM_UserTable" as
select o.id as user_id, (coalesce(a.spent_nano, 0) / 1e9)::double precision as spend,
  (coalesce(o.max_budget_nano, b.max_budget_nano) / 1e9)::double precision as max_budget,
  coalesce(o.rpm_limit, b.rpm_limit)::bigint as rpm_limit, coalesce(o.tpm_limit, b.tpm_limit)::bigint as tpm_limit,
  coalesce(o.max_parallel_requests, b.max_parallel_requests) as max_parallel_requests,
  coalesce(o.budget_duration, b.budget_duration) as budget_duration
from owners o left join accounts a on a.label = 'owner/' || o.id left join budgets b on b.id = o.budget_id;
