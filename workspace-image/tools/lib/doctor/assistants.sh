# Checks of the assistants: their files say what the workspace was set to, and their programs are there.

# shellcheck shell=bash
# shellcheck disable=SC2154 # what ../gateway.sh and report.sh set
# shellcheck disable=SC2016 # variables of jq

readonly roo_file="$HOME/.config/roo-code/settings.json"
readonly opencode_file="$HOME/.config/opencode/opencode.json"

# Whether an assistant's file can be looked at; says so where it cannot.
has_file() { # check, path
  if [ ! -e "$2" ]; then
    wrong "$1" "$(short "$2") is missing" 'run ai-setup'
  elif ! is_readable_file "$2"; then
    wrong "$1" "$(short "$2") is not a file that can be read" 'move it away, then run ai-setup'
  else
    return 0
  fi
  return 1
}

# Runs a program of the workspace for its first line, where no repository configures it.
first_line_of() { # seconds, program, arguments
  local said status
  said=$(cd / && timeout "$1" "${@:2}" 2>&1 </dev/null)
  status=$?
  plain "${said%%$'\n'*}" 100
  return "$status"
}

check_roo_settings() {
  local name='settings file' faults
  applies "$name" || return
  has_file "$name" "$roo_file" || return
  if ! is_readable_file "$key_file"; then
    wrong "$name" 'the key that it should hold cannot be read' 'run ai-setup'
    return
  fi
  # The key is compared in a file of its own: arguments are readable by every process.
  if ! faults=$(jq -r --arg base "$gateway/v1" --arg model "${AI_MODEL:-}" --rawfile key "$key_file" '
    ($key | rtrimstr("\n")) as $key
    | .providerProfiles.apiConfigs as $profiles
    | $profiles.litellm as $profile
    | if ($profile | type) != "object" then "it has no profile \"litellm\""
      elif .providerProfiles.currentApiConfigName != "litellm" then "it begins with another profile than \"litellm\""
      elif $profile.apiProvider != "openai" then "its profile \"litellm\" is of another kind than \"openai\""
      elif $profile.openAiBaseUrl != $base then "its profile \"litellm\" goes to another address than \($base)"
      elif $profile.openAiModelId != $model then "its profile \"litellm\" has another model than \($model)"
      elif any($profiles[]; .openAiApiKey? != $key) then "it holds another key than that of the workspace"
      else empty end' "$roo_file" 2>/dev/null); then
    wrong "$name" "$(short "$roo_file") is not JSON as Roo Code reads it" 'run ai-setup, then reload the editor'
  elif [ -n "$faults" ]; then
    wrong "$name" "$(short "$roo_file"): $(plain "$faults" 200)" 'run ai-setup, then reload the editor (it reads the file when it starts)'
  else
    ok "$name" "profile \"litellm\", the gateway, the model and the key are right"
  fi
}

roo_extension() {
  if [ "$assistant" = zoo-code ]; then printf 'zoocodeorganization.zoo-code'; else printf 'rooveterinaryinc.roo-cline'; fi
}

check_roo_import_path() {
  local name='import of the settings' setting path
  applies "$name" || return
  needs_image "$name" || return
  setting=$(if [ "$assistant" = zoo-code ]; then printf 'zoo-code'; else printf 'roo-cline'; fi).autoImportSettingsPath
  path=$(jq -r --arg setting "$setting" '.[$setting] // "" | tostring' "$(machine_settings)" 2>/dev/null)
  # As the extension reads it: absolute, or from the home.
  case $path in
    '') ;;
    /*) ;;
    \~/*) path="$HOME/${path#\~/}" ;;
    *) path="$HOME/$path" ;;
  esac
  if [ "$path" = "$roo_file" ]; then
    ok "$name" "$setting points at $(short "$roo_file")"
  else
    wrong "$name" "$setting in $(short "$(machine_settings)") does not point at $(short "$roo_file")" \
      'ask your platform team for an image whose machine settings do'
  fi
}

check_roo_extension() {
  local name=extension id folders
  applies "$name" || return
  needs_image "$name" || return
  id=$(roo_extension)
  folders=$(extension_folders)
  if grep -qE "/$id(-[0-9][^/]*)?\$" <<<"$folders"; then
    ok "$name" "$id is installed"
  else
    wrong "$name" "$id is not installed" 'ask your platform team for an image that has it'
  fi
}

# Whether the workspace got another key since a moment, and no window was told: what the set-up and our extension noted.
has_stale_key() { # log of the import, in a folder that is named by when the window was loaded
  local since told log at
  [[ $1 =~ /output_logging_([0-9]{8})T([0-9]{2})([0-9]{2})([0-9]{2})/ ]] || return 1
  at=$(date -d "${BASH_REMATCH[1]} ${BASH_REMATCH[2]}:${BASH_REMATCH[3]}:${BASH_REMATCH[4]}" +%s 2>/dev/null) || return 1
  since=$(stat -c %Y -- "${AI_SETUP_RUN_DIR:-/tmp/ai-setup-$(id -u)}/new-key" 2>/dev/null) || return 1
  log=$(find "$(editor_data)/logs" -maxdepth 5 -type f -name '*AI key.log' -newermt "@$((since - 1))" 2>/dev/null | sort | tail -n 1)
  told=$([ -z "$log" ] || grep -cF 'has the new key' -- "$log" 2>/dev/null)
  # The import comes some seconds after.
  ((since > at + 60 && ${told:-0} == 0))
}

# What the extension itself wrote when the editor was last opened.
check_roo_import() {
  local name='last import' log line
  applies "$name" || return
  log=$(find "$(editor_data)/logs" -maxdepth 5 -type f \( -name '*-Roo-Code.log' -o -name '*-Zoo-Code.log' \) 2>/dev/null |
    sort | tail -n 1)
  line=$([ -z "$log" ] || grep -F '[AutoImport]' -- "$log" 2>/dev/null | tail -n 1)
  case $line in
    '') skip "$name" 'the editor has not been opened in a trusted folder since the workspace was started' ;;
    *'Successfully imported'*)
      if has_stale_key "$log"; then
        wrong "$name" 'the workspace has a new key since, and the window may still hold the one before' \
          'reload the window (Developer: Reload Window)'
      else
        ok "$name" 'the extension took the settings'
      fi
      ;;
    *'not found'* | *'No auto-import'*)
      wrong "$name" "the extension found no settings: $(plain "${line#*\[AutoImport\] }" 160)" 'run ai-setup, then reload the editor' ;;
    *Failed* | *error*)
      wrong "$name" "the extension refused the settings: $(plain "${line#*\[AutoImport\] }" 160)" \
        'run ai-setup, then reload the editor; if it stays so, show this line to your platform team' ;;
    *) skip "$name" 'the extension has not finished reading the settings' ;;
  esac
}

check_ripgrep() {
  local name=ripgrep link
  applies "$name" || return
  if [ "$assistant" = zoo-code ]; then
    skip "$name" 'Zoo Code finds it by itself'
    return
  fi
  needs_image "$name" || return
  link="$(code_server_folder)/lib/vscode/node_modules/@vscode/ripgrep/bin/rg"
  if [ -x "$link" ]; then
    ok "$name" 'where Roo Code looks for it'
  else
    wrong "$name" "$(short "$link") is not there: every task of Roo Code hangs at \"API Request\"" \
      'ask your platform team for an image that has the link'
  fi
}

check_opencode_config() {
  local name=configuration faults managed
  applies "$name" || return
  has_file "$name" "$opencode_file" || return
  managed=$(from_image opencode_config /etc/opencode/opencode.json)
  local -a files=("$opencode_file")
  # What the image states wins over the home, as in OpenCode.
  if in_image && is_readable_file "$managed"; then files+=("$managed"); fi
  if ! faults=$(jq -rs --arg base "$gateway/v1" --arg model "litellm/${AI_MODEL:-}" --arg home "$HOME" '
    reduce .[] as $one ({}; . * $one)
    | .provider.litellm as $provider
    | if ($provider | type) != "object" then "it has no provider \"litellm\""
      elif .model != $model then "its model is not \($model)"
      elif ($provider.options.baseURL | . != $base and . != "{file:~/.config/ai-gateway/gateway}/v1")
        then "it goes to another address than \($base)"
      elif ($provider.options.apiKey | type) != "string" or ($provider.options.apiKey | startswith("{file:") | not)
        then "it holds a key itself, or none, instead of naming the key file"
      elif ($provider.options.apiKey | . != "{file:~/.config/ai-gateway/key}" and . != "{file:\($home)/.config/ai-gateway/key}")
        then "it reads the key from another file"
      else empty end' "${files[@]}" 2>/dev/null); then
    wrong "$name" "$(short "$opencode_file") is not JSON as OpenCode reads it" 'run ai-setup'
  elif [ -n "$faults" ]; then
    wrong "$name" "$(short "$opencode_file"): $(plain "$faults" 200)" 'run ai-setup'
  else
    ok "$name" 'the gateway and the model are right, the key comes from its file'
  fi
}

check_opencode_guard() { check_guard opencode opencode OPENCODE_TRUST_REPOSITORY; }
check_claude_guard() { check_guard claude claude-code CLAUDE_TRUST_REPOSITORY; }

# The variable by which its user trusts a repository is what tells a guard from the program behind it.
check_guard() { # program, assistant, variable
  local name=guard found
  applies "$name" || return
  found=$(type -P "$1")
  if [ -z "$found" ]; then
    missing_program "$name" "$1" "$2"
  elif [ -f "$found" ] && grep -qs -- "$3" "$found"; then
    ok "$name" "$1 does not obey a repository unasked"
  else
    wrong "$name" "$1 on the PATH is $(short "$found"), not the guard that keeps it from obeying a repository unasked" \
      'open a new terminal; if it stays so, look for a line in .bashrc that changes PATH'
  fi
}

check_opencode_runs() { check_runs OpenCode opencode opencode; }
check_claude_runs() { check_runs 'Claude Code' claude claude-code; }

check_runs() { # what people call it, program, assistant
  local name=program said
  applies "$name" || return
  if ! type -P "$2" >/dev/null; then
    missing_program "$name" "$2" "$3"
  elif said=$(first_line_of 30 "$2" --version); then
    ok "$name" "$1 $said"
  elif [[ $said == *'not in this image'* ]]; then
    missing_program "$name" "$2" "$3"
  else
    wrong "$name" "$1 does not start: ${said:-it said nothing}" 'show this line to your platform team'
  fi
}

# Fatal where it is the assistant that was asked for; a companion may be left out of an image.
missing_program() { # check, program, assistant that is nothing without it
  if in_image && [ "$assistant" = "$3" ]; then
    wrong "$1" "$2 is not in this image" 'choose another AI Coding Agent, or ask your platform team for an image that has it'
  else
    skip "$1" "$2 is not in this image"
  fi
}

claude_settings() { from_image claude_settings /etc/claude-code/managed-settings.json; }

check_claude_environment() {
  local name=environment variable
  applies "$name" || return
  for variable in ANTHROPIC_API_KEY ANTHROPIC_AUTH_TOKEN; do
    if [ -n "${!variable:-}" ] && [ "${!variable}" != "$key" ]; then
      wrong "$name" "$variable is set to something else than the key of the workspace, and wins over it" \
        "unset $variable; look for a line in .bashrc that sets it"
      return
    fi
  done
  if [ -z "${ANTHROPIC_BASE_URL:-}" ]; then
    wrong "$name" 'ANTHROPIC_BASE_URL is not set: Claude Code would not ask the gateway' \
      'run this in a terminal of the workspace; if you did, start the workspace again'
  elif [ "$ANTHROPIC_BASE_URL" != "$gateway" ]; then
    wrong "$name" 'ANTHROPIC_BASE_URL is not the gateway that the key is for' \
      'open a new terminal; look for a line in .bashrc that sets it'
  else
    ok "$name" 'ANTHROPIC_BASE_URL is the gateway'
  fi
}

check_claude_settings() {
  local name='managed settings' helper
  applies "$name" || return
  needs_image "$name" || return
  if ! helper=$(jq -er '.apiKeyHelper | strings' "$(claude_settings)" 2>/dev/null); then
    wrong "$name" "$(short "$(claude_settings)") is missing, or names no helper for the key" 'ask your platform team for an image that has it'
  else
    ok "$name" "the key comes from $(plain "$helper" 80)"
  fi
}

check_claude_helper() {
  local name='helper for the key' helper said words
  applies "$name" || return
  helper=$(type -P ai-key) || helper="${lib%/lib}/ai-key"
  if [ ! -x "$helper" ]; then
    missing_program "$name" ai-key claude-code
  elif said=$(timeout 10 "$helper" 2>/dev/null </dev/null) && [ -n "$key" ] && [ "$said" = "$key" ]; then
    ok "$name" 'ai-key hands out the key of the workspace'
  else
    words=$(timeout 10 "$helper" 2>&1 >/dev/null </dev/null)
    wrong "$name" "ai-key does not hand out the key of the workspace${words:+: $(plain "$words" 200)}" \
      'mend what the other checks say, then open a new terminal'
  fi
}

# Not an assistant, but a program that asks the gateway like one.
check_review_runs() {
  local name=ai-review version
  applies "$name" || return
  needs_image "$name" || return
  if [ -z "${image[review]:-}" ]; then
    skip "$name" 'this image does not say that it has it'
  elif version=$(first_line_of 30 ai-review --version); then
    ok "$name" "ai-review $version runs"
  else
    wrong "$name" "ai-review does not run: ${version:-it says nothing}" 'ask your platform team for an image with ai-review'
  fi
}
