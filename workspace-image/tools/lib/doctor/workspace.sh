# Checks of the workspace itself: its environment, the set-up, the terminal, the home.

# shellcheck shell=bash
# shellcheck disable=SC2154 # what ../gateway.sh and report.sh set

check_environment() {
  local name=environment variable missing=''
  if ai_is_off; then
    ok "$name" 'no AI was asked for (AI Coding Agent: none)'
    return
  fi
  for variable in AI_ASSISTANT AI_GATEWAY_URL AI_MODEL AI_ENFORCEMENT_LEVEL; do
    [ -n "${!variable:-}" ] || missing+=" $variable"
  done
  if [ -n "$missing" ]; then
    wrong "$name" "not set:$missing" 'run this in a terminal of the workspace; if you did, start the workspace again'
  elif ! [[ $AI_ENFORCEMENT_LEVEL =~ ^(unrestricted|standard|design-first)$ ]]; then
    wrong "$name" "AI_ENFORCEMENT_LEVEL is \"$(plain "$AI_ENFORCEMENT_LEVEL" 40)\", which is no mode: the strictest holds" \
      'choose an AI Behavior Mode in the settings of the workspace'
  elif [[ $known_assistants != *" $assistant "* ]]; then
    skip "$name" "the AI Coding Agent \"$(plain "$assistant" 40)\" is unknown to ai-doctor: its own checks are skipped"
  else
    ok "$name" 'AI_ASSISTANT, AI_GATEWAY_URL, AI_MODEL and AI_ENFORCEMENT_LEVEL are set'
  fi
}

check_setup() {
  local name='set-up' state
  state=$(setup_status)
  if ai_is_off; then
    if [ -e "$key_file" ] || [ -e "$status_file" ]; then
      wrong "$name" "$(short "$state_dir") still holds what an earlier assistant used" \
        'start the workspace again: its set-up takes that back'
    else
      ok "$name" 'nothing was set up, as asked'
    fi
    return
  fi
  case $state in
    "ready: ${AI_MODEL:-}, "*) ok "$name" "$state" ;;
    ready:*) wrong "$name" "it was made for other choices ($state)" 'run ai-setup' ;;
    '') wrong "$name" 'it has not run in this home' 'start the workspace again; its log is that of the script "AI set-up"' ;;
    'waiting for the gateway' | 'gateway not reachable' | 'gateway answers with an error'*)
      wrong "$name" "$state" 'see the checks of the gateway below; once it is back, the set-up goes on by itself, or run ai-setup' ;;
    'waiting for an owner') wrong "$name" "$state" 'this workspace was built ahead: start it again once it is yours' ;;
    'refused by the gateway'*) wrong "$name" "$state" 'start the workspace again; if that does not help, show this line to your platform team' ;;
    'missing in this image:'*) wrong "$name" "$state" 'ask your platform team for an image that has it; the log of the script "AI set-up" names the packages' ;;
    'gateway not allowed') wrong "$name" "$state" 'choose another AI Gateway URL in the settings of the workspace' ;;
    'unknown assistant') wrong "$name" "$state" 'choose another AI Coding Agent in the settings of the workspace' ;;
    'AI API key not valid') wrong "$name" "$state" 'empty the field AI API Key in the settings of the workspace: then it gets a key by itself' ;;
    *) wrong "$name" "$state" 'run ai-setup; it says more' ;;
  esac
}

check_terminal() {
  local name=terminal line hooked='' file
  applies "$name" || return
  for file in "$HOME/.bashrc" /etc/bash.bashrc; do
    is_readable_file "$file" || continue
    while IFS= read -r line; do
      case $line in \#*) ;; *.config/ai-gateway/env.sh*) hooked=1 ;; esac
    done <"$file"
  done
  if [ ! -e "$state_dir/env.sh" ]; then
    wrong "$name" "$(short "$state_dir/env.sh") is missing" 'run ai-setup'
  elif ! is_readable_file "$state_dir/env.sh"; then
    wrong "$name" "$(short "$state_dir/env.sh") is not a file that can be read" 'move it away, then run ai-setup'
  elif [ -z "$hooked" ]; then
    wrong "$name" '.bashrc does not read ~/.config/ai-gateway/env.sh' 'run ai-setup, then open a new terminal'
  elif find_gateway && [ -n "${OPENAI_API_BASE:-}" ] && [ "$OPENAI_API_BASE" != "$gateway/v1" ]; then
    wrong "$name" 'OPENAI_API_BASE of this terminal is not the gateway' 'open a new terminal; look for a line in .bashrc that sets it'
  elif find_key && [ -n "${OPENAI_API_KEY:-}" ] && [ "$OPENAI_API_KEY" != "$key" ]; then
    wrong "$name" 'OPENAI_API_KEY of this terminal is not the key of the workspace' 'open a new terminal; look for a line in .bashrc that sets it'
  else
    ok "$name" '.bashrc reads ~/.config/ai-gateway/env.sh'
  fi
}

# Key, settings and notes of the set-up are for the owner alone. The key file has a check of its own.
check_modes() {
  local name='file modes' found
  applies "$name" || return
  found=$(find "$state_dir" "$HOME/.config/roo-code" "$HOME/.config/opencode" -maxdepth 1 ! -path "$key_file" \
    \( -path "$state_dir/*" -o -name settings.json -o -name opencode.json -o -name enforcement.md -o -path "$state_dir" \) \
    ! -type l \( -perm /077 -o ! -user "$(id -u)" \) -print 2>/dev/null | head -n 5)
  if [ -n "$found" ]; then
    wrong "$name" "others may read or write $(short "${found%%$'\n'*}")$([[ $found == *$'\n'* ]] && printf ' and more')" \
      'run chmod -R go= ~/.config/ai-gateway ~/.config/roo-code ~/.config/opencode; a file of another user has to go'
  else
    ok "$name" 'the files of set-up and assistants are yours alone'
  fi
}

check_disk() {
  local name='space in the home' free least=204800
  free=$(df -Pk -- "$HOME" 2>/dev/null | { read -r _ && read -r _ _ _ free _ && printf '%s' "$free"; })
  if ! [[ $free =~ ^[0-9]+$ ]]; then
    skip "$name" 'df does not say'
  elif [ ! -w "$HOME" ]; then
    wrong "$name" 'the home cannot be written to' 'tell your platform team'
  elif ((free < least)); then
    wrong "$name" "only $((free / 1024)) MB are free" 'remove what you do not need: du -xh -d 2 ~ | sort -h | tail'
  else
    ok "$name" "$((free / 1024)) MB are free"
  fi
}
