# AI set-up of the workspace: asks the gateway for this workspace's key and writes what the assistants read.
#
# Runs at every start, after the lines the template puts above it. From those lines:
#   claim, pasted_key        credentials, known to this script alone
#   allowed_gateways         the only places a credential may go, one per line
#   roo_code, opencode, instructions
#                            the assistants' files, complete but for the key
#   opencode_guard           the program that stands before OpenCode
#   small_model              for titles and summaries
# From the environment: AI_ASSISTANT, AI_GATEWAY_URL, AI_MODEL, AI_ENFORCEMENT_LEVEL.
# AI_SETUP_WAIT: seconds to wait for a gateway that does not answer (60).
#
# Safe to run any number of times. Every file is written whole, readable by its owner only.

# shellcheck disable=SC2154 # the variables named above

set -uo pipefail
umask 077

readonly key_placeholder='@AI_GATEWAY_KEY@'
readonly state_dir="$HOME/.config/ai-gateway"
readonly key_file="$state_dir/key"
readonly env_file="$state_dir/env.sh"
readonly status_file="$state_dir/status"
readonly guard_file="$state_dir/bin/opencode"
readonly roo_file="$HOME/.config/roo-code/settings.json"
readonly opencode_file="$HOME/.config/opencode/opencode.json"
readonly instructions_file="$HOME/.config/opencode/enforcement.md"
# Names every file of an assistant that this script wrote: only those may it remove again.
readonly manifest_file="$state_dir/written"

assistant=${AI_ASSISTANT:-none}
gateway=${AI_GATEWAY_URL:-}
model=${AI_MODEL:-}
level=${AI_ENFORCEMENT_LEVEL:-}
wait_seconds=${AI_SETUP_WAIT:-60}
key=''

say() { printf '%s\n' "$*"; }

# A new file takes the place of the old one in one step, so nobody ever reads half of it.
write_file() { # path, content, mode (600)
  local dir temp
  dir=$(dirname -- "$1")
  mkdir -p -- "$dir" || return 1
  temp=$(mktemp -- "$dir/.ai-setup.XXXXXX") || return 1
  if printf '%s\n' "$2" >"$temp" && chmod "${3:-600}" -- "$temp" && mv -fT -- "$temp" "$1"; then
    return 0
  fi
  rm -f -- "$temp"
  return 1
}

set_status() { write_file "$status_file" "$1"; }

fail() { # what the badge shows, what the log says
  set_status "$1"
  say "AI set-up: $2" >&2
  exit 1
}

write_or_fail() { # path, content, mode
  write_file "$@" || fail 'set-up failed' "cannot write $1: check the free space and the owner of its folder, then start the workspace again"
}

lists_line() { # list, line
  local line
  while IFS= read -r line; do
    [ "$line" = "$2" ] && return 0
  done <<<"$1"
  return 1
}

# Letters, digits, _ and - only: such a key means the same in JSON, in a shell and in a header.
is_key() { [[ $1 =~ ^sk-[A-Za-z0-9_-]{16,256}$ ]]; }

check_inputs() {
  case $assistant in
    roo-code | zoo-code | opencode | claude-code | none) ;;
    *) fail 'unknown assistant' "ai_assistant is \"$assistant\"; allowed are roo-code, zoo-code, opencode, claude-code and none: choose one of them in the workspace's settings" ;;
  esac
  if [ "$assistant" != none ] && ! lists_line "$allowed_gateways" "$gateway"; then
    fail 'gateway not allowed' "ai_gateway_url is \"$gateway\"; this template allows ${allowed_gateways//$'\n'/, }: choose one of them in the workspace's settings. Neither claim nor key was sent"
  fi
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

# Waits for a gateway that does not answer; a refusal is final. Leaves the body in $answer.
ask_gateway() { # credential, path, more arguments of curl
  local status pause=1 deadline=$((SECONDS + wait_seconds))
  while :; do
    answer=$(call_gateway "$@")
    status=${answer##*$'\n'}
    answer=${answer%$'\n'*}
    case $status in
      200) return ;;
      400 | 401 | 402 | 403 | 404)
        fail "refused by the gateway ($status)" "the gateway refused this workspace (HTTP $status): $(json_text "$answer" message) Start the workspace again; if that does not help, show this line to your platform team"
        ;;
    esac
    if ((SECONDS + pause > deadline)); then
      fail 'gateway not reachable' "the gateway at $gateway does not answer (last status ${status:-none}): the workspace works without AI until it does; start the workspace again, or ask your platform team"
    fi
    set_status 'waiting for the gateway'
    say "the gateway does not answer yet (status ${status:-none}); next try in ${pause} s"
    sleep "$pause"
    pause=$((pause < 8 ? pause * 2 : 8))
  done
}

obtain_key() {
  local answer=''
  if [ -n "$pasted_key" ]; then
    is_key "$pasted_key" || fail 'AI API key not valid' 'the value of "AI API Key" is no key: a key starts with sk- and holds letters, digits, _ and - only. Leave the field empty to get a key by itself'
    ask_gateway "$pasted_key" /api/v1/keys/info
    key=$pasted_key
    return
  fi
  [ -n "$claim" ] || fail 'no claim' 'this build carries no claim to ask for a key with: stop the workspace and start it again'
  ask_gateway "$claim" /api/v1/keys/workspace --request POST --header 'Content-Type: application/json' --data '{}'
  key=$(json_text "$answer" key)
  is_key "$key" || fail 'gateway answered without a key' "the gateway at $gateway answered without a key: is it the AI gateway of this platform?"
}

shell_quote() { # any text as one word of a POSIX shell
  printf "'%s'" "${1//\'/\'\\\'\'}"
}

write_environment() {
  local claude=''
  if [ "$assistant" = claude-code ]; then
    claude="
  export ANTHROPIC_AUTH_TOKEN=\"\$OPENAI_API_KEY\"
  export ANTHROPIC_BASE_URL=$(shell_quote "$gateway")
  export ANTHROPIC_MODEL=$(shell_quote "$model")
  export ANTHROPIC_DEFAULT_HAIKU_MODEL=$(shell_quote "$small_model")
  export CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS=1
  export CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1"
  fi
  write_or_fail "$key_file" "$key"
  write_or_fail "$env_file" "# Written by the AI set-up at every start of the workspace; changes are lost.
export AI_GATEWAY_URL=$(shell_quote "$gateway")
export OPENAI_API_BASE=$(shell_quote "$gateway/v1")
export AI_MODEL=$(shell_quote "$model")
case \":\$PATH:\" in
  *\":\$HOME/.config/ai-gateway/bin:\"*) ;;
  *) export PATH=\"\$HOME/.config/ai-gateway/bin:\$PATH\" ;;
esac
if [ -r \"\$HOME/.config/ai-gateway/key\" ]; then
  OPENAI_API_KEY=\$(cat \"\$HOME/.config/ai-gateway/key\")
  export OPENAI_API_KEY
  export LITELLM_API_KEY=\"\$OPENAI_API_KEY\"$claude
fi"
}

hook_into_bashrc() {
  # One line, added once: the user's file is not ours to rewrite.
  # shellcheck disable=SC2016 # expanded by the shell that reads .bashrc
  local line='[ -r "$HOME/.config/ai-gateway/env.sh" ] && . "$HOME/.config/ai-gateway/env.sh"'
  if ! grep -qxF -- "$line" "$HOME/.bashrc" 2>/dev/null; then
    # A file that does not end its last line would swallow ours.
    if [ -s "$HOME/.bashrc" ] && [ -n "$(tail -c 1 -- "$HOME/.bashrc")" ]; then
      printf '\n' >>"$HOME/.bashrc"
    fi
    printf '%s\n' "$line" >>"$HOME/.bashrc"
  fi
}

wants_roo_code() { [[ $assistant =~ ^(roo-code|zoo-code)$ ]]; }
wants_opencode() { [[ $assistant =~ ^(roo-code|zoo-code|opencode)$ ]]; }

# Written by an earlier start and not wanted any more: no old key or model may stay behind.
remove_unwanted() { # the files this start writes, one per line
  local file
  [ -r "$manifest_file" ] || return 0
  # The list lies in the home, where others write too: it can name our files, never order another one's removal.
  for file in "$roo_file" "$opencode_file" "$guard_file" "$instructions_file"; do
    if lists_line "$(cat -- "$manifest_file")" "$file" && ! lists_line "$1" "$file"; then
      rm -f -- "$file"
    fi
  done
}

wanted_files() {
  wants_roo_code && printf '%s\n' "$roo_file"
  wants_opencode && printf '%s\n' "$opencode_file" "$guard_file"
  wants_opencode && [ -n "$instructions" ] && printf '%s\n' "$instructions_file"
  return 0
}

write_assistants() {
  wants_roo_code && write_or_fail "$roo_file" "${roo_code//$key_placeholder/$key}"
  wants_opencode && write_or_fail "$opencode_file" "$opencode"
  wants_opencode && write_or_fail "$guard_file" "$opencode_guard" 700
  wants_opencode && [ -n "$instructions" ] && write_or_fail "$instructions_file" "$instructions"
  return 0
}

main() {
  local wanted
  check_inputs
  wanted=$(wanted_files)
  remove_unwanted "$wanted"
  if [ "$assistant" = none ]; then
    rm -f -- "$key_file" "$env_file" "$status_file" "$manifest_file"
    say 'AI is switched off for this workspace (AI Coding Agent: none)'
    return
  fi
  obtain_key
  write_or_fail "$manifest_file" "$wanted"
  write_environment
  write_assistants
  hook_into_bashrc
  set_status "ready: $model, $level"
  say "AI is ready: $assistant with $model through $gateway (mode: $level)"
}

main
