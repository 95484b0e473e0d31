#!/bin/bash
# What the official image's start does with an empty folder, as far as the platform relies on it.
set -euo pipefail
programs=/usr/lib/postgresql/15/bin
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  # shellcheck disable=SC2086 # several words are meant
  "$programs/initdb" --pgdata="$PGDATA" --username=postgres --pwfile="$POSTGRES_PASSWORD_FILE" $POSTGRES_INITDB_ARGS
  printf 'host all all all scram-sha-256\n' >>"$PGDATA/pg_hba.conf"
fi
# That image ends by SIGINT, which waits for no client; an imported one cannot say so.
"$programs/postgres" -D "$PGDATA" -c listen_addresses='*' &
trap 'kill -INT %1' TERM INT
wait %1 || wait %1
