# Starts the editor. Nobody but the owner reaches it: it listens on loopback, Coder's agent forwards to it.
#
# The template puts these lines above it:
#   assistant                what was chosen: its extensions are in the editor, and no other assistant's
#   folder                   what the editor opens, absolute
#   is_clone                 set where another script clones a repository there
#   trusted_repository       address of the repository, where the site trusts its clone (none)
# From the environment:
#   CODE_SERVER_RUN_DIR      what must not outlive the container (/tmp/code-server-<uid>)
#   CODE_SERVER_CHOICES      folders of what the editor comes with, one a choice (/opt/workspace/extensions)

# shellcheck disable=SC2154 # the variables named above

set -uo pipefail

readonly port=8080
readonly log="$HOME/.local/state/code-server.log"
readonly run_dir=${CODE_SERVER_RUN_DIR:-/tmp/code-server-$(id -u)}
readonly choices=${CODE_SERVER_CHOICES:-/opt/workspace/extensions}

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

# Terminals of Coder begin there as well; a clone makes its folder itself.
if [ -z "$is_clone" ] && ! mkdir -p -- "$folder"; then
  printf '%s cannot be made, so the editor opens no folder: move away what is in its place, then start the workspace again\n' "$folder" >&2
fi
printf '%s\n' "$folder" >"$run_dir/folder"

# A folder of that name can hold something else by now. A clone under way is nothing but .git.
holds_trusted_repository() {
  local content origin
  [ -n "${trusted_repository:-}" ] || return 1
  content=$(ls -A -- "$folder" 2>/dev/null)
  origin=$(git config --file "$folder/.git/config" --get remote.origin.url 2>/dev/null)
  case $content in
    '') return 0 ;;
    .git) [ "${origin:-$trusted_repository}" = "$trusted_repository" ] ;;
    *) [ "$origin" = "$trusted_repository" ] ;;
  esac
}

unset CODE_SERVER_TRUSTED_FOLDER
if holds_trusted_repository; then export CODE_SERVER_TRUSTED_FOLDER=$folder; fi

options=(--auth none --bind-addr "127.0.0.1:$port" --disable-telemetry --disable-update-check --disable-getting-started-override)
# Without AI, and for an assistant that is none of the image's, the editor has its own extensions alone.
if [[ $assistant =~ ^[a-z0-9-]+$ ]] && [ -d "$choices/$assistant" ]; then
  options+=(--builtin-extensions-dir "$choices/$assistant")
fi

# What terminals and extensions of the editor inherit of ours: a workspace that was built ahead gets another owner.
environment=$({
  env | LC_ALL=C sort | grep -E '^(GIT|AI|OPENCODE|ANTHROPIC|CLAUDE|CODE_SERVER_TRUSTED)_'
  printf '%s\n' "${options[@]}"
} | sha256sum)

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
code-server "${options[@]}" >"$log" 2>&1 </dev/null &
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
