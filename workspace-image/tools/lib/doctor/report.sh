# What a check may say, and how the report reads. A check calls exactly one of `ok`, `wrong` and `skip`.

# shellcheck shell=bash
# shellcheck disable=SC2154 # what ../gateway.sh sets

# What the workspace image says about itself, a JSON object; absent anywhere else. All members may be left out:
#   editor_port        of code-server, on loopback
#   editor_data        code-server's user data folder
#   machine_settings   path of the editor's machine settings
#   extensions         folder of the extensions that people install
#   choices            folder with one for each choice of assistant: what the editor comes with there
#   absent_extensions  ids of those that must not be there
#   code_server        folder code-server is installed in, the one with lib/vscode
#   opencode_config    OpenCode's managed configuration
#   claude_settings    Claude Code's managed settings
#   review             folder of the program that ai-review starts
readonly image_file=${CONTRACTOR_WORKSPACE_IMAGE:-/usr/local/share/contractor-workspace/image.json}
declare -A image=()

# The assistants that have checks of their own here.
# shellcheck disable=SC2034 # read by workspace.sh
readonly known_assistants=' roo-code zoo-code opencode claude-code '

assistant=${AI_ASSISTANT:-}
section_name=''
section_assistants=()
# Five entries a check: section, name, state, message, what to do.
results=()

read_image() {
  local name value
  [ -f "$image_file" ] || return 0
  image[present]=1
  while IFS=$'\t' read -r name value; do
    [ -z "$name" ] || image[$name]=$value
  done < <(jq -r 'to_entries[] | [.key, (.value | if type == "array" then join(" ") else tostring end)] | @tsv' \
    "$image_file" 2>/dev/null)
}

in_image() { [ -n "${image[present]:-}" ]; }

begin_report() {
  [ -n "$as_json" ] ||
    printf 'AI of this workspace: %s, %s, %s\n' "$(plain "${assistant:-no assistant}" 40)" \
      "$(plain "${AI_MODEL:-no model}" 60)" "$(plain "${AI_GATEWAY_URL:-no gateway}" 80)"
}

section() { # name, assistants it belongs to (all)
  section_name=$1
  section_assistants=("${@:2}")
  [ -n "$as_json" ] || printf '\n%s\n' "$1"
}

# Whether the checks of this section are about this workspace; says so where they are not.
applies() { # check
  local one
  if ai_is_off; then
    skip "$1" 'this workspace has no AI (AI Coding Agent: none)'
    return 1
  elif [ -z "$assistant" ]; then
    skip "$1" 'AI_ASSISTANT is not set'
    return 1
  fi
  ((${#section_assistants[@]} > 0)) || return 0
  for one in "${section_assistants[@]}"; do
    [ "$one" != "$assistant" ] || return 0
  done
  skip "$1" "the AI Coding Agent of this workspace is $(plain "$assistant" 40)"
  return 1
}

needs_image() { # check
  in_image || skip "$1" 'this is not a workspace image (no image.json)'
  in_image
}

ok() { note ok "$1" "$2" ''; }                        # check, what is well
wrong() { note wrong "$1" "$2" "$3"; }                # check, what is wrong, what to do
skip() { note skipped "$1" "$2" ''; }                 # check, why
wrong_as_said() { note wrong "$1" "$problem" "$remedy"; } # check; after a function of gateway.sh has failed

note() { # state, check, message, what to do
  local message todo
  message=$(without_keys "$3")
  todo=$(without_keys "$4")
  results+=("$section_name" "$2" "$1" "$message" "$todo")
  [ -z "$as_json" ] || return 0
  case $1 in
    wrong) printf '  WRONG    %s: %s\n           what to do: %s\n' "$2" "$message" "$todo" ;;
    *) printf '  %-7s  %s: %s\n' "$1" "$2" "$message" ;;
  esac
}

end_report() {
  local at ok=0 wrong=0 skipped=0
  for ((at = 0; at < ${#results[@]}; at += 5)); do
    case ${results[at + 2]} in
      ok) ((ok += 1)) ;;
      wrong) ((wrong += 1)) ;;
      *) ((skipped += 1)) ;;
    esac
  done
  if [ -n "$as_json" ]; then
    # shellcheck disable=SC2016 # variables of jq
    jq -an '[
        $ARGS.positional | range(0; length; 5) as $at
        | {section: .[$at], check: .[$at + 1], state: .[$at + 2], message: .[$at + 3]}
          + if .[$at + 4] == "" then {} else {what_to_do: .[$at + 4]} end
      ] as $checks
      | {ok: ($checks | map(.state != "wrong") | all), checks: $checks}' --args -- "${results[@]}"
  else
    printf '\n%d ok, %d wrong, %d skipped\n' "$ok" "$wrong" "$skipped"
  fi
  ((wrong == 0)) || exit 1
}

# Paths as people write them, and no longer than a line.
short() { # path
  local path=$1
  case $path in "$HOME"/*) path="~${path#"$HOME"}" ;; esac
  plain "$path" 120
}

# The folder that VS Code's server keeps its things in.
editor_data() { from_image editor_data "$HOME/.local/share/code-server"; }

# First found wins: what the image says, or where things are when nobody says otherwise.
from_image() { # name, otherwise
  printf '%s' "${image[$1]:-$2}"
}
