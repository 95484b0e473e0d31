#!/bin/sh
# For an image that takes its secrets from the environment alone: each file beside this one whose name is that of a
# variable becomes one, then this becomes the program. So "docker inspect" shows none of them.
# Usage: with-secrets.sh PROGRAM [ARGUMENT…]
set -eu

files=$(dirname -- "$0")
for file in "$files"/[A-Z]*; do
  [ -f "$file" ] || continue
  value=$(cat "$file")
  export "${file##*/}=$value"
done
exec "$@"
