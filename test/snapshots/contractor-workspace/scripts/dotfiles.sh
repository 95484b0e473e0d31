#!/usr/bin/env bash
# Fetches the developer's dotfiles and installs them, as `coder dotfiles` does.

set -uo pipefail

repository=${WORKSPACE_DOTFILES:-}
[ -n "$repository" ] || exit 0

if ! [[ $repository =~ ^(https://|ssh://|git@)[^[:space:]]+$ ]]; then
  printf 'dotfiles is "%s"; allowed are addresses that start with https://, ssh:// or git@: change it in the settings of the workspace\n' "$repository" >&2
  exit 1
fi
if ! command -v coder >/dev/null; then
  printf 'the coder command is not in this workspace: dotfiles cannot be installed\n' >&2
  exit 1
fi

GIT_TERMINAL_PROMPT=0 coder dotfiles --yes -- "$repository"
