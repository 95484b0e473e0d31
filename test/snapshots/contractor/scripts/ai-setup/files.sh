# What the AI set-up writes into the home, and what it takes away.

# shellcheck disable=SC2154 # variables of the other parts

shell_quote() { # any text as one word of a POSIX shell
  printf "'%s'" "${1//\'/\'\\\'\'}"
}

constant_lines() {
  local entry
  for entry in ${constants:-}; do
    printf "\nexport %s='%s'" "${entry%%=*}" "${entry#*=}"
  done
}

write_environment() {
  write_or_fail "$key_file" "$key"
  write_or_fail "$gateway_file" "$gateway"
  write_or_fail "$env_file" "# Written by the AI set-up at every start of the workspace; changes are lost.
export AI_GATEWAY_URL=$(shell_quote "$gateway")
export OPENAI_API_BASE=$(shell_quote "$gateway/v1")
export AI_MODEL=$(shell_quote "$model")$(constant_lines)
# The editor asks a shell for its environment and hands it to extensions and tasks: no key for those.
[ -z \"\${VSCODE_RESOLVING_ENVIRONMENT:-}\" ] || return 0
if [ -r \"\$HOME/.config/ai-gateway/key\" ]; then
  OPENAI_API_KEY=\$(cat \"\$HOME/.config/ai-gateway/key\")
  export OPENAI_API_KEY
  export LITELLM_API_KEY=\"\$OPENAI_API_KEY\"
fi"
}

hook_into_bashrc() {
  local file="$HOME/.bashrc" separator='' tree
  take_back_line "$file"
  # The image's own terminals read it: the user's file is not ours to change.
  grep -qsxF -- "$bashrc_line" "${AI_SETUP_BASHRC:-/etc/bash.bashrc}" && return
  # Reading a pipe would wait for ever.
  [ -f "$file" ] && grep -qsxF -- "$bashrc_line" "$file" && return
  if [ -L "$file" ] && [ -e "$file" ]; then
    say_line_is_missing "$file leads to $(realpath -- "$file"), which is not for this script to change"
  elif tree=$(work_tree_of "$file"); then
    say_line_is_missing "$file is in the git repository $tree, which is not for this script to change"
  elif [ -f "$file" ] || { [ ! -e "$file" ] && [ ! -L "$file" ]; }; then
    # One line, added once. A file that does not end its last line would swallow it.
    [ -s "$file" ] && [ -n "$(tail -c 1 -- "$file")" ] && separator=$'\n'
    { printf '%s%s\n' "$separator" "$bashrc_line" >>"$file"; } 2>/dev/null || say_bashrc_is_odd "$file"
  else
    say_bashrc_is_odd "$file"
  fi
}

say_bashrc_is_odd() { # path
  say "AI set-up: $file is not a file that can be read and written, so terminals lack the variables of the AI gateway: move it away or mend it, then run ai-setup" >&2
}

say_line_is_missing() { # why
  say "AI set-up: $1, so terminals lack the variables of the AI gateway: add this line to it yourself: $bashrc_line" >&2
}

# What is in a work tree gets committed and pushed one day. A home that is one itself is a decision about everything
# in it: without its files there would be no AI at all, so there it is said and left to its owner.
may_hold_key() { # path
  local tree
  tree=$(work_tree_of "$1") || return 0
  if [ "$tree" = "$(realpath -- "$HOME")" ]; then
    say "AI set-up: $1 holds your key, and your home is a git repository that does not ignore it: add it to .gitignore before you commit" >&2
    return 0
  fi
  refusal+="$1 would carry your key into the git repository $tree: let $(dirname -- "$1") be a folder outside of it, or add the file to its .gitignore; then run ai-setup. "
  return 1
}

keep_key_out_of_repositories() {
  local entry text kept=''
  may_hold_key "$key_file" || complain_of_refusal
  for entry in $files; do
    text=$(base64 -d <<<"${entry#*=}" | gunzip)
    if [[ $text != *"$key_placeholder"* ]] || may_hold_key "$HOME/${entry%%=*}"; then kept+="$entry "; fi
  done
  files=$kept
}

complain_of_refusal() {
  [ -z "$refusal" ] || fail 'key kept out of a git repository' "$refusal"
}

paths_of() { # path=base64 words: the paths, a line each
  local entry
  for entry in $1; do
    printf '%s\n' "${entry%%=*}"
  done
}

# Written by an earlier start and not wanted any more: no old key or model may stay behind.
remove_unwanted() {
  local path
  [ -f "$manifest_file" ] || return 0
  # The list lies in the home, where others write too: it can name our files, never order another one's removal.
  for path in $managed_files; do
    if grep -qxF -- "$path" "$manifest_file" && ! grep -qxF -- "$path" <<<"$wanted"; then
      rm -f -- "${HOME:?}/$path"
    fi
  done
}

write_files() { # only: all, or missing
  local entry path text
  for entry in $files; do
    path=${entry%%=*}
    [ "$1" = missing ] && [ -e "$HOME/$path" ] && continue
    text=$(base64 -d <<<"${entry#*=}" | gunzip)
    text=$(with_served_models "$path" "$text")
    write_or_fail "$HOME/$path" "${text//$key_placeholder/$key}"
    [ "$1" = missing ] && printf '%s was missing and is back\n' "$HOME/$path"
  done
  return 0
}
