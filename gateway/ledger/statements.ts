/** The ledger's statements. What they call is in the migrations, which say how and why. */

/** $1 gateway process, then as in `admission.ts`. */
export const ADMIT = `
select decided::text as decision from admit_calls($1::bigint, $2::bigint[], $3::integer[], $4::timestamptz[], $5::bigint[], $6::bigint[],
  $7::bigint[], $8::bigint[], $9::integer[], $10::uuid[], $11::text[], $12::bigint[], $13::bigint[], $14::bigint[],
  $15::bigint[], $16::jsonb) as decided`;

/** As in `booking.ts`. */
export const SETTLE = `
select settle_calls(
  $1::bigint[], $2::uuid[], $3::text[], $4::text[], $5::boolean[], $6::bigint[], $7::text[], $8::text[],
  $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[],
  $17::text[], $18::text[], $19::integer[], $20::boolean[], $21::bigint[], $22::bigint[], $23::bigint[],
  $24::bigint[], $25::bigint[], $26::boolean[], $27::integer[], $28::integer[], $29::integer[], $30::text[],
  $31::text[], $32::text[], $33::text[])`;

/** As `SETTLE`, then as `ADMIT`. */
export const SETTLE_AND_ADMIT = `
select decided::text as decision from settle_and_admit(
  $1::bigint[], $2::uuid[], $3::text[], $4::text[], $5::boolean[], $6::bigint[], $7::text[], $8::text[], $9::text[],
  $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::text[],
  $18::text[], $19::integer[], $20::boolean[], $21::bigint[], $22::bigint[], $23::bigint[], $24::bigint[],
  $25::bigint[], $26::boolean[], $27::integer[], $28::integer[], $29::integer[], $30::text[], $31::text[], $32::text[],
  $33::text[], $34::bigint, $35::bigint[], $36::integer[], $37::timestamptz[], $38::bigint[], $39::bigint[], $40::bigint[],
  $41::bigint[], $42::integer[], $43::uuid[], $44::text[], $45::bigint[], $46::bigint[], $47::bigint[],
  $48::bigint[], $49::jsonb) as decided`;

export const JOIN = 'insert into gateway_processes default values returning id';

/** Of a process that has the store for itself: whoever had it before is gone. */
export const JOIN_ALONE = `
with gone as (
  update gateway_processes set dead_at = clock_timestamp() where dead_at is null
)
insert into gateway_processes default values returning id`;

/** $1 process. No row: it was declared dead. */
export const BEAT = `
update gateway_processes set heartbeat_at = clock_timestamp() where id = $1 and dead_at is null returning id`;

/** $1 process. What it leaves behind is booked at the next look of any other. */
export const LEAVE = `
with open as (
  select exists (select from reservations where process_id = $1) as is_any
), gone as (
  delete from gateway_processes where id = $1 and not (select is_any from open)
)
update gateway_processes set dead_at = clock_timestamp() where id = $1 and (select is_any from open)`;

/** $1 milliseconds without a heartbeat, $2 most calls at once. */
export const SWEEP = `
select * from sweep_dead_process(make_interval(secs => $1::double precision / 1000), $2::integer)`;

/** $1 process, $2 least age in milliseconds, $3 the requests it knows of. */
export const RELEASE_STRAYS = `
select release_strays($1::bigint, make_interval(secs => $2::double precision / 1000), $3::uuid[]) as released`;

export const OLDEST_CALL = 'select min(finished_at) as oldest from calls';

/** $1 instant before which their last call ended, $2 most at once. Sums of days keep what they came to. */
export const OLD_TASKS = `
delete from tasks where ctid = any (array(
  select ctid from tasks where last_at < $1::timestamptz order by last_at limit $2::integer
)) returning 1`;

/** $1 day, $2 its first instant, $3 that of the next, $4 most calls at once, $5 the clients that are told apart. */
export const ROLL_UP =
  'select roll_up_calls($1::date, $2::timestamptz, $3::timestamptz, $4::integer, $5::text[]) as rolled';
