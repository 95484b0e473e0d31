#!/usr/bin/env bash
# Clones the repository of the workspace once; what the developer did with it since is theirs.

set -uo pipefail

repository=${WORKSPACE_GIT_REPO:-}
[ -n "$repository" ] || exit 0

# The form asks for the same; a value stored before, or given past the form, is checked here.
if ! [[ $repository =~ ^(https://|ssh://|git@)[^[:space:]]+$ ]]; then
  printf 'git_repo is "%s"; allowed are addresses that start with https://, ssh:// or git@: change it in the settings of the workspace\n' "$repository" >&2
  exit 1
fi

name=${repository##*[/:]}
name=${name%.git}
if ! [[ $name =~ ^[A-Za-z0-9_][A-Za-z0-9._-]*$ ]]; then
  printf 'git_repo is "%s"; its last part must be a name of letters, digits, ., _ and -\n' "$repository" >&2
  exit 1
fi

if [ -e "$HOME/$name" ]; then
  printf '%s is already there\n' "$HOME/$name"
  exit 0
fi

# No prompt: nobody is there to answer it.
GIT_TERMINAL_PROMPT=0 GIT_SSH_COMMAND="${GIT_SSH_COMMAND:-ssh -o BatchMode=yes}" \
  git clone -- "$repository" "$HOME/$name"
