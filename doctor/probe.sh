#!/bin/bash
# Runs in a container of the workspace network: which of the addresses in TARGETS answer at all, whatever they say.
# One line for each: the address and the HTTP status, or 000 where nothing answers.
for target in $TARGETS; do
  status=$(curl --silent --insecure --noproxy '*' --max-time 4 --output /dev/null --write-out '%{http_code}' "$target/health")
  echo "$target ${status:-000}"
done
