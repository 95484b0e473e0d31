# The AI set-up's questions to the gateway: the key above all.

# shellcheck disable=SC2154 # variables of the other parts

# Bytes of an answer: whoever answers at the gateway's address must not fill the workspace's memory.
readonly most_bytes=1048576

# The credential reaches curl through a pipe: a command line is readable by every process of the workspace.
call_gateway() { # credential, path, more arguments of curl: prints the status on a line of its own, then the body
  local body
  exec 4>&1
  body=$(
    printf 'header = "Authorization: Bearer %s"\n' "$1" |
      curl --disable --silent --config - --max-time 15 --max-redirs 0 --noproxy '*' \
        --write-out '%{stderr}%{http_code}' "${@:3}" "$gateway$2" 2>&4 | head --bytes "$most_bytes"
  )
  exec 4>&-
  printf '\n%s' "$body"
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
  status=${answer%%$'\n'*}
  status=${status:-000}
  answer=${answer#*$'\n'}
}

# A gateway that answers with an error is there: no reason to look at the network.
gateway_is_away() { # what that means
  case $status in
    000) come_back_later 'gateway not reachable' "the gateway at $gateway does not answer$1" ;;
    *) come_back_later "gateway answers with an error ($status)" "the gateway at $gateway answers with status $status$1" ;;
  esac
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
      gateway_is_away ': the workspace works without AI until then; this is tried again by itself, every other minute at first'
    fi
    set_status 'waiting for the gateway'
    say "the gateway does not give an answer yet (status $status); next try in ${pause} s"
    sleep "$pause"
    pause=$((pause < 8 ? pause * 2 : 8))
  done
}

# The key of an earlier start. The gateway learns from nobody else that this one asks for none, unless it looks at Coder.
give_key_back() {
  local former
  former=$(text_of "$key_file")
  gateway=$(text_of "$gateway_file")
  is_key "$former" && contains_word "$allowed_gateways" "$gateway" && command -v curl >/dev/null || return 0
  ask_once "$former" /api/v1/keys/workspace --request DELETE --connect-timeout 3 --max-time 10
  case $status in
    200) say 'the key that this workspace had is ended' ;;
    # Ended before, or pasted: that one is a person's.
    401 | 403) ;;
    *) say "AI set-up: the gateway at $gateway did not take the key of this workspace back (status $status): it ends when the gateway looks at Coder, or with its age" >&2 ;;
  esac
}

# An open window and open terminals have the one before.
say_key_is_new() { # the one before
  if is_key "$1" && [ "$1" != "$key" ]; then
    [ ! -d "$run_dir" ] || write_file "$run_dir/new-key" ''
    say 'the key of this workspace is a new one: an open window of the editor takes it within seconds (where not: Developer: Reload Window), terminals that are open need to be opened anew'
  fi
}

obtain_key() {
  if [ -n "$pasted_key" ]; then
    is_key "$pasted_key" || fail 'AI API key not valid' "the value of \"AI API Key\" is no key: a key is sk- and 16 to 256 letters, digits, _ and - after it, and this value has ${#pasted_key} characters$([[ $pasted_key == sk-* ]] || printf ' and does not start with sk-'). Leave the field empty to get a key by itself"
    ask_gateway "$pasted_key" "/api/v1/keys/info?usage=false"
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
