-- One service's account. The password comes from a file: arguments are everybody's to read.
\set password `cat "$PASSWORD_FILE"`

select format('create role %I login', :'name')
where not exists (select from pg_roles where rolname = :'name') \gexec

-- Not into the server's log, should it be told to log such statements.
set log_statement = 'none';
set log_min_duration_statement = -1;
set log_min_error_statement = 'panic';
select format('alter role %I login password %L', :'name', :'password') \gexec

select format('create database %I owner %I', :'name', :'name')
where not exists (select from pg_database where datname = :'name') \gexec

-- Who has one account has no look at the others' data.
select format('revoke all on database %I from public', :'name') \gexec
