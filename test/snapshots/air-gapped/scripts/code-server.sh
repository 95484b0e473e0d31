#!/usr/bin/env bash
# Starts the editor. Nobody but the owner reaches it: it listens on loopback, Coder's agent forwards to it.
#
# CODE_SERVER_RUN_DIR: what must not outlive the container (/tmp/code-server-<uid>)

set -uo pipefail

readonly port=8080
readonly log="$HOME/.local/state/code-server.log"
readonly run_dir=${CODE_SERVER_RUN_DIR:-/tmp/code-server-$(id -u)}

if ! command -v code-server >/dev/null; then
  printf 'code-server is not in this image: build the workspace image, or choose an image that has it\n' >&2
  exit 1
fi

mkdir -m 700 -- "$run_dir" 2>/dev/null
if [ -L "$run_dir" ] || [ ! -O "$run_dir" ]; then
  printf '%s belongs to somebody else: remove it, then start the workspace again\n' "$run_dir" >&2
  exit 1
fi

healthy() { curl --disable --silent --fail --noproxy '*' --max-time 2 --output /dev/null "http://127.0.0.1:$port/healthz"; }

# What terminals and extensions of the editor inherit of ours: a workspace that was built ahead gets another owner.
environment=$(env | LC_ALL=C sort | grep -E '^(GIT|AI|OPENCODE|ANTHROPIC|CLAUDE)_' | sha256sum)

if healthy; then
  if [ ! -f "$run_dir/pid" ] || [ "$(cat -- "$run_dir/environment" 2>/dev/null)" = "$environment" ]; then
    printf 'code-server is already running\n'
    exit 0
  fi
  printf 'code-server runs for another owner or with other settings: starting it again\n'
  kill -- "$(cat -- "$run_dir/pid")" 2>/dev/null
  for _ in $(seq 1 20); do
    healthy || break
    sleep 0.5
  done
fi

mkdir -p -- "${log%/*}"
# A pipe that somebody left there would wait for a reader.
[ -f "$log" ] || rm -f -- "$log"
code-server --auth none --bind-addr "127.0.0.1:$port" \
  --disable-telemetry --disable-update-check --disable-getting-started-override \
  >"$log" 2>&1 </dev/null &
printf '%s' "$!" >"$run_dir/pid"
printf '%s' "$environment" >"$run_dir/environment"
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
