# Run within the container of Coder's Postgres, by its own pg_dump: that one is of the right version.
# $1: the database, where it is not the one that the container was made with.
set -eu
user=${POSTGRES_USER:-postgres}
database=${1:-${POSTGRES_DB:-$user}}
if [ -n "${POSTGRES_PASSWORD_FILE:-}" ] && [ -r "$POSTGRES_PASSWORD_FILE" ]; then
  PGPASSWORD=$(cat "$POSTGRES_PASSWORD_FILE")
else
  PGPASSWORD=${POSTGRES_PASSWORD:-}
fi
export PGPASSWORD
exec pg_dump --format=custom --no-password --username="$user" --dbname="$database"
