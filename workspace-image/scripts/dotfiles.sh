# Fetches the developer's dotfiles and installs them, as `coder dotfiles` does, and says when they stay as they were.

# shellcheck shell=bash

set -uo pipefail

repository=${WORKSPACE_DOTFILES:-}
[ -n "$repository" ] || exit 0
# Whatever comes of it: the clone of the repository waits for this.
trap 'note_done dotfiles "$repository"' EXIT

# The log has more readers than this address, which can hold a token.
credentials=''
shown=$repository
if [[ $repository =~ ^([A-Za-z]+://)?([^/]*|[^@/]*:[^@#?]*)@(.*)$ ]]; then
  credentials=${BASH_REMATCH[2]}
  shown="${BASH_REMATCH[1]}…@${BASH_REMATCH[3]}"
fi
shown=${shown//[[:cntrl:]]/?}

pattern="^(${WORKSPACE_DOTFILES_PATTERN:-https://[^[:space:]\$]+})\$"
if ! [[ $repository =~ $pattern ]]; then
  printf 'dotfiles is "%s"; allowed is what matches %s, with %%24 for any "$": change it in the settings of the workspace\n' "$shown" "$pattern" >&2
  exit 1
fi
if ! command -v coder >/dev/null; then
  printf 'the coder command is not in this workspace: dotfiles cannot be installed\n' >&2
  exit 1
fi

# A start of an older template may have written into their copy, which keeps them from being updated.
take_back_line "$HOME/.bashrc"
# What git says on its way goes to stderr, and Coder shows that as an error.
said=$(GIT_TERMINAL_PROMPT=0 coder dotfiles --yes -- "$repository" 2>&1 </dev/null)
status=$?
[ -z "$credentials" ] || said=${said//"$credentials@"/…@}
if [ "$status" != 0 ]; then
  printf '%s\n' "$said" >&2
  exit "$status"
fi
printf '%s\n' "$said"

# It goes on with the old ones, and ends well.
case $said in
  *'Failed to update repo'*) ;;
  *) exit 0 ;;
esac
folder=${CODER_CONFIG_DIR:-${XDG_CONFIG_HOME:-$HOME/.config}/coderv2}/dotfiles
mapfile -t -n 5 changed < <(git -C "$folder" diff --name-only HEAD -- 2>/dev/null)
why='the lines above say why'
if [ ${#changed[@]} -gt 0 ]; then
  printf -v list ', %s' "${changed[@]}"
  why="${list:2:300} changed in $folder; commit or take back the changes there, then start the workspace again"
fi
printf 'the dotfiles could not be updated and stay as they were: %s\n' "$why" >&2
exit 1
