-- When the report of a month goes out by mail: one row. Which months went out already is noted with what is to be
-- delivered, so that each goes out once, and one that was missed is made up.
create table month_mail (
  is_only boolean primary key default true check (is_only),
  -- On which day the month before is due, of the policy's time zone; null: never.
  day_of_month integer check (day_of_month between 1 and 28),
  -- The last month that went out, or that was over when the day was set: YYYY-MM.
  through text check (through ~ '^\d{4}-\d{2}$')
);
insert into month_mail default values;

-- What goes along with an alert by mail.
create table alert_files (
  alert_id bigint not null references alerts (id) on delete cascade,
  name text not null,
  type text not null,
  body text not null,
  primary key (alert_id, name)
);
