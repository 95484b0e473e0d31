# Lets commits carry the owner's name and address where git knows none: whatever the developer or a repository says wins.
#
# The template puts these lines above it:
#   name, email   of the owner

# shellcheck shell=bash
# shellcheck disable=SC2154 # the variables named above

set -uo pipefail

# The image's /etc/gitconfig includes it.
# shellcheck disable=SC2088 # expanded by git
readonly included='~/.config/contractor-workspace/git-identity'
readonly identity="$HOME/${included#\~/}"
readonly config="${XDG_CONFIG_HOME:-$HOME/.config}/git/config"

fail() {
  printf 'git identity: %s\n' "$1" >&2
  exit 1
}

command -v git >/dev/null || fail 'the program git is missing in this image: add it'

is_known() { # setting, as it is for every repository
  [ -n "$(cd / && env -u GIT_DIR git config --get "$1" 2>/dev/null)" ]
}

# In one step, so that git never reads half of it.
put() { # path; the text comes from stdin
  local temp
  mkdir -p -- "${1%/*}" && temp=$(mktemp -- "${1%/*}/.git-identity.XXXXXX") || return 1
  if cat >"$temp" && chmod 600 -- "$temp" && mv -fT -- "$temp" "$1"; then return 0; fi
  rm -f -- "$temp"
  return 1
}

as_settings() {
  local temp
  temp=$(mktemp) || return 1
  [ -z "$name" ] || git config --file "$temp" user.name "$name"
  [ -z "$email" ] || git config --file "$temp" user.email "$email"
  cat -- "$temp"
  rm -f -- "$temp"
}

if tree=$(work_tree_of "$identity"); then
  fail "$identity would be part of the git repository $tree: set user.name and user.email yourself"
fi
as_settings | put "$identity" || fail "cannot write $identity: check the free space and the owner of its folder"
if { [ -z "$name" ] || is_known user.name; } && { [ -z "$email" ] || is_known user.email; }; then exit 0; fi

# Another image: by the file of git's that gives way to ~/.gitconfig. First in it, so that the rest of it wins.
if [ -L "$config" ] || tree=$(work_tree_of "$config") || { [ -e "$config" ] && [ ! -f "$config" ]; }; then
  fail "git knows no name and address for commits, and $config is not for this script to change: set user.name and user.email yourself"
fi
{
  printf '[include]\n\tpath = %s\n' "$included"
  [ ! -e "$config" ] || cat -- "$config"
} | put "$config" || fail "cannot write $config: check the free space and the owner of its folder"
