#!/usr/bin/env bash
# Fetches the developer's dotfiles and installs them, as `coder dotfiles` does.

set -uo pipefail

repository=${WORKSPACE_DOTFILES:-}
[ -n "$repository" ] || exit 0

pattern="^(${WORKSPACE_DOTFILES_PATTERN:-https://[^[:space:]]+})\$"
if ! [[ $repository =~ $pattern ]]; then
  printf 'dotfiles is "%s"; allowed is what matches %s: change it in the settings of the workspace\n' "$repository" "$pattern" >&2
  exit 1
fi
if ! command -v coder >/dev/null; then
  printf 'the coder command is not in this workspace: dotfiles cannot be installed\n' >&2
  exit 1
fi

GIT_TERMINAL_PROMPT=0 coder dotfiles --yes -- "$repository"
