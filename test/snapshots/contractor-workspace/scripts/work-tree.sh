# Whether a file of the home is part of a git repository: what lies there gets committed and pushed one day.

# shellcheck shell=bash

# The git work tree a file would lie in, unless it is ignored there. Nothing above the home is looked at.
work_tree_of() { # path
  local folder file home
  home=$(realpath -- "$HOME")
  folder=$(realpath -m -- "$(dirname -- "$1")")
  file="$folder/$(basename -- "$1")"
  while [ ! -e "$folder/.git" ]; do
    if [ "$folder" = "$home" ] || [ "$folder" = / ]; then return 1; fi
    folder=$(dirname -- "$folder")
  done
  git -C "$folder" check-ignore --quiet -- "$file" 2>/dev/null && return 1
  printf '%s' "$folder"
}
