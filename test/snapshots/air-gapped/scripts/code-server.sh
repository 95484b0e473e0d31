#!/usr/bin/env bash
# Starts the editor. Nobody but the owner reaches it: it listens on loopback, Coder's agent forwards to it.

set -uo pipefail

readonly port=8080
readonly log="$HOME/.local/state/code-server.log"

if ! command -v code-server >/dev/null; then
  printf 'code-server is not in this image: build the workspace image, or choose an image that has it\n' >&2
  exit 1
fi

healthy() { curl --disable --silent --fail --noproxy '*' --max-time 2 --output /dev/null "http://127.0.0.1:$port/healthz"; }

if healthy; then
  printf 'code-server is already running\n'
  exit 0
fi

mkdir -p -- "${log%/*}"
code-server --auth none --bind-addr "127.0.0.1:$port" \
  --disable-telemetry --disable-update-check --disable-getting-started-override \
  >"$log" 2>&1 </dev/null &
disown

for _ in $(seq 1 40); do
  if healthy; then
    printf 'code-server is ready\n'
    exit 0
  fi
  sleep 0.5
done
printf 'code-server did not answer within 20 s; its log is %s:\n' "$log" >&2
tail -n 20 -- "$log" >&2
exit 1
