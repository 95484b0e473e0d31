# Clones the repository of the workspace once; what the developer did with it since is theirs.
#
# The template puts these lines above it:
#   after         the dotfiles of the workspace, or nothing
#   submodules    set where the site wants them fetched; from addresses that a repository may have here alone
#   large_files   set where the site wants files of Git LFS fetched
# From the environment:
#   WORKSPACE_DOTFILES_WAIT   seconds to wait for the dotfiles (60)

# shellcheck shell=bash
# shellcheck disable=SC2154 # the variable named above

set -uo pipefail

repository=${WORKSPACE_GIT_REPO:-}
[ -n "$repository" ] || exit 0

# Letters. No address of a repository or a page comes near.
if ((${#repository} > 2048)); then
  printf 'git_repo has %d letters; an address has 2048 at most: change it in the settings of the workspace\n' "${#repository}" >&2
  exit 1
fi

# The log has more readers than this address, which can hold a token; and a terminal obeys control characters.
credentials=''
shown=$repository
if [[ $repository =~ ^([A-Za-z]+://)?([^/]*|[^@/]*:[^@#?]*)@(.*)$ ]]; then
  credentials=${BASH_REMATCH[2]}
  shown="${BASH_REMATCH[1]}…@${BASH_REMATCH[3]}"
fi
shown=${shown//[[:cntrl:]]/?}
if [[ $repository == *[[:cntrl:]]* ]]; then
  printf 'git_repo is "%s", and holds a control character (shown as "?"): change it in the settings of the workspace\n' "$shown" >&2
  exit 1
fi

# What a program said, for the log: bounded, without what a terminal obeys, without the token.
tell() { # text
  local said=${1:0:4096}
  said=${said//[^[:print:]$'\n']/ }
  [ -z "$credentials" ] || said=${said//"$credentials@"/…@}
  [ -z "${said//[[:space:]]/}" ] || printf '%s\n' "$said"
}

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
export GIT_SSH_COMMAND="${GIT_SSH_COMMAND:-ssh -o BatchMode=yes -o ConnectTimeout=20}"
# A server that says next to nothing for a minute is not waited for.
export GIT_HTTP_LOW_SPEED_LIMIT="${GIT_HTTP_LOW_SPEED_LIMIT:-1000}" GIT_HTTP_LOW_SPEED_TIME="${GIT_HTTP_LOW_SPEED_TIME:-60}"

# Of feat/x/docs the branch may be feat, feat/x or all of it: the longest that is there.
if [ -n "$page" ]; then
  candidates=("$page")
  while [[ ${candidates[-1]} == */* ]]; do candidates+=("${candidates[-1]%/*}"); done
  # Whoever answers there may do so without end.
  heads=$(timeout --kill-after 5 60 git ls-remote --heads -- "$repository" "${candidates[@]/#/refs/heads/}" 2>/dev/null |
    { head --bytes 65536; cat >/dev/null; } | cut --fields 2)
  branch=$page
  for candidate in "${candidates[@]}"; do
    if grep -qxF -- "refs/heads/$candidate" <<<"$heads"; then
      branch=$candidate
      break
    fi
  done
fi

# As a site may want only some hosts, a repository does not name others.
may_be_fetched() { [[ $1 =~ $pattern ]]; } # address

# Only what belongs to a plain file of the clone: a link can lead to one without an end.
has_file() { [ -f "$1" ] && [ ! -L "$1" ]; } # path

# Of one repository and then of those in it. Git itself keeps their paths inside and runs none of their commands.
readonly most_submodules=100 deepest_submodule=5 submodules_seconds=300
fetched=0
deadline=0
seconds_left() { printf '%s' "$((SECONDS < deadline ? deadline - SECONDS : 1))"; }
fetch_submodules() { # folder, depth
  local entry address path
  has_file "$1/.gitmodules" || return 0
  if (($2 > deepest_submodule)); then
    problem="they lie in each other more than $deepest_submodule deep"
    return 1
  fi
  problem='git cannot read its list'
  timeout --kill-after 5 "$(seconds_left)" git -C "$1" submodule --quiet init >/dev/null 2>&1 || return 1
  while IFS= read -r -d '' entry; do
    address=${entry#*$'\n'}
    fetched=$((fetched + 1))
    if ((fetched > most_submodules)); then
      problem="there are more than $most_submodules"
      return 1
    elif ! may_be_fetched "$address"; then
      problem='one has an address that repositories may not have here'
      return 1
    fi
  done < <(git -C "$1" config --local --null --get-regexp '^submodule\..*\.url$')
  problem='one of them does not come'
  timeout --kill-after 5 "$(seconds_left)" git -C "$1" submodule --quiet update --checkout --jobs 4 >/dev/null 2>&1 || return 1
  while IFS= read -r -d '' entry; do
    [[ $entry == 160000\ * ]] || continue
    path=${entry#*$'\t'}
    fetch_submodules "$1/$path" "$(($2 + 1))" || return 1
  done < <(git -C "$1" ls-files --stage -z)
}

# A repository may name another server for them.
fetch_large_files() { # folder
  local entry
  if [ -e "$1/.lfsconfig" ] || [ -L "$1/.lfsconfig" ]; then
    problem='its .lfsconfig is no plain file'
    has_file "$1/.lfsconfig" || return 1
    while IFS= read -r -d '' entry; do
      problem='its .lfsconfig names a server that repositories may not have here'
      may_be_fetched "${entry#*$'\n'}" || return 1
    done < <(git config --file "$1/.lfsconfig" --null --get-regexp 'url$')
  fi
  problem='they do not come'
  git -C "$1" lfs install --local >/dev/null 2>&1 && timeout --kill-after 5 300 git -C "$1" lfs pull >/dev/null 2>&1
}

# What git says on its way would be the token's way into the log.
said=$(GIT_LFS_SKIP_SMUDGE=1 git clone --quiet ${branch:+--branch "$branch"} -- "$repository" "$HOME/$name" 2>&1 </dev/null |
  { head --bytes 65536; cat >/dev/null; }; exit "${PIPESTATUS[0]}")
status=$?
# The editor opens this folder: it says more when it is empty than when it is missing.
if [ "$status" != 0 ]; then
  tell "$said" >&2
  mkdir -p -- "$HOME/$name"
  exit "$status"
fi
tell "$said"
printf '%s is cloned to %s\n' "$shown" "$HOME/$name"

problem=''
if has_file "$HOME/$name/.gitmodules"; then
  more="git -C $HOME/$name submodule update --init --recursive"
  if [ -z "${submodules:-}" ]; then
    # They would be fetched from wherever the repository says.
    printf '%s has submodules, which are not fetched; where you trust them: %s\n' "$HOME/$name" "$more"
  elif deadline=$((SECONDS + submodules_seconds)) && fetch_submodules "$HOME/$name" 1; then
    printf 'its submodules are fetched\n'
  else
    printf '%s has submodules that are not all fetched: %s; where you trust them: %s\n' "$HOME/$name" "$problem" "$more" >&2
    status=1
  fi
fi
if has_file "$HOME/$name/.gitattributes" && head --bytes 1048576 -- "$HOME/$name/.gitattributes" | grep -F 'filter=lfs' >/dev/null; then
  more="git -C $HOME/$name lfs pull"
  if ! git lfs version >/dev/null 2>&1; then
    printf '%s keeps files in Git LFS, which this image does not have, so you see pointers in their place: add the package git-lfs to the image\n' "$HOME/$name"
  elif [ -z "${large_files:-}" ]; then
    printf '%s keeps files in Git LFS; where they are missing: %s\n' "$HOME/$name" "$more"
  elif fetch_large_files "$HOME/$name"; then
    printf 'its files of Git LFS are fetched\n'
  else
    printf '%s keeps files in Git LFS that are not all fetched: %s; where you trust it: %s\n' "$HOME/$name" "$problem" "$more" >&2
    status=1
  fi
fi
exit "$status"
