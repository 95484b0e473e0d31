# Checks of the key: there, whole, for its owner alone, and in no other place.

# shellcheck shell=bash
# shellcheck disable=SC2154 # what ../gateway.sh sets

check_key_file() {
  local name='key file' mode
  applies "$name" || return
  if ! find_key; then
    wrong_as_said "$name"
  elif [ -L "$key_file" ]; then
    wrong "$name" "$key_name is no plain file" "rm $key_name, then run ai-setup"
  elif [ ! -O "$key_file" ]; then
    wrong "$name" "$key_name belongs to another user" "rm -f $key_name, then run ai-setup"
  elif mode=$(stat -c %a -- "$key_file") && [ "$mode" != 600 ]; then
    wrong "$name" "$key_name has mode $mode: others may read the key" \
      "chmod 600 $key_name; if others use this machine, ask your platform team for a new key"
  else
    ok "$name" "$key_name, for you alone, sk-…${key: -4}"
  fi
}

# Where shells, editors and assistants keep their things. A whole home may hold a million files.
files_that_may_leak() {
  find "$HOME" -maxdepth 1 -type f -name '.*' -size -4096k -print0 2>/dev/null
  find "$HOME/.config" "$HOME/.local/state" "$HOME/.claude" "$HOME/.ssh" "$HOME/.aws" "$HOME/.docker" \
    "$HOME/.local/share/opencode" "$HOME/.local/share/code-server/User" "$HOME/.local/share/code-server/Machine" \
    "$HOME/.local/share/code-server/logs" "$(editor_data)/logs" "$(editor_data)/Machine" -maxdepth 5 -name node_modules -prune -o -type f -size -4096k \
    ! -path "$key_file" ! -path "$HOME/.config/roo-code/settings.json" -print0 2>/dev/null
}

# Whether a command line is one of the editor's own processes: its server, or what that starts for extensions and
# terminals. A file of that name among the arguments, like its log, makes no editor.
is_editor() { # words
  local word program=''
  for word in "${@:2}"; do
    case $word in
      --type=extensionHost | --type=ptyHost) [[ $program == */bootstrap-fork* ]] && return ;;
      -*) ;;
      *) program=${program:-$word} ;;
    esac
  done
  for word in "${1:-}" "$program"; do
    case $word in code-server | */code-server | */code-server/*) return 0 ;; esac
  done
  return 1
}

# Names of variables that hold the key in the processes of the editor: every task a repository starts there gets them.
leaks_of_editor() {
  local process variable names is_ours
  local -a words=()
  for process in /proc/[0-9]*; do
    [ -O "$process" ] || continue
    mapfile -d '' words 2>/dev/null <"$process/cmdline" || continue
    is_editor "${words[@]}" || continue
    names=''
    is_ours=''
    while IFS= read -r -d '' variable; do
      # Another home is another workspace.
      [ "$variable" != "HOME=$HOME" ] || is_ours=1
      case $variable in *"$key"*) names+=$(plain "${variable%%=*}" 60)$'\n' ;; esac
    done 2>/dev/null <"$process/environ"
    [ -z "$is_ours" ] || printf '%s' "$names"
  done
}

check_key_elsewhere() {
  local name='key nowhere else' files=() at found variables
  applies "$name" || return
  if ! find_key; then
    skip "$name" 'there is no key to look for'
    return
  fi
  mapfile -d '' files < <(files_that_may_leak | sort -zu)
  found=$(for ((at = 0; at < ${#files[@]}; at += 500)); do
    # By a pipe, not by an argument: that would be one more place.
    printf '%s\n' "$key" | grep -lsF -f - -- "${files[@]:at:500}"
  done)
  variables=$(leaks_of_editor | sort -u)
  if [ -n "$found" ]; then
    wrong "$name" "it is also in $(short "${found%%$'\n'*}")$([[ $found == *$'\n'* ]] && printf ' and more')" \
      "take it out of there: tools read it from $key_name"
  elif [ -n "$variables" ]; then
    wrong "$name" "the editor has it in its environment (${variables//$'\n'/, }), where every task of a repository reads it" \
      'take it out of ~/.profile and its like, which the editor reads as a login shell does; start code-server from no terminal; then start the workspace again'
  else
    ok "$name" "neither in dotfiles, settings and logs nor in the editor's environment"
  fi
}
