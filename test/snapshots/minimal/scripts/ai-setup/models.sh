# Which models the assistants offer: those that somebody serves, by the gateway's word.

# shellcheck disable=SC2154,SC2034 # variables of the other parts

list_models() { # does any file of this workspace?
  local entry
  for entry in $model_members; do
    case " $files" in *" ${entry%%|*}="*) return 0 ;; esac
  done
  return 1
}

# Asks the gateway; without its word the last one holds, and without any every model of the catalog is offered.
learn_models() {
  local names
  list_models && command -v jq >/dev/null || return 0
  ask_once "$key" /v1/models
  # shellcheck disable=SC2016 # jq
  names=$([ "$status" != 200 ] || jq -r '
    [.data[] | objects | select(.available != false) | .id | strings | select(test("^[A-Za-z0-9._:/-]{1,128}$"))]
    | unique[0:1000][]' <<<"$answer" 2>/dev/null)
  if [ -n "$names" ]; then
    served=$names
    write_or_fail "$models_file" "$served"
  elif [ "$(text_of "$gateway_file")" = "$gateway" ]; then
    served=$(text_of "$models_file")
  else
    # Another gateway's word.
    rm -f -- "$models_file"
  fi
}

# A file that lists models, without those that nobody serves. The chosen one stays: it is what the workspace is set to.
with_served_models() { # path, text
  local entry path members prefix mention text
  if [ -n "$served" ] && command -v jq >/dev/null; then
    for entry in $model_members; do
      IFS='|' read -r path members prefix mention <<<"$entry"
      [ "$path" = "$1" ] || continue
      # shellcheck disable=SC2016 # jq
      text=$(jq --arg served "$served" --arg chosen "$model" --arg members "$members" --arg prefix "$prefix" --arg mention "$mention" '
        (($served | split("\n")) + [$chosen]) as $offered
        | ($members | split(".")) as $at
        | [getpath($at) | keys[] | select(startswith($prefix)) | .[($prefix | length):]
            | . as $name | select($offered | index($name) | not)] as $gone
        | (if $mention == "" then "" else .[$mention] // "" | split("/")[1:] | join("/") end) as $named
        | delpaths([$gone[] | $at + [$prefix + .]])
        | if $gone | index($named) then del(.[$mention]) else . end' <<<"$2" 2>/dev/null) && [ -n "$text" ] &&
        printf '%s' "$text" && return
    done
  fi
  printf '%s' "$2"
}
