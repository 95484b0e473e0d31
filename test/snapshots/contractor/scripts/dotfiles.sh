#!/usr/bin/env bash
# Fetches the developer's dotfiles and installs them, as `coder dotfiles` does.

set -uo pipefail

repository=${WORKSPACE_DOTFILES:-}
[ -n "$repository" ] || exit 0

# The log has more readers than this address, which can hold a token.
shown=$repository
if [[ $repository =~ ^([A-Za-z]+://)?[^/]*@(.*)$ ]]; then shown="${BASH_REMATCH[1]}…@${BASH_REMATCH[2]}"; fi

pattern="^(${WORKSPACE_DOTFILES_PATTERN:-https://[^[:space:]\$]+})\$"
if ! [[ $repository =~ $pattern ]]; then
  printf 'dotfiles is "%s"; allowed is what matches %s, with %%24 for any "$": change it in the settings of the workspace\n' "$shown" "$pattern" >&2
  exit 1
fi
if ! command -v coder >/dev/null; then
  printf 'the coder command is not in this workspace: dotfiles cannot be installed\n' >&2
  exit 1
fi

GIT_TERMINAL_PROMPT=0 coder dotfiles --yes -- "$repository"
