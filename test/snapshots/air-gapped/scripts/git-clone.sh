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

# A branch by name (#branch), or as the page of GitHub, Gitea or GitLab that shows it; a page's folder may follow there.
branch=''
page=''
if [[ $repository =~ ^(https://[^/?#]+/[^/?#]+/[^/?#]+)/(tree|src/branch)/([^?#]+) ]]; then
  repository=${BASH_REMATCH[1]}
  page=${BASH_REMATCH[3]}
elif [[ $repository =~ ^(https://[^?#]+)/-/tree/([^?#]+) ]]; then
  repository=${BASH_REMATCH[1]}
  page=${BASH_REMATCH[2]}
elif [[ $repository =~ ^([^#]*)#(.*)$ ]]; then
  repository=${BASH_REMATCH[1]}
  branch=${BASH_REMATCH[2]}
elif [[ $repository =~ ^(https://[^/?#]+/[^/?#]+/[^/?#]+)/(blob|commit|commits|issues|pull|pulls|raw|releases|src|wiki)(/|$) || $repository =~ ^(https://[^?#]+)/-/ ]]; then
  printf 'git_repo is "%s", the address of a page in the browser; give that of the repository, or of a branch (…/tree/name, or #name after the address): change it in the settings of the workspace\n' "$shown" >&2
  exit 1
fi

may_be_branch() { # name
  [[ ${#1} -le 255 && $1 != -* ]] && git check-ref-format "refs/heads/$1"
}

if [ -n "$page" ]; then
  page=${page%/}
  # As browsers write them: %23 for "#".
  if [[ ${#page} -le 1024 && $page =~ ^([^%\\]|%[0-9A-Fa-f]{2})+$ ]]; then printf -v page '%b' "${page//%/\\x}"; fi
fi
if [ -n "$branch$page" ] && ! may_be_branch "$branch$page"; then
  printf 'git_repo is "%s", and what it names after the repository cannot be a branch: change it in the settings of the workspace\n' "$shown" >&2
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
export GIT_TERMINAL_PROMPT=0
export GIT_SSH_COMMAND="${GIT_SSH_COMMAND:-ssh -o BatchMode=yes}"

# Of feat/x/docs the branch may be feat, feat/x or all of it: the longest that is there.
if [ -n "$page" ]; then
  candidates=("$page")
  while [[ ${candidates[-1]} == */* ]]; do candidates+=("${candidates[-1]%/*}"); done
  heads=$(git ls-remote --heads -- "$repository" "${candidates[@]/#/refs/heads/}" 2>/dev/null | cut --fields 2)
  branch=$page
  for candidate in "${candidates[@]}"; do
    if grep -qxF -- "refs/heads/$candidate" <<<"$heads"; then
      branch=$candidate
      break
    fi
  done
fi

git clone --quiet ${branch:+--branch "$branch"} -- "$repository" "$HOME/$name"
status=$?
if [ "$status" = 0 ]; then
  printf '%s is cloned to %s\n' "$shown" "$HOME/$name"
  # Neither comes by itself: submodules would be fetched from wherever the repository says.
  if [ -f "$HOME/$name/.gitmodules" ]; then
    printf '%s has submodules, which are not fetched; where you trust them: git -C %s submodule update --init --recursive\n' "$HOME/$name" "$HOME/$name"
  fi
  if grep -qs 'filter=lfs' -- "$HOME/$name/.gitattributes"; then
    if git lfs version >/dev/null 2>&1; then
      printf '%s keeps files in Git LFS; where they are missing: git -C %s lfs pull\n' "$HOME/$name" "$HOME/$name"
    else
      printf '%s keeps files in Git LFS, which this image does not have, so you see pointers in their place: add the package git-lfs to the image\n' "$HOME/$name"
    fi
  fi
fi
# The editor opens this folder: it says more when it is empty than when it is missing.
[ "$status" = 0 ] || mkdir -p -- "$HOME/$name"
exit "$status"
