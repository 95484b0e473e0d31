#!/usr/bin/env bash
# Makes a role and a database for each service, each with its own password. Safe to run again: a changed password is set,
# and nothing is dropped.
# Usage: postgres-accounts.sh HOST NAME…
set -euo pipefail

files=$(dirname -- "$0")
export PGHOST=$1 PGUSER=postgres PGCONNECT_TIMEOUT=5
shift
PGPASSWORD=$(<"$files/POSTGRES_PASSWORD")
export PGPASSWORD

for ((second = 0; second < 120; second++)); do
  pg_isready --quiet && break
  sleep 1
done

for name in "$@"; do
  PASSWORD_FILE=$files/${name}_password psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --set=name="$name" \
    --dbname=postgres --file="$files/postgres-accounts.sql"
  printf 'account %s is ready\n' "$name"
done
