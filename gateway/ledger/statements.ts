/** The two statements of the ledger, apart from the code that runs them because they are read as a pair. */

/**
 * Locks the account, opens a new window when one has begun, and takes input plus as many output tokens as fit.
 * What calls under way have reserved is carried into the new window: they are booked there.
 *
 * $1 account, $2 window start, $3 budget, $4 input cost, $5 cost of an output token, $6 output tokens asked for,
 * $7 fewest worth a call, $8 request id.
 */
export const RESERVE = `
with held as (
  select id, reserved_nano as reserved, case when window_start < $2::timestamptz then 0 else spent_nano end as spent
  from accounts where id = $1::bigint for update
), room as (
  select *, case when $5::bigint = 0 then $6::bigint
                 else least($6::bigint, ($3::bigint - spent - reserved - $4::bigint) / $5::bigint) end as tokens
  from held
), fits as (
  select * from room
  where tokens >= least($7::bigint, $6::bigint) and spent + reserved + $4::bigint + tokens * $5::bigint <= $3::bigint
), taken as (
  update accounts a
  set window_start = greatest(a.window_start, $2::timestamptz),
      spent_nano = f.spent,
      reserved_nano = a.reserved_nano + $4::bigint + f.tokens * $5::bigint
  from fits f where a.id = f.id
  returning a.id
), noted as (
  insert into reservations (request_id, account_id, amount_nano)
  select $8::uuid, id, $4::bigint + tokens * $5::bigint from fits
)
select spent, reserved, tokens, exists (select from taken) as granted from room`;

/**
 * Gives the reservation back, adds the cost to the window that holds now, and writes the row. The row is written
 * whether or not the reservation is still there; its key makes a repetition fail as a whole.
 *
 * $1 request id, $2 account, $3 window start, $4 cost, then the row's columns in order.
 */
export const BOOK = `
with released as (
  delete from reservations where request_id = $1::uuid returning amount_nano
), booked as (
  update accounts a
  set spent_nano = case when a.window_start < $3::timestamptz then 0 else a.spent_nano end + $4::bigint,
      window_start = greatest(a.window_start, $3::timestamptz),
      reserved_nano = a.reserved_nano - coalesce((select amount_nano from released), 0)
  where a.id = $2::bigint
)
insert into calls (
  request_id, account_id, cost_nano, key_id, scope, owner_id, owner_name, workspace_id, workspace_name,
  template_name, level, protocol, model, model_asked, provider, deployment, attempts, streamed, input_tokens,
  output_tokens, cache_write_tokens, cache_read_tokens, estimated, latency_ms, first_token_ms, status, error_type,
  client
) values (
  $1::uuid, $2::bigint, $4::bigint, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
  $22, $23, $24, $25, $26, $27, $28, $29
)`;
