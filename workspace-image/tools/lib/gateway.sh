# What the tools share: where the gateway is, the key, a question to the gateway, and plain words for what went wrong.
#
# A function that fails leaves `problem` (what, where) and `remedy` (what to do) behind. Sourced, never run.

# shellcheck shell=bash
# shellcheck disable=SC2034 # read by the tools

if [ -z "${HOME:-}" ]; then
  printf 'HOME is not set: run this in a terminal of the workspace\n' >&2
  exit 1
fi

readonly state_dir="$HOME/.config/ai-gateway"
readonly key_file="$state_dir/key"
readonly gateway_file="$state_dir/gateway"
readonly status_file="$state_dir/status"
# As people write them.
readonly key_name="~${key_file#"$HOME"}"
readonly gateway_name="~${gateway_file#"$HOME"}"

# Set by --json: then a failure is JSON as well.
as_json=''
key=''
gateway=''
answer=''
http_status=''
problem=''
remedy=''

# What others wrote may hold bytes that a terminal obeys. Printable ASCII says enough in our messages.
plain() { # text, most characters (300)
  local LC_ALL=C
  local text=${1//[^ -~]/ }
  printf '%s' "${text:0:${2:-300}}"
}

# The last barrier before the terminal: whatever a text was made from, the key is not in it.
without_keys() { # text
  local text=$1
  [ -z "$key" ] || text=${text//"$key"/sk-…}
  while [[ $text =~ (^|[^A-Za-z0-9])(sk-[A-Za-z0-9_-]{16,}) ]]; do
    text=${text//"${BASH_REMATCH[2]}"/sk-…}
  done
  printf '%s' "$text"
}

fails() { # problem, remedy
  problem=$1
  remedy=$2
  return 1
}

give_up() {
  problem=$(without_keys "$problem")
  if [ -n "$as_json" ] && command -v jq >/dev/null; then
    jq -acn --arg problem "$problem" --arg remedy "$remedy" '{error: {message: $problem, what_to_do: $remedy}}'
  fi
  printf '%s: %s\n  what to do: %s\n' "${0##*/}" "$problem" "$remedy" >&2
  exit 1
}

bad_usage() { # what is wrong with the command line
  printf '%s: %s; see %s --help\n' "${0##*/}" "$(plain "$1")" "${0##*/}" >&2
  exit 2
}

need_programs() {
  local program
  for program in curl jq; do
    command -v "$program" >/dev/null ||
      fails "the program $program is missing in this image" "ask your platform team for an image with $program" || return 1
  done
}

# A pipe in a file's place would be waited at for ever.
is_readable_file() { [ -f "$1" ] && [ -r "$1" ]; } # path

# A file of one line, without starting a program.
read_line() { # path
  local line=''
  is_readable_file "$1" && IFS= read -r line <"$1"
  printf '%s' "$line"
}

setup_status() { plain "$(read_line "$status_file")" 100; }

is_key() { [[ $1 =~ ^sk-[A-Za-z0-9_-]{16,256}$ ]]; }

# Host and port alone: nothing that curl would expand, and nowhere to hide another host.
is_origin() { [[ $1 =~ ^https?://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\])(:[0-9]{1,5})?$ ]]; }

ai_is_off() { [ "${AI_ASSISTANT:-}" = none ] || { [ -z "${AI_ASSISTANT:-}" ] && [ ! -e "$key_file" ] && [ ! -e "$status_file" ]; }; }

# The origin that the key was made for; the environment decides only where the set-up noted none.
find_gateway() {
  local source
  if [ -e "$gateway_file" ] && ! is_readable_file "$gateway_file"; then
    gateway=''
    fails "$gateway_name is not a file that can be read" 'move it away, then run ai-setup'
    return
  elif [ -e "$gateway_file" ]; then
    gateway=$(read_line "$gateway_file")
    source=$gateway_name
  else
    gateway=${AI_GATEWAY_URL:-}
    source=AI_GATEWAY_URL
  fi
  is_origin "$gateway" && return
  local found
  found=$(plain "$gateway" 80)
  gateway=''
  if ai_is_off; then
    fails 'AI is switched off for this workspace (AI Coding Agent: none)' \
      'to have AI, choose another AI Coding Agent in the settings of the workspace and start it again'
  elif [ -z "$found" ]; then
    fails "$source says no gateway" 'run this in a terminal of the workspace; if you did, start the workspace again'
  else
    fails "$source does not name a gateway, but \"$found\"" 'run ai-setup; if that does not help, start the workspace again'
  fi
}

find_key() {
  local state
  if [ ! -e "$key_file" ]; then
    if ai_is_off; then
      fails 'AI is switched off for this workspace (AI Coding Agent: none)' \
        'to have AI, choose another AI Coding Agent in the settings of the workspace and start it again'
    else
      state=$(setup_status)
      fails "there is no key: $key_name is missing${state:+ (the set-up says: $state)}" 'run ai-setup'
    fi
    return
  fi
  [ -f "$key_file" ] || fails "$key_name is no plain file" 'move it away, then run ai-setup' || return
  [ -r "$key_file" ] || fails "$key_name cannot be read" "chmod 600 $key_name" || return
  key=$(read_line "$key_file")
  is_key "$key" && return
  key=''
  fails "$key_name holds no key" 'run ai-setup'
}

# Bytes. Whoever answers at the gateway's address must not fill the workspace's memory; its longest answer has a
# fraction of that.
readonly most_bytes=4194304

# One question. The key goes through a pipe: command lines and environments are readable by every process here.
# Leaves the body in $answer and the status in $http_status; 000 when nobody answered.
send() { # path, more arguments of curl
  local path=$1 outcome
  shift
  # What curl says of it comes by a way of its own, and first: the body may be cut off.
  answer=$(
    exec 4>&1
    body=$(
      {
        { [ -z "$key" ] || printf 'header = "Authorization: Bearer %s"\n' "$key"; } |
          curl --disable --silent --config - --globoff --proto '=http,https' --noproxy '*' --max-redirs 0 \
            --connect-timeout 4 --max-time 10 --write-out '%{stderr}%{http_code} %{errormsg}' "$@" "$gateway$path" 2>&4
        printf ' %s' "$?" >&4
      } | head --bytes "$most_bytes"
    )
    printf '\n%s' "$body"
  )
  outcome=${answer%%$'\n'*}
  answer=${answer#*$'\n'}
  http_status=${outcome%% *}
  curl_code=${outcome##* }
  curl_words=${outcome#* }
  curl_words=$(plain "${curl_words% *}" 200)
}

# As `send`, and fails with plain words unless the answer is 200.
ask() { # path, more arguments of curl
  send "$@"
  [ "$curl_code" = 0 ] && [ "$http_status" = 200 ] && return
  if [ "$curl_code" = 0 ]; then explain_status; else explain_silence; fi
}

explain_silence() {
  local host=${gateway#*://}
  case $curl_code in
    5 | 6)
      fails "gateway not reachable: the name ${host%:*} is not known here" \
        'check the AI Gateway URL in the settings of the workspace; if it is right, ask your platform team whether this workspace is in the network of the gateway'
      ;;
    7)
      fails "gateway not reachable: nothing listens at $gateway" \
        'wait a minute and try again; if it stays so, tell your platform team that the gateway is down'
      ;;
    23 | 63 | 141)
      fails "$gateway answered with more than $((most_bytes / 1048576)) MiB, as the AI gateway never does" \
        'ask your platform team whether this is the address of the AI gateway'
      ;;
    28)
      fails "gateway not reachable: $gateway did not answer in time" \
        'wait a minute and try again; if it stays so, ask your platform team about the gateway and the firewall before it'
      ;;
    35 | 51 | 53 | 54 | 58 | 59 | 60 | 64 | 66 | 77 | 80 | 82 | 83 | 90 | 91)
      if [[ $curl_words =~ (not\ yet\ valid|expired) ]]; then
        fails "gateway not reachable: its certificate is not valid at this workspace's time, $(date -u '+%Y-%m-%d %H:%M') UTC ($curl_words)" \
          'compare that time with a clock: if it is wrong, tell your platform team that the host of the workspace has the wrong time; if it is right, that the certificate of the gateway has to be renewed'
      elif [ "$curl_code" = 35 ]; then
        fails "gateway not reachable: no TLS connection to $gateway ($curl_words)" \
          'ask your platform team whether the gateway speaks https at that address, or plain http'
      else
        fails "gateway not reachable: its certificate is not trusted here ($curl_words)" \
          'ask your platform team for an image that holds the certificate of your own CA'
      fi
      ;;
    *)
      fails "gateway not reachable: $gateway broke off (${curl_words:-curl ended with $curl_code})" \
        'try again; if it stays so, show this line to your platform team'
      ;;
  esac
}

explain_status() {
  local words
  words=$(jq -r '(.error? | .message? // .) // .detail? // "" | tostring' <<<"$answer" 2>/dev/null) || words=''
  words=$(plain "$words")
  case $http_status in
    401)
      fails "the gateway refuses the key (401)${words:+: $words}" \
        'run ai-setup; if that does not help, start the workspace again'
      ;;
    402) fails "the budget is used up (402)${words:+: $words}" 'wait for the reset (ai-usage says when), or ask your platform team for more' ;;
    403) fails "the gateway refuses that to this key (403)${words:+: $words}" 'show this line to your platform team' ;;
    429) fails "too many calls at a time (429)${words:+: $words}" 'wait a minute and try again' ;;
    404) fails "$gateway does not know that question (404)" 'ask your platform team whether this is the address of the AI gateway' ;;
    5??)
      fails "the gateway is there but cannot work now ($http_status)${words:+: $words}" \
        'wait a minute and try again; if it stays so, show this line to your platform team'
      ;;
    *)
      fails "$gateway answered with status $http_status${words:+: $words}" \
        'ask your platform team whether this is the address of the AI gateway'
      ;;
  esac
}

not_the_gateway() {
  fails "$gateway answered, but not as the AI gateway does" 'ask your platform team whether this is the address of the AI gateway'
}

# "in 5 h", from seconds.
show_span() {
  if (($1 < 0)); then
    printf 'now'
  elif (($1 < 3600)); then
    printf 'in %d min' $((($1 + 59) / 60))
  elif (($1 < 172800)); then
    printf 'in %d h' $((($1 + 1800) / 3600))
  else
    printf 'in %d days' $((($1 + 43200) / 86400))
  fi
}

# When a budget opens anew, by the clock of the terminal. Epoch seconds, or - for never.
show_reset() {
  local now
  [[ $1 =~ ^[0-9]{1,12}$ ]] || { printf 'never: this budget is for good' && return; }
  printf -v now '%(%s)T' -1
  printf '%(%a %d %b %H:%M)T, %s' "$1" "$(show_span $(($1 - now)))"
}
