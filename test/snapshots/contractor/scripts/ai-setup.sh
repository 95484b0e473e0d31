# AI set-up of the workspace: asks the gateway for this workspace's key and writes what the assistants read.
#
# Runs at every start, and every other minute after that. A later run is silent as long as all is well; it comes back
# when the gateway does, asks for another key when this one is refused, and restores files that were removed.
#
# The template puts these lines above it:
#   claim, pasted_key        credentials, known to this script alone
#   allowed_gateways         the only places a credential may go
#   allowed_assistants       the values of ai_assistant
#   managed_files            every file an assistant may bring: paths below the home
#   files                    those of this workspace: path=base64, complete but for the key
# From the environment: AI_ASSISTANT, AI_GATEWAY_URL, AI_MODEL, AI_ENFORCEMENT_LEVEL.
#   AI_SETUP_WAIT            seconds to wait at the start for a gateway that does not answer (60)
#   AI_SETUP_AGAIN=1         do everything again now, and fail when it fails: somebody is looking (ai-setup)
#   AI_SETUP_RUN_DIR         what must not outlive the container (/tmp/ai-setup-<uid>)
#
# Every file is written whole, readable by its owner only.

# shellcheck disable=SC2154 # the variables named above

set -uo pipefail
umask 077

readonly key_placeholder='@AI_GATEWAY_KEY@'
readonly state_dir="$HOME/.config/ai-gateway"
readonly key_file="$state_dir/key"
readonly gateway_file="$state_dir/gateway"
readonly env_file="$state_dir/env.sh"
readonly status_file="$state_dir/status"
# Names the files of assistants that this script wrote.
readonly manifest_file="$state_dir/written"
readonly run_dir=${AI_SETUP_RUN_DIR:-/tmp/ai-setup-$(id -u)}

assistant=${AI_ASSISTANT:-none}
gateway=${AI_GATEWAY_URL:-}
model=${AI_MODEL:-}
level=${AI_ENFORCEMENT_LEVEL:-}
wait_seconds=${AI_SETUP_WAIT:-60}
wanted=''
# Which files do not get the key, in words.
refusal=''
# Set in a run that nobody waits for.
quiet=''
key=''

say() { [ -n "$quiet" ] || printf '%s\n' "$*"; }

# A new file takes the place of the old one in one step, so nobody ever reads half of it.
write_file() { # path, content
  local dir temp
  dir=$(dirname -- "$1")
  mkdir -p -- "$dir" || return 1
  temp=$(mktemp -- "$dir/.ai-setup.XXXXXX") || return 1
  if printf '%s\n' "$2" >"$temp" && chmod 600 -- "$temp" && mv -fT -- "$temp" "$1"; then
    return 0
  fi
  rm -f -- "$temp"
  return 1
}

write_or_fail() { # path, content
  write_file "$@" || fail 'set-up failed' "cannot write $1: check the free space and the owner of its folder, then run ai-setup"
}

# What the dashboard shows. A quiet run speaks up when it changes.
set_status() {
  [ "$(cat -- "$status_file" 2>/dev/null)" = "$1" ] && return 0
  quiet=''
  write_file "$status_file" "$1"
}

fail() { # what the dashboard shows, what the log says
  set_status "$1"
  say "AI set-up: $2" >&2
  exit 1
}

# The next run tries again by itself: no reason to call the whole start failed.
come_back_later() { # what the dashboard shows, what the log says
  [ -n "${AI_SETUP_AGAIN:-}" ] && fail "$@"
  set_status "$1"
  say "AI set-up: $2" >&2
  exit 0
}

contains_word() { # words, word
  local word
  for word in $1; do
    [ "$word" = "$2" ] && return 0
  done
  return 1
}

# Letters, digits, _ and - only: such a key means the same in JSON, in a shell and in a header.
is_key() { [[ $1 =~ ^sk-[A-Za-z0-9_-]{16,256}$ ]]; }

check_inputs() {
  contains_word "$allowed_assistants" "$assistant" || [ "$assistant" = none ] ||
    fail 'unknown assistant' "ai_assistant is \"$assistant\"; allowed are ${allowed_assistants// /, }: choose one of them in the workspace's settings"
  [ "$assistant" = none ] || contains_word "$allowed_gateways" "$gateway" ||
    fail 'gateway not allowed' "ai_gateway_url is \"$gateway\"; this template allows ${allowed_gateways// /, }: choose one of them in the workspace's settings. Neither claim nor key was sent"
}

# The credential reaches curl through a pipe: a command line is readable by every process of the workspace.
call_gateway() { # credential, path, more arguments of curl: prints the body, then the status on a line of its own
  printf 'header = "Authorization: Bearer %s"\n' "$1" |
    curl --disable --silent --config - --max-time 15 --max-redirs 0 --noproxy '*' \
      --write-out '\n%{http_code}' "${@:3}" "$gateway$2"
}

json_text() { # JSON, name of a member: its text on one line, quotes as they are
  local pattern="\"$2\" *: *\"(([^\"\\\\]|\\\\.)*)\"" text
  [[ $1 =~ $pattern ]] || return 1
  text=${BASH_REMATCH[1]//\\\"/\"}
  printf '%s' "${text//[[:cntrl:]]/ }"
}

# Asks once. Leaves the body in $answer and the status in $status, 000 when nobody answered.
ask_once() { # credential, path, more arguments of curl
  answer=$(call_gateway "$@")
  status=${answer##*$'\n'}
  answer=${answer%$'\n'*}
}

# Waits for a gateway that does not answer; a refusal is final.
ask_gateway() { # credential, path, more arguments of curl
  local pause=1 deadline=$((SECONDS + wait_seconds))
  while :; do
    ask_once "$@"
    case $status in
      200) return ;;
      400 | 401 | 402 | 403 | 404)
        fail "refused by the gateway ($status)" "the gateway refused this workspace (HTTP $status): $(json_text "$answer" message) Start the workspace again; if that does not help, show this line to your platform team"
        ;;
    esac
    if ((SECONDS + pause > deadline)); then
      come_back_later 'gateway not reachable' "the gateway at $gateway does not answer (last status ${status:-none}): the workspace works without AI until it does; this is tried again every other minute"
    fi
    set_status 'waiting for the gateway'
    say "the gateway does not answer yet (status ${status:-none}); next try in ${pause} s"
    sleep "$pause"
    pause=$((pause < 8 ? pause * 2 : 8))
  done
}

obtain_key() {
  if [ -n "$pasted_key" ]; then
    is_key "$pasted_key" || fail 'AI API key not valid' 'the value of "AI API Key" is no key: a key starts with sk- and holds letters, digits, _ and - only. Leave the field empty to get a key by itself'
    ask_gateway "$pasted_key" /api/v1/keys/info
    key=$pasted_key
    return
  fi
  if [ -z "$claim" ]; then
    # A workspace built ahead belongs to nobody; the build that gives it to a person carries a claim.
    set_status 'waiting for an owner'
    say 'this build carries no claim to ask for a key with: AI comes with the next start'
    exit 0
  fi
  ask_gateway "$claim" /api/v1/keys/workspace --request POST --header 'Content-Type: application/json' --data '{}'
  key=$(json_text "$answer" key)
  is_key "$key" || fail 'gateway answered without a key' "the gateway at $gateway answered without a key: is it the AI gateway of this platform?"
}

shell_quote() { # any text as one word of a POSIX shell
  printf "'%s'" "${1//\'/\'\\\'\'}"
}

write_environment() {
  write_or_fail "$key_file" "$key"
  write_or_fail "$gateway_file" "$gateway"
  write_or_fail "$env_file" "# Written by the AI set-up at every start of the workspace; changes are lost.
export AI_GATEWAY_URL=$(shell_quote "$gateway")
export OPENAI_API_BASE=$(shell_quote "$gateway/v1")
export AI_MODEL=$(shell_quote "$model")
if [ -r \"\$HOME/.config/ai-gateway/key\" ]; then
  OPENAI_API_KEY=\$(cat \"\$HOME/.config/ai-gateway/key\")
  export OPENAI_API_KEY
  export LITELLM_API_KEY=\"\$OPENAI_API_KEY\"
fi"
}

hook_into_bashrc() {
  # One line, added once: the user's file is not ours to rewrite.
  # shellcheck disable=SC2016 # expanded by the shell that reads .bashrc
  local line='[ -r "$HOME/.config/ai-gateway/env.sh" ] && . "$HOME/.config/ai-gateway/env.sh"'
  local file="$HOME/.bashrc" separator=''
  # Reading a pipe would wait for ever.
  if [ -f "$file" ] || [ ! -e "$file" ]; then
    grep -qsxF -- "$line" "$file" && return
    # A file that does not end its last line would swallow ours.
    [ -s "$file" ] && [ -n "$(tail -c 1 -- "$file")" ] && separator=$'\n'
    { printf '%s%s\n' "$separator" "$line" >>"$file"; } 2>/dev/null && return
  fi
  say "AI set-up: $file is not a file that can be read and written, so terminals lack the variables of the AI gateway: move it away or mend it, then run ai-setup" >&2
}

# The git work tree a file would lie in, unless it is ignored there. Nothing above the home is looked at.
work_tree_of() { # path
  local folder file home
  home=$(realpath -- "$HOME")
  folder=$(realpath -m -- "$(dirname -- "$1")")
  file="$folder/$(basename -- "$1")"
  while [ ! -e "$folder/.git" ]; do
    if [ "$folder" = "$home" ] || [ "$folder" = / ]; then return 1; fi
    folder=$(dirname -- "$folder")
  done
  git -C "$folder" check-ignore --quiet -- "$file" 2>/dev/null && return 1
  printf '%s' "$folder"
}

# What is in a work tree gets committed and pushed one day. A home that is one itself is a decision about everything
# in it: without its files there would be no AI at all, so there it is said and left to its owner.
may_hold_key() { # path
  local tree
  tree=$(work_tree_of "$1") || return 0
  if [ "$tree" = "$(realpath -- "$HOME")" ]; then
    say "AI set-up: $1 holds your key, and your home is a git repository that does not ignore it: add it to .gitignore before you commit" >&2
    return 0
  fi
  refusal+="$1 would carry your key into the git repository $tree: let $(dirname -- "$1") be a folder outside of it, or add the file to its .gitignore; then run ai-setup. "
  return 1
}

keep_key_out_of_repositories() {
  local entry text kept=''
  may_hold_key "$key_file" || complain_of_refusal
  for entry in $files; do
    text=$(base64 -d <<<"${entry#*=}")
    if [[ $text != *"$key_placeholder"* ]] || may_hold_key "$HOME/${entry%%=*}"; then kept+="$entry "; fi
  done
  files=$kept
}

complain_of_refusal() {
  [ -z "$refusal" ] || fail 'key kept out of a git repository' "$refusal"
}

paths_of() { # path=base64 words: the paths, a line each
  local entry
  for entry in $1; do
    printf '%s\n' "${entry%%=*}"
  done
}

# Written by an earlier start and not wanted any more: no old key or model may stay behind.
remove_unwanted() {
  local path
  [ -r "$manifest_file" ] || return 0
  # The list lies in the home, where others write too: it can name our files, never order another one's removal.
  for path in $managed_files; do
    if grep -qxF -- "$path" "$manifest_file" && ! grep -qxF -- "$path" <<<"$wanted"; then
      rm -f -- "${HOME:?}/$path"
    fi
  done
}

write_files() { # only: all, or missing
  local entry path text
  for entry in $files; do
    path=${entry%%=*}
    [ "$1" = missing ] && [ -e "$HOME/$path" ] && continue
    text=$(base64 -d <<<"${entry#*=}")
    write_or_fail "$HOME/$path" "${text//$key_placeholder/$key}"
    [ "$1" = missing ] && printf '%s was missing and is back\n' "$HOME/$path"
  done
  return 0
}

# In a folder of this container alone: what lies there is about this start.
prepare_run_dir() {
  mkdir -m 700 -- "$run_dir" 2>/dev/null
  if [ -L "$run_dir" ] || [ ! -O "$run_dir" ]; then
    fail 'set-up failed' "$run_dir belongs to somebody else: remove it, then start the workspace again"
  fi
  # Two runs at a time would tread on each other's files.
  exec 9>"$run_dir/lock"
  flock -w 100 9 || exit 0
  # So that ai-setup can run it again: what it was started as is nowhere else.
  [ -z "${BASH_EXECUTION_STRING:-}" ] || write_file "$run_dir/run" "$BASH_EXECUTION_STRING"
}

# Another claim, assistant or model is another start.
fingerprint() {
  printf '%s\0' "$claim" "$pasted_key" "$files" "$assistant" "$gateway" "$model" "$level" | sha256sum
}

set_up() {
  remove_unwanted
  if [ "$assistant" = none ]; then
    rm -f -- "$key_file" "$gateway_file" "$env_file" "$status_file" "$manifest_file"
    say 'AI is switched off for this workspace (AI Coding Agent: none)'
    return
  fi
  obtain_key
  level=$(json_text "$answer" level) || level=${AI_ENFORCEMENT_LEVEL:-}
  write_or_fail "$manifest_file" "$(paths_of "$files")"
  write_environment
  write_files all
  hook_into_bashrc
}

report() {
  [ "$assistant" = none ] && return
  complain_of_refusal
  set_status "ready: $model, $level"
  say "AI is ready: $assistant with $model through $gateway (mode: $level)"
}

# True when there is nothing left to do.
look_after() {
  [ "$assistant" = none ] && return 0
  key=$(cat -- "$key_file" 2>/dev/null)
  is_key "$key" && [ -r "$gateway_file" ] && [ -r "$env_file" ] || return 1
  ask_once "$key" /api/v1/keys/info
  case $status in
    200)
      write_files missing
      complain_of_refusal
      set_status "ready: $model, $(json_text "$answer" level)"
      ;;
    401 | 403)
      quiet=''
      say 'the gateway does not take the key any more: asking for another'
      return 1
      ;;
    *) come_back_later 'gateway not reachable' "the gateway at $gateway does not answer (status $status)" ;;
  esac
}

main() {
  local this answer='' status=''
  prepare_run_dir
  this=$(fingerprint)
  if [ -z "${AI_SETUP_AGAIN:-}" ] && [ "$(cat -- "$run_dir/begun" 2>/dev/null)" = "$this" ]; then
    quiet=1
    wait_seconds=0
  fi
  check_inputs
  wanted=$(paths_of "$files")
  [ "$assistant" = none ] || keep_key_out_of_repositories
  if [ -n "$quiet" ] && [ "$(cat -- "$run_dir/done" 2>/dev/null)" = "$this" ] && look_after; then
    return
  fi
  write_file "$run_dir/begun" "$this"
  set_up
  # Also when a file was refused: the claim may be too old by the time its folder is put right.
  write_file "$run_dir/done" "$this"
  report
}

main
