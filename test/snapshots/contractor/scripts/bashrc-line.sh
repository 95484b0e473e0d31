# The line in ~/.bashrc by which terminals get the variables of the AI gateway, and how it is taken back.

# shellcheck shell=bash
# shellcheck disable=SC2034 # read by the scripts this is a part of

# shellcheck disable=SC2016 # expanded by the shell that reads .bashrc
readonly bashrc_line='[ -r "$HOME/.config/ai-gateway/env.sh" ] && . "$HOME/.config/ai-gateway/env.sh"'
# Bytes. A longer file is nobody's .bashrc.
readonly longest_bashrc=1048576

# Takes our line out of a file of a git work tree when the file is as committed without it: a changed file keeps the
# repository from updating. Leaves everything else alone.
take_back_line() { # path
  local file committed separator='' temp
  file=$(realpath -- "$1" 2>/dev/null) && [ -f "$file" ] && grep -qsxF -- "$bashrc_line" "$file" || return 0
  [ "$(stat -c %s -- "$file")" -le "$longest_bashrc" ] || return 0
  temp=$(mktemp -- "${file%/*}/.bashrc.XXXXXX" 2>/dev/null) || return 0
  if git -C "${file%/*}" cat-file blob "HEAD:./${file##*/}" >"$temp" 2>/dev/null; then
    [ -s "$temp" ] && [ -n "$(tail -c 1 -- "$temp")" ] && separator=$'\n'
    committed=$({ cat -- "$temp" && printf '%s%s\n' "$separator" "$bashrc_line"; } | sha256sum)
    if [ "$committed" = "$(sha256sum <"$file")" ] && chmod --reference="$file" -- "$temp" && mv -fT -- "$temp" "$file"; then
      return 0
    fi
  fi
  rm -f -- "$temp"
}
