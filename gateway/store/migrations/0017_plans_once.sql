-- One plan for all, made once: Postgres plans a statement anew for its values as long as that looks better, which it
-- does with lists whose lengths it can count, and planning a settlement takes longer than settling many calls.
do $$
declare
  called regprocedure;
begin
  for called in
    select p.oid from pg_proc p
    where p.pronamespace = current_schema()::regnamespace and p.proname in ('admit_calls', 'settle_calls', 'settle_and_admit')
  loop
    execute format('alter function %s set plan_cache_mode = force_generic_plan', called);
  end loop;
end $$;
