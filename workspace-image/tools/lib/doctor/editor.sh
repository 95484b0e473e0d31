# Checks of the editor: it answers its owner and nobody else, and no other AI is in it. All are about the image.

# shellcheck shell=bash
# shellcheck disable=SC2154 # what report.sh sets

# Whether the image says which port is the editor's; leaves it in $port.
knows_port() { # check
  port=${image[editor_port]:-}
  [[ $port =~ ^[0-9]{1,5}$ ]] && return
  skip "$1" "the image does not say which port is the editor's (no editor_port in image.json)"
  return 1
}

machine_settings() { from_image machine_settings "$(editor_data)/Machine/settings.json"; }

code_server_folder() {
  local program
  if [ -n "${image[code_server]:-}" ]; then
    printf '%s' "${image[code_server]}"
  elif program=$(type -P code-server); then
    dirname -- "$(dirname -- "$(readlink -f -- "$program")")"
  fi
}

# One path a line: what was installed, what comes with the editor, and what comes with the chosen assistant, by links.
extension_folders() {
  local folder
  for folder in "$(from_image extensions "$(editor_data)/extensions")" "$(editor_data)/extensions" \
    "$(code_server_folder)/lib/vscode/extensions" "${image[choices]:+${image[choices]}/$assistant}"; do
    [ ! -d "$folder" ] || find -L "$folder" -mindepth 1 -maxdepth 1 -type d
  done | tr '[:upper:]' '[:lower:]' | sort -u
}

check_editor_answers() {
  local name=answers port status
  needs_image "$name" && knows_port "$name" || return
  status=$(curl --disable --silent --noproxy '*' --max-time 5 --output /dev/null --write-out '%{http_code}' \
    "http://127.0.0.1:$port/healthz" 2>/dev/null)
  if [ "$status" = 200 ]; then
    ok "$name" "at 127.0.0.1:$port"
  else
    wrong "$name" "nothing answers at 127.0.0.1:$port" \
      'start the workspace again; its log is ~/.local/state/code-server.log. A blank panel in a browser needs https: open Coder by its https address'
  fi
}

# The kernel's own list: asking from outside would need an outside.
check_editor_loopback() {
  local name='loopback only' port wanted address state open='' file
  needs_image "$name" && knows_port "$name" || return
  printf -v wanted '%04X' "$((10#$port))"
  for file in /proc/net/tcp /proc/net/tcp6; do
    [ -r "$file" ] || continue
    while read -r _ address _ state _; do
      # 0A is a socket that listens.
      [ "$state ${address##*:}" = "0A $wanted" ] || continue
      case ${address%:*} in
        ??????7F | 00000000000000000000000001000000 | 0000000000000000FFFF0000??????7F) ;;
        *) open=1 ;;
      esac
    done <"$file"
  done
  if [ -n "$open" ]; then
    wrong "$name" "the editor listens on port $port for everybody in the network" \
      'start the workspace again; start code-server with --bind-addr 127.0.0.1 only'
  else
    ok "$name" 'nobody outside the workspace reaches the editor'
  fi
}

check_lockdown() {
  local name='other AI switched off' file
  needs_image "$name" || return
  file=$(machine_settings)
  if ! is_readable_file "$file"; then
    wrong "$name" "$(short "$file") is missing" 'ask your platform team for an image that has it'
  elif ! jq -e 'type == "object"' "$file" >/dev/null 2>&1; then
    wrong "$name" "$(short "$file") is not JSON" 'ask your platform team for another image'
  elif ! jq -e '.["chat.disableAIFeatures"] == true' "$file" >/dev/null; then
    wrong "$name" "chat.disableAIFeatures is not true in $(short "$file")" 'ask your platform team for another image'
  else
    ok "$name" 'chat.disableAIFeatures holds in the machine settings'
  fi
}

check_other_assistants() {
  local name='other assistants absent' folder base id found=''
  needs_image "$name" || return
  if [ -z "${image[absent_extensions]+said}" ]; then
    skip "$name" 'the image does not say which must not be there (no absent_extensions in image.json)'
    return
  fi
  while IFS= read -r folder; do
    base=${folder##*/}
    for id in ${image[absent_extensions]}; do
      id=${id,,}
      # What comes with the editor carries no publisher.
      if [[ $base == "$id" || $base == "$id"-[0-9]* || ($folder == */lib/vscode/extensions/* && $base == "${id#*.}") ]]; then
        found=$folder
      fi
    done
  done < <(extension_folders)
  if [ -n "$found" ]; then
    wrong "$name" "$(plain "${found##*/}" 80) is in the editor" \
      "remove it: code-server --uninstall-extension; where it comes with the image, ask your platform team"
  else
    ok "$name" 'no other AI extension is in the editor'
  fi
}
