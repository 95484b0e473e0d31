-- Both halves in one statement, for the calls that end and those that begin at the same moment: one commit, one answer
-- to wait for, and what the former give back is there for the latter.

-- Accounts are locked for both before either, in the order of their ids, since each half by itself would take its own
-- in that order and could wait for one that already waits for it.
create function settle_and_admit(
  settled_account_list bigint[], request_ids uuid[], account_sets text[], window_sets text[],
  overdrawn_list boolean[], key_ids bigint[], scopes text[], owner_ids text[], owner_names text[],
  workspace_ids text[], workspace_names text[], template_names text[], levels text[], protocols text[],
  models text[], models_asked text[], providers text[], deployments text[], attempts_list integer[],
  streamed_list boolean[], input_list bigint[], output_list bigint[], cache_write_list bigint[],
  cache_read_list bigint[], costs bigint[], estimated_list boolean[], latencies integer[], first_tokens integer[],
  statuses integer[], error_types text[], clients text[],
  my_process bigint, admitted_accounts bigint[], entry_accounts integer[], entry_windows timestamptz[],
  entry_budgets bigint[], entry_requests bigint[], entry_tokens bigint[], entry_parallel bigint[],
  last_entries integer[], admitted_ids uuid[], admitted_sets text[], input_costs bigint[], token_costs bigint[],
  most_tokens bigint[], fewest_tokens bigint[], details jsonb
) returns table (
  refusal text, entry integer, tokens bigint, spent bigint, reserved bigint, budget bigint, request_limit bigint,
  requests_left bigint, requests_reset_ms integer, token_limit bigint, tokens_left bigint, tokens_reset_ms integer
) language plpgsql as $$
begin
  perform x.id from accounts x where x.id = any (settled_account_list || admitted_accounts) order by x.id for update;
  perform settle_calls(
    settled_account_list, request_ids, account_sets, window_sets, overdrawn_list, key_ids, scopes, owner_ids,
    owner_names, workspace_ids, workspace_names, template_names, levels, protocols, models, models_asked, providers,
    deployments, attempts_list, streamed_list, input_list, output_list, cache_write_list, cache_read_list, costs,
    estimated_list, latencies, first_tokens, statuses, error_types, clients
  );
  return query select * from admit_calls(
    my_process, admitted_accounts, entry_accounts, entry_windows, entry_budgets, entry_requests, entry_tokens,
    entry_parallel, last_entries, admitted_ids, admitted_sets, input_costs, token_costs, most_tokens, fewest_tokens,
    details
  );
end $$;
