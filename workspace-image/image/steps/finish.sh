#!/usr/bin/env bash
# Makes the user, links the commands and takes out what a workspace must not have.
# Arguments: programs to remove, wherever the base image has them. EXTENSION_GALLERY: of the build. HOME: of the user.

set -euo pipefail

# The user. Its number is the one that home volumes belong to.
other=$(getent passwd 1000 | cut -d : -f 1 || true)
if [ -n "$other" ] && [ "$other" != coder ]; then userdel --remove "$other" 2>/dev/null || true; fi
getent group 1000 >/dev/null || groupadd --gid 1000 coder
id coder >/dev/null 2>&1 || useradd --uid 1000 --gid 1000 --home-dir "$HOME" --create-home --shell /bin/bash coder
[ "$(id -u coder)" = 1000 ] || { printf 'the base image has a user "coder" with another uid than 1000\n' >&2 && exit 1; }

# Commands. Ours come first on the PATH; a guard there has the name of the program it stands before.
for command in node npm npx; do ln -sf "/opt/workspace/node/bin/$command" "/usr/local/bin/$command"; done
for command in /opt/workspace/commands/*; do
  if [ -f "$command" ] && [ -x "$command" ]; then ln -sf "$command" "/usr/local/bin/${command##*/}"; fi
done

# What Coder would leave out of a template comes by a name without the dot in front.
for hidden in /etc/*/dot.*; do
  if [ -e "$hidden" ]; then mv "$hidden" "${hidden%/*}/.${hidden##*/dot.}"; fi
done

# The editor's data: what the image decides belongs to root, in a folder where nobody can rename it; what the developer
# does leads to the home.
mkdir -p /var/lib/code-server/Machine
chmod 1777 /var/lib/code-server
for name in User coder.json machineid serve-web-key-half; do
  ln -sfn "$HOME/.local/share/code-server/$name" "/var/lib/code-server/$name"
done

# The gallery of the build is the workspace's too.
if [ -n "${EXTENSION_GALLERY:-}" ]; then
  jq --null-input --arg url "$EXTENSION_GALLERY" '{serviceUrl: $url}' >/etc/code-server/gallery.json
fi

# A folder inside a clone can pass for a bare repository, whose configuration names commands that git then runs.
git config --system safe.bareRepository explicit
# Written at each start of a workspace: who commits, unless the user or a repository says otherwise.
# shellcheck disable=SC2088 # expanded by git
git config --system include.path '~/.config/contractor-workspace/git-identity'

# Terminals read the variables of the AI gateway by themselves: a user's .bashrc can be part of a repository.
# shellcheck disable=SC2016 # expanded by the shell that reads it
printf '%s\n' '[ -r "$HOME/.config/ai-gateway/env.sh" ] && . "$HOME/.config/ai-gateway/env.sh"' >>/etc/bash.bashrc

for program in "$@"; do
  for folder in /usr/local/sbin /usr/local/bin /usr/sbin /usr/bin /sbin /bin; do
    rm -f -- "$folder/$program"
  done
done

# No program may give its caller another one's rights; the container's no-new-privileges says so once more.
find / -xdev -type f -perm /6000 -exec chmod a-s {} +
rm -rf /opt/workspace/steps /root/.npm /tmp/* /var/tmp/*
