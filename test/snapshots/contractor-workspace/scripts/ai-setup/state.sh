# AI set-up of the workspace: asks the gateway for this workspace's key and writes what the assistants read.
#
# Runs at every start, and leaves a process behind that looks after it while the workspace runs (healing.sh). Such a
# look is silent as long as all is well; it comes back when the gateway does, asks for another key when this one is
# refused, and restores files that were removed.
#
# The template puts these lines above it:
#   claim, pasted_key        credentials
#   assistant, gateway, model, asked_level
#                            what was chosen
#   level                    in force: the strictest of the choice and the floors
#   allowed_gateways         the only places a credential may go
#   allowed_assistants       the values of ai_assistant
#   managed_files            every file an assistant may bring: paths below the home
#   files                    those of this workspace: path=base64 of gzip, complete but for the key
#   constants                variables of the chosen assistants: words NAME=value, values without anything a shell reads
#   model_members            which of them list models, and where: path|members|prefix|member that names one
# From the environment:
#   AI_SETUP_WAIT            seconds to wait at the start for a gateway that does not answer (60)
#   AI_SETUP_LOCK_WAIT       seconds to wait for another run of it (50)
#   AI_SETUP_AGAIN=1         do everything again now, and fail when it fails: somebody is looking (ai-setup)
#   AI_SETUP_HEAL            seconds between two moments at which it may look (120); 0: never
#   AI_SETUP_RUN_DIR         what must not outlive the container (/tmp/ai-setup-<uid>)
#   AI_SETUP_BASHRC          what each terminal of the image reads (/etc/bash.bashrc)
# Only its own processes set these:
#   AI_SETUP_HEALING         this is the process that looks: the agent whose end is its own
#   AI_SETUP_LOOK=1          this is one of its looks
#
# Every file is written whole, readable by its owner only.
#
# The parts are one script: this, ../work-tree.sh, ../bashrc-line.sh, gateway.sh, models.sh, files.sh, healing.sh, main.sh, in this order.

# shellcheck disable=SC2154,SC2034 # the variables named above, and those that the other parts read

set -uo pipefail
umask 077

readonly key_placeholder='@AI_GATEWAY_KEY@'
readonly state_dir="$HOME/.config/ai-gateway"
readonly key_file="$state_dir/key"
readonly gateway_file="$state_dir/gateway"
readonly env_file="$state_dir/env.sh"
readonly status_file="$state_dir/status"
# The models that the gateway served when it was last asked.
readonly models_file="$state_dir/models"
# Names the files of assistants that this script wrote.
readonly manifest_file="$state_dir/written"
readonly run_dir=${AI_SETUP_RUN_DIR:-/tmp/ai-setup-$(id -u)}

# Arithmetic runs what it is given.
seconds_or() { # seconds, otherwise
  if [[ $1 =~ ^(0|[1-9][0-9]{0,4})$ ]]; then printf '%s' "$1"; else printf '%s' "$2"; fi
}

wait_seconds=$(seconds_or "${AI_SETUP_WAIT:-}" 60)
heal_seconds=$(seconds_or "${AI_SETUP_HEAL:-}" 120)
wanted=''
# Which files do not get the key, in words.
refusal=''
# Set in a run that nobody waits for.
quiet=''
key=''
# Models that are offered, a line each; empty for all.
served=''

say() { [ -n "$quiet" ] || printf '%s\n' "$*"; }

# Empty for what is no file: reading a pipe that somebody left there would wait for ever.
text_of() { # path
  if [ -f "$1" ]; then cat -- "$1" 2>/dev/null; fi
}

# A new file takes the place of the old one in one step, so nobody ever reads half of it.
write_file() { # path, content
  local dir temp
  dir=$(dirname -- "$1")
  mkdir -p -- "$dir" || return 1
  temp=$(mktemp -- "$dir/.ai-setup.XXXXXX") || return 1
  if printf '%s\n' "$2" >"$temp" && chmod 600 -- "$temp" && mv -fT -- "$temp" "$1"; then
    return 0
  fi
  rm -f -- "$temp"
  return 1
}

write_or_fail() { # path, content
  write_file "$@" || fail 'set-up failed' "cannot write $1: check the free space and the owner of its folder, then run ai-setup"
}

# What the dashboard shows. A quiet run speaks up when it changes.
set_status() {
  [ "$(text_of "$status_file")" = "$1" ] && return 0
  quiet=''
  write_file "$status_file" "$1"
}

# A floor of a person stands in no form. Nothing where the level is what was chosen.
why_level() { # level, kind of the floor that asks for it
  if [ "$2" = person ] && [ "$1" != "${asked_level:-$1}" ]; then
    printf ' (raised for you)'
  fi
}

fail() { # what the dashboard shows, what the log says
  set_status "$1"
  say "AI set-up: $2" >&2
  exit 1
}

# The next run tries again by itself: no reason to call the whole start failed.
come_back_later() { # what the dashboard shows, what the log says
  [ -n "${AI_SETUP_AGAIN:-}" ] && fail "$@"
  set_status "$1"
  say "AI set-up: $2" >&2
  # Whoever looks after it comes back sooner.
  [ -z "${AI_SETUP_LOOK:-}" ] || exit 75
  exit 0
}

package_of() { # program: the package of Debian and its like that brings it
  case $1 in
    base64 | realpath | sha256sum) printf coreutils ;;
    flock | setsid) printf util-linux ;;
    gunzip) printf gzip ;;
    *) printf '%s' "$1" ;;
  esac
}

# A program that is not there would make each step after it fail in its own way, or in silence.
check_programs() {
  local program needed='flock grep sha256sum' missing=''
  [ "$assistant" = none ] || needed+=' base64 curl git gunzip realpath setsid'
  for program in $needed; do
    command -v "$program" >/dev/null || missing+=" $program"
  done
  if [ -z "$missing" ]; then
    [ "$assistant" = none ] || [ -e "$run_dir/begun" ] || command -v jq >/dev/null ||
      say 'AI set-up: the program jq is missing in this image, so ai-doctor, ai-models and ai-usage do not work: add the package jq to the image' >&2
    return
  fi
  # Said once a start, and to whoever asks.
  [ -e "$run_dir/missing" ] && [ -z "${AI_SETUP_AGAIN:-}" ] && quiet=1
  write_file "$run_dir/missing" "$missing"
  set_status "missing in this image:$missing"
  for program in $missing; do
    say "AI set-up: the program $program is missing in this image, and without it there is no AI here: add the package $(package_of "$program") to the image" >&2
  done
  exit 1
}

contains_word() { # words, word
  local word
  for word in $1; do
    [ "$word" = "$2" ] && return 0
  done
  return 1
}

# Letters, digits, _ and - only: such a key means the same in JSON, in a shell and in a header.
is_key() { [[ $1 =~ ^sk-[A-Za-z0-9_-]{16,256}$ ]]; }

check_inputs() {
  contains_word "$allowed_assistants" "$assistant" || [ "$assistant" = none ] ||
    fail 'unknown assistant' "ai_assistant is \"$assistant\"; allowed are ${allowed_assistants// /, }: choose one of them in the workspace's settings"
  [ "$assistant" = none ] || contains_word "$allowed_gateways" "$gateway" ||
    fail 'gateway not allowed' "ai_gateway_url is \"$gateway\"; this template allows ${allowed_gateways// /, }: choose one of them in the workspace's settings. Neither claim nor key was sent"
}
