# Looks after the set-up while the workspace runs. A process of its own, and not a schedule of Coder's: that keeps a
# record of each run of a script, for ever.

# shellcheck disable=SC2154 # variables of the other parts

# Status of a look at a workspace without AI.
readonly nothing_to_heal=64
# Of the steps of AI_SETUP_HEAL, how many lie between two looks: while something is wrong, and all the same after
# half an hour; once all is well, and from the second time on.
readonly steps_wrong=1 steps_wrong_long=5 steps_well=5 steps_well_long=30
readonly wrong_is_long=15
# Bytes of the log of all looks.
readonly longest_log=65536

# Out of reach of the agent's signals and pipes: it ends a script that overstays its time, and waits for what a script
# has started as long as that can write to its log.
begin_healing() {
  [ -z "${AI_SETUP_AGAIN:-}${AI_SETUP_LOOK:-}" ] && [ "$assistant" != none ] || return 0
  ((heal_seconds > 0)) && [ -f "$run_dir/run" ] || return 0
  AI_SETUP_HEALING=$PPID setsid --fork bash "$run_dir/run" </dev/null >/dev/null 2>&1 4>&- 9>&-
}

heal() {
  local agent=$AI_SETUP_HEALING steps=0 due=$steps_wrong well=0 wrong=0 begun='' now
  unset AI_SETUP_HEALING
  # One is enough, also where the agent runs its scripts again.
  exec 8>"$run_dir/healing"
  flock --nonblock 8 || exit 0
  cd / || exit 1
  # 8>&-: a step that outlives this process must not keep the next one out.
  while sleep "$heal_seconds" 8>&-; do
    [ -d "$run_dir" ] && is_there "$agent" || exit 0
    now=$(text_of "$run_dir/begun")
    if [ "$now" != "$begun" ]; then due=$steps_wrong well=0 wrong=0 begun=$now; fi
    steps=$((steps + 1))
    if ((steps < due)) && files_are_there; then continue; fi
    steps=0
    look
    case $? in
      0) wrong=0 well=$((well + 1)) due=$((well > 1 ? steps_well_long : steps_well)) ;;
      "$nothing_to_heal") exit 0 ;;
      *) well=0 wrong=$((wrong + 1)) due=$((wrong > wrong_is_long ? steps_wrong_long : steps_wrong)) ;;
    esac
  done
}

is_there() { [ ! -d /proc/self ] || [ -d "/proc/$1" ]; } # process

files_are_there() {
  local path
  [ -f "$run_dir/files" ] || return 0
  while IFS= read -r path; do
    [ -e "$HOME/$path" ] || return 1
  done <"$run_dir/files"
  [ -e "$key_file" ]
}

look() {
  local log="$run_dir/log"
  [ ! -f "$log" ] || [ "$(stat -c %s -- "$log")" -le "$longest_log" ] || : >"$log"
  AI_SETUP_LOOK=1 bash "$run_dir/run" >>"$log" 2>&1 </dev/null 8>&-
}
