# The AI set-up from start to end.

# shellcheck disable=SC2154,SC2034 # variables of the other parts

# In a folder of this container alone: what lies there is about this start.
prepare_run_dir() {
  mkdir -m 700 -- "$run_dir" 2>/dev/null
  if [ -L "$run_dir" ] || [ ! -O "$run_dir" ]; then
    fail 'set-up failed' "$run_dir belongs to somebody else: remove it, then start the workspace again"
  fi
  # So that ai-setup can run it again: what it was started as is nowhere else.
  [ -z "${BASH_EXECUTION_STRING:-}" ] || write_file "$run_dir/run" "$BASH_EXECUTION_STRING"
  check_programs
  # Two runs at a time would tread on each other's files.
  exec 9>"$run_dir/lock"
  if ! flock -w "${AI_SETUP_LOCK_WAIT:-50}" 9; then
    [ -z "${AI_SETUP_LOOK:-}" ] || exit 75
    [ -z "${AI_SETUP_AGAIN:-}" ] && exit 0
    printf 'AI set-up: another run of it has been at work for a while: wait a minute, then run ai-setup again\n' >&2
    exit 1
  fi
}

# Another claim, assistant or model is another start.
fingerprint() {
  printf '%s\0' "$claim" "$pasted_key" "$files" "$assistant" "$gateway" "$model" "$level" | sha256sum
}

set_up() {
  local former
  remove_unwanted
  if [ "$assistant" = none ]; then
    give_key_back
    rm -f -- "$key_file" "$gateway_file" "$env_file" "$status_file" "$manifest_file" "$models_file"
    take_back_line "$HOME/.bashrc"
    say 'AI is switched off for this workspace (AI Coding Agent: none)'
    return
  fi
  former=$(text_of "$key_file")
  obtain_key
  level=$(json_text "$answer" level) || level=$chosen_level
  raised=$(why_level "$level" "$(json_text "$answer" level_floor)")
  learn_models
  write_or_fail "$manifest_file" "$(paths_of "$files")"
  write_environment
  write_files all
  hook_into_bashrc
  say_key_is_new "$former"
}

report() {
  if [ "$assistant" = none ]; then
    [ -z "${AI_SETUP_LOOK:-}" ] || exit "$nothing_to_heal"
    return
  fi
  complain_of_refusal
  set_status "ready: $model, $level$raised"
  say "AI is ready: $assistant with $model through $gateway (mode: $level)"
  [ -z "$raised" ] || say "you chose the mode \"$asked_level\"; your organisation has laid down \"$level\" as the least for you, so that one holds"
}

# True when there is nothing left to do.
look_after() {
  if [ "$assistant" = none ]; then
    [ -z "${AI_SETUP_LOOK:-}" ] || exit "$nothing_to_heal"
    return 0
  fi
  key=$(text_of "$key_file")
  is_key "$key" && [ -f "$gateway_file" ] && [ -f "$env_file" ] || return 1
  ask_once "$key" "/api/v1/keys/info?usage=false"
  case $status in
    200)
      if list_models; then served=$(text_of "$models_file"); fi
      write_files missing
      hook_into_bashrc
      complain_of_refusal
      level=$(json_text "$answer" level)
      set_status "ready: $model, $level$(why_level "$level" "$(json_text "$answer" level_floor)")"
      ;;
    401 | 403)
      quiet=''
      say 'the gateway does not take the key any more: asking for another'
      return 1
      ;;
    *) gateway_is_away '' ;;
  esac
}

main() {
  local this answer='' status='' chosen_level=$level raised=''
  prepare_run_dir
  begin_healing
  this=$(fingerprint)
  if [ -n "${AI_SETUP_LOOK:-}" ] || { [ -z "${AI_SETUP_AGAIN:-}" ] && [ "$(text_of "$run_dir/begun")" = "$this" ]; }; then
    quiet=1
    wait_seconds=0
  fi
  check_inputs
  wanted=$(paths_of "$files")
  [ "$assistant" = none ] || keep_key_out_of_repositories
  if [ -n "$quiet" ] && [ "$(text_of "$run_dir/done")" = "$this" ] && look_after; then
    return
  fi
  write_file "$run_dir/begun" "$this"
  set_up
  # Also when a file was refused: the claim may be too old by the time its folder is put right.
  write_file "$run_dir/done" "$this"
  write_file "$run_dir/files" "$(paths_of "$files")"
  report
}

if [ -n "${AI_SETUP_HEALING:-}" ]; then heal; else main; fi
