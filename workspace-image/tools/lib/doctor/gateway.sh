# Checks of the gateway: the address, the way to it, and what it says about the key.

# shellcheck shell=bash
# shellcheck disable=SC2154 # what ../gateway.sh and report.sh set

# Set by the checks, in their order: later ones are skipped where an earlier one says it all.
reachable=''
clock_skew=''
info=()
accepted=''

check_gateway_address() {
  local name=address
  applies "$name" || return
  if ! find_gateway; then
    wrong_as_said "$name"
  elif [ -n "${AI_GATEWAY_URL:-}" ] && [ "$AI_GATEWAY_URL" != "$gateway" ]; then
    wrong "$name" "the key is for $gateway, but the workspace is set to $(plain "$AI_GATEWAY_URL" 80)" \
      'run ai-setup, then open a new terminal; the key goes to the first alone until then'
  else
    ok "$name" "$gateway"
  fi
}

check_gateway_reachable() {
  local name=reachable had_key=$key word
  applies "$name" || return
  if [ -z "$gateway" ]; then
    skip "$name" 'there is no address to ask'
    return
  fi
  # Whoever answers here is still a stranger.
  key=''
  send /health/readiness --include
  key=$had_key
  read_clock
  answer=${answer#*$'\r\n\r\n'}
  word=$(jq -r '.status? // "" | tostring' <<<"$answer" 2>/dev/null)
  if [ "$curl_code" != 0 ]; then
    explain_silence
    wrong_as_said "$name"
  elif [ "$http_status" = 200 ] && [[ $word =~ ^(connected|healthy)$ ]]; then
    reachable=1
    ok "$name" 'it is there and ready'
  elif [ "$word" = disconnected ]; then
    wrong "$name" 'the gateway is there, but not its database' 'wait a minute and try again; if it stays so, tell your platform team'
  elif [ "$http_status" = 200 ]; then
    wrong "$name" "something answers at $gateway, but it is not the AI gateway" \
      'ask your platform team whether the AI Gateway URL is right and whether a proxy stands between'
  else
    explain_status
    wrong_as_said "$name"
  fi
}

# From the Date header of whoever answered.
read_clock() {
  local line theirs now
  while IFS= read -r line; do
    line=${line%$'\r'}
    case $line in
      [Dd]ate:*)
        theirs=$(date -u -d "$(plain "${line#*:}" 40)" +%s 2>/dev/null) || return
        printf -v now '%(%s)T' -1
        clock_skew=$((now - theirs))
        return
        ;;
      '') return ;;
    esac
  done <<<"$answer"
}

check_clock() {
  local name=clock
  applies "$name" || return
  if [ -z "$clock_skew" ]; then
    skip "$name" 'the gateway did not say what time it is'
  elif ((clock_skew > 120 || clock_skew < -120)); then
    wrong "$name" "this workspace and the gateway are ${clock_skew#-} seconds apart: keys and certificates may not hold" \
      'tell your platform team which of the two is wrong: date -u'
  else
    ok "$name" 'the same as that of the gateway'
  fi
}

# Leaves behind: level, whether the budget is used up, what is left, the budget, its reset, scope, end of the key, the
# floor that asks for the level, how the gateway stands with Coder (state, since when, what it says, what helps), and
# from then on the models.
understand_info() {
  local text
  # shellcheck disable=SC2016 # jq
  text=$(jq -r -L "$lib" 'include "show";
    if [.spend, .max_budget, .budget_left | type] != ["number", "number", "number"] then error("not the gateway")
    else
      (.level | clean), (.budget_left < 0.01), (.budget_left | dollars), (.max_budget | dollars), (.window_end | epoch),
      (.scope | clean), (.expires_at | epoch), (.level_floor? // "" | clean),
      (.coder? | if type == "object" then . else {} end
        | (.state // "" | clean), (.since // "" | epoch), (.says // "" | clean(200)), (.what_to_do // "" | clean(200))),
      (.models[]? | clean)
    end' <<<"$answer" 2>/dev/null)
  [ -n "$text" ] && mapfile -t info <<<"$text"
}

check_key_accepted() {
  local name='key accepted'
  applies "$name" || return
  if [ -z "$reachable" ]; then
    skip "$name" 'the gateway is not reachable'
  elif [ -z "$key" ]; then
    skip "$name" 'there is no key'
  elif ! ask '/api/v1/keys/info?usage=false'; then
    wrong_as_said "$name"
  elif ! understand_info; then
    not_the_gateway
    wrong_as_said "$name"
  else
    accepted=1
    if [[ ${info[6]} =~ ^[0-9]{1,12}$ ]]; then
      ok "$name" "${info[5]}, good until $(printf '%(%d %b %Y)T' "${info[6]}")"
    else
      ok "$name" "${info[5]}"
    fi
  fi
}

skip_without_info() { # check
  [ -n "$accepted" ] || skip "$1" 'the gateway has not accepted the key'
  [ -n "$accepted" ]
}

check_model() {
  local name='model allowed' model chosen=${AI_MODEL:-}
  applies "$name" || return
  skip_without_info "$name" || return
  for model in "${info[@]:12}"; do
    if [ "$model" = "$chosen" ]; then
      ok "$name" "$model"
      return
    fi
  done
  # By an alias, perhaps.
  if ask /v1/models && jq -e --arg chosen "$chosen" 'any(.data[]?; .id? == $chosen)' <<<"$answer" >/dev/null 2>&1; then
    ok "$name" "$(plain "$chosen" 60)"
  else
    wrong "$name" "this key may not use \"$(plain "$chosen" 60)\"" \
      'choose another AI Model in the settings of the workspace; ai-models lists those you may use'
  fi
}

# The form cannot say what is laid down for a person.
why_in_force() {
  case ${info[7]} in
    person) printf 'the least that your organisation has laid down for you, whatever the form has' ;;
    group) printf 'the least for a group of yours, whatever the form has' ;;
    template) printf 'the least for this template, whatever the form has' ;;
    everyone) printf 'the least for everyone' ;;
    *) printf 'as set' ;;
  esac
}

check_level() {
  local name='mode in force' level
  applies "$name" || return
  skip_without_info "$name" || return
  level=${info[0]}
  if [ "$level" = "${AI_ENFORCEMENT_LEVEL:-}" ]; then
    ok "$name" "$level, $(why_in_force)"
  else
    wrong "$name" "the gateway applies $level, the workspace was started with $(plain "${AI_ENFORCEMENT_LEVEL:-none}" 40)${info[7]:+; $level is $(why_in_force)}" \
      'start the workspace again, so that the assistants are told as well; if it stays so, ask your platform team'
  fi
}

check_budget() {
  local name='budget left' reset
  applies "$name" || return
  skip_without_info "$name" || return
  reset="resets $(show_reset "${info[4]}")"
  if [ "${info[1]}" = true ]; then
    wrong "$name" "used up: ${info[2]} of ${info[3]}; $reset" 'wait for the reset, or ask your platform team for more'
  else
    ok "$name" "${info[2]} of ${info[3]}; $reset"
  fi
}

# Whether stops, deletions and suspensions in Coder reach the gateway. Nothing of it keeps a key from working.
check_coder() {
  local name='Coder' now
  applies "$name" || return
  skip_without_info "$name" || return
  printf -v now '%(%s)T' -1
  case ${info[8]} in
    '') skip "$name" 'the gateway does not look at Coder' ;;
    reached) ok "$name" 'the gateway sees which workspaces run' ;;
    *)
      # A Coder that is started again is away for a moment.
      if [[ ${info[8]} =~ ^(unreachable|troubled)$ && ${info[9]} =~ ^[0-9]{1,12}$ ]] && ((now - info[9] < 600)); then
        skip "$name" "${info[10]}; the gateway goes on asking"
      else
        wrong "$name" "${info[10]:-the gateway cannot look at Coder}" \
          "your key goes on working; show this to your platform team: ${info[11]:-they look at the log of the gateway}"
      fi
      ;;
  esac
}

check_answer() {
  local name='a question' body words
  applies "$name" || return
  if [ -z "$ask_model" ]; then
    skip "$name" 'it costs a little: ai-doctor --ask'
    return
  fi
  skip_without_info "$name" || return
  body=$(jq -cn --arg model "${AI_MODEL:-}" \
    '{model: $model, max_tokens: 16, messages: [{role: "user", content: "Answer with the word ok."}]}')
  if ! ask /v1/chat/completions --max-time 60 --header 'Content-Type: application/json' --data-raw "$body"; then
    wrong_as_said "$name"
  elif ! words=$(jq -er '.choices[0].message.content | strings' <<<"$answer" 2>/dev/null); then
    wrong "$name" 'the gateway answered, but there was no text in it' 'try again; if it stays so, show this line to your platform team'
  else
    ok "$name" "the model answers: $(plain "$words" 60)"
  fi
}
