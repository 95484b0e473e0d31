# In which order the start scripts come: the agent starts them all at once, and each leaves a mark when it is done.
#
# From the environment:
#   WORKSPACE_RUN_DIR   where the marks lie, which must not outlive the container (/tmp/workspace-start-<uid>)

# shellcheck shell=bash

readonly marks=${WORKSPACE_RUN_DIR:-/tmp/workspace-start-$(id -u)}

# Nobody else's folder says when to go on.
has_marks() {
  mkdir -m 700 -- "$marks" 2>/dev/null
  [ -d "$marks" ] && [ ! -L "$marks" ] && [ -O "$marks" ]
}

# What a script was given can hold a token.
mark_of() { sha256sum <<<"$1"; } # text

note_done() { # script, what it was given
  if has_marks; then mark_of "$2" >"$marks/$1"; fi
}

# Fails when the script is not done in time.
wait_for() { # script, what it was given, seconds
  local wanted deadline=$((SECONDS + $3))
  has_marks || return
  wanted=$(mark_of "$2")
  until [ -f "$marks/$1" ] && [ "$(cat -- "$marks/$1" 2>/dev/null)" = "$wanted" ]; do
    ((SECONDS < deadline)) || return
    sleep 0.5
  done
}
