# Clones the repository of the workspace once; what the developer did with it since is theirs.
#
# The template puts this line above it:
#   after   the dotfiles of the workspace, or nothing
# From the environment:
#   WORKSPACE_DOTFILES_WAIT   seconds to wait for the dotfiles (60)

# shellcheck shell=bash
# shellcheck disable=SC2154 # the variable named above

set -uo pipefail

repository=${WORKSPACE_GIT_REPO:-}
[ -n "$repository" ] || exit 0

# The log has more readers than this address, which can hold a token.
shown=$repository
if [[ $repository =~ ^([A-Za-z]+://)?[^/]*@(.*)$ ]]; then shown="${BASH_REMATCH[1]}…@${BASH_REMATCH[2]}"; fi

# The form asks for the same; a value stored before, or given past the form, is checked here.
pattern="^(${WORKSPACE_GIT_REPO_PATTERN:-https://[^[:space:]\$]+})\$"
if ! [[ $repository =~ $pattern ]]; then
  printf 'git_repo is "%s"; allowed is what matches %s, with %%24 for any "$": change it in the settings of the workspace\n' "$shown" "$pattern" >&2
  exit 1
fi

name=${repository%/}
name=${name##*[/:]}
name=${name%.git}
case $name in
  # ~/.config and its like steer programs, ~/bin is on the PATH, and ~/node_modules serves every project of the home.
  .* | bin | node_modules)
    printf 'the repository of git_repo is named "%s", and as %s it would take the place of what your home and its programs use; allowed is a name that does not begin with a dot and is neither bin nor node_modules: empty git_repo in the settings of the workspace and clone the repository yourself, under another name\n' \
      "$name" "$HOME/$name" >&2
    exit 1
    ;;
esac
if ! [[ $name =~ ^[A-Za-z0-9_][A-Za-z0-9._-]*$ ]]; then
  printf 'git_repo is "%s"; its last part must be a name of letters, digits, ., _ and -\n' "$shown" >&2
  exit 1
fi

# A clone that was cut off before its first commit arrived holds nothing of anybody's.
if [ "$(ls -A -- "$HOME/$name" 2>/dev/null)" = .git ] && ! git -C "$HOME/$name" rev-parse --quiet --verify HEAD >/dev/null 2>&1; then
  rm -rf -- "${HOME:?}/$name/.git"
fi

# The editor may have opened the folder before: an empty one is as good as none.
if [ -n "$(ls -A -- "$HOME/$name" 2>/dev/null)" ]; then
  printf '%s is already there\n' "$HOME/$name"
  exit 0
fi

if [[ $repository != https://* ]] && ! command -v ssh >/dev/null; then
  printf 'git_repo is "%s", and this image has no ssh to reach it by: give its https:// address in the settings of the workspace\n' "$shown" >&2
  exit 1
fi

# Credentials and other addresses for a host are in them.
if [ -n "$after" ]; then
  seconds=${WORKSPACE_DOTFILES_WAIT:-60}
  [[ $seconds =~ ^(0|[1-9][0-9]{0,3})$ ]] || seconds=60
  wait_for dotfiles "$after" "$seconds" ||
    printf 'the dotfiles were not there within %s s: cloning without them\n' "$seconds"
fi

# No prompt: nobody is there to answer it. Quiet: Coder shows as an error whatever git says on its way.
GIT_TERMINAL_PROMPT=0 GIT_SSH_COMMAND="${GIT_SSH_COMMAND:-ssh -o BatchMode=yes}" \
  git clone --quiet -- "$repository" "$HOME/$name"
status=$?
[ "$status" != 0 ] || printf '%s is cloned to %s\n' "$shown" "$HOME/$name"
# The editor opens this folder: it says more when it is empty than when it is missing.
[ "$status" = 0 ] || mkdir -p -- "$HOME/$name"
exit "$status"
