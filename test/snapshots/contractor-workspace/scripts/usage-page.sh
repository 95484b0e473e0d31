# Starts the page about the workspace's AI. It listens on loopback, Coder's agent forwards to it.
#
# The template puts these lines above it:
#   coder_url                Coder's own address: the page answers under its name
#   hosts                    words: other names under which people reach Coder
#   port                     where it listens
# From the environment:
#   USAGE_PAGE_RUN_DIR       what must not outlive the container (/tmp/ai-page-<uid>)

# shellcheck disable=SC2154 # the variables named above

set -uo pipefail
umask 077

readonly run_dir=${USAGE_PAGE_RUN_DIR:-/tmp/ai-page-$(id -u)}
readonly log="$run_dir/log"

# The workspace works without it: no reason to call the whole start failed.
for program in ai-page node curl jq setsid sha256sum; do
  if ! command -v "$program" >/dev/null; then
    printf 'AI usage: the program %s is not in this image, so there is no page behind the button "AI usage": build the workspace image, or choose an image that has it\n' "$program" >&2
    exit 0
  fi
done

mkdir -m 700 -- "$run_dir" 2>/dev/null
if [ -L "$run_dir" ] || [ ! -O "$run_dir" ]; then
  printf 'AI usage: %s belongs to somebody else: remove it, then start the workspace again\n' "$run_dir" >&2
  exit 1
fi

healthy() { curl --disable --silent --fail --noproxy '*' --max-time 2 --output /dev/null "http://127.0.0.1:$port/healthz"; }
keeper() { [ -f "$run_dir/pid" ] && cat -- "$run_dir/pid"; }
is_running() { [[ $(keeper) =~ ^[1-9][0-9]*$ ]] && kill -0 "$(keeper)" 2>/dev/null; }

options=(--port "$port" --coder "$coder_url" --while "$PPID")
for host in $hosts; do options+=(--host "$host"); done

# What it inherits of ours: a workspace that was built ahead gets another owner.
environment=$({
  env | LC_ALL=C sort | grep -E '^(AI|TZ)[_=]'
  printf '%s\n' "${options[@]}"
} | sha256sum)

if is_running; then
  if [ "$(cat -- "$run_dir/environment" 2>/dev/null)" = "$environment" ] && healthy; then
    printf 'the page of AI usage is already running\n'
    exit 0
  fi
  printf 'the page of AI usage runs with other settings: starting it again\n'
  kill -- "$(keeper)" 2>/dev/null
  for _ in $(seq 1 20); do
    is_running || break
    sleep 0.5
  done
fi

if healthy; then
  printf 'AI usage: port %s is taken by another program of this workspace, so there is no page behind the button "AI usage": end that program, then start the workspace again\n' "$port" >&2
  exit 1
fi

# Out of reach of the agent's signals and pipes, which wait for whoever can write to the log of this script.
# shellcheck disable=SC2016 # expanded by that bash
setsid --fork bash -c 'printf "%s" "$$" >"$1" && exec ai-page "${@:2}"' bash "$run_dir/pid" "${options[@]}" \
  >"$log" 2>&1 </dev/null
printf '%s' "$environment" >"$run_dir/environment"

for _ in $(seq 1 40); do
  if healthy; then
    printf 'the page of AI usage is ready\n'
    exit 0
  fi
  sleep 0.5
done
printf 'the page of AI usage did not answer within 20 s; its log is %s:\n' "$log" >&2
tail -n 20 -- "$log" >&2
exit 1
