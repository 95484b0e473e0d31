# Reviews a pull request or merge request: fetches its two sides by hand, as deep as it takes, and starts the review.
# For any POSIX shell. Values come by the environment, never by the text of this script:
#   REVIEW_PLATFORM             github, gitlab or gitea
#   AI_GATEWAY_URL, AI_GATEWAY_KEY
#   REVIEW_FAIL_ON, REVIEW_MAX_COST, REVIEW_CODE_SCANNING   may be empty
# GitHub, Gitea: REVIEW_BASE, REVIEW_NUMBER, REVIEW_HEAD (commit), REVIEW_HEAD_REPOSITORY, and the token of the job.
set -eu

say() { printf 'AI review: %s\n' "$*"; }

case "$REVIEW_PLATFORM" in
  gitlab)
    remote="$CI_MERGE_REQUEST_PROJECT_URL.git"
    server="$CI_SERVER_URL"
    base="$CI_MERGE_REQUEST_TARGET_BRANCH_NAME"
    change="refs/merge-requests/$CI_MERGE_REQUEST_IID/head"
    head="${CI_MERGE_REQUEST_SOURCE_BRANCH_SHA:-$CI_COMMIT_SHA}"
    target="$CI_MERGE_REQUEST_PROJECT_ID"
    source="$CI_MERGE_REQUEST_SOURCE_PROJECT_ID"
    login="gitlab-ci-token:$CI_JOB_TOKEN"
    report="$CI_PROJECT_DIR/gl-code-quality-report.json"
    # An artifact is expected, also of what is skipped.
    printf '[]\n' >"$report"
    set -- --format code-quality --output "$report"
    ;;
  github | gitea)
    remote="$GITHUB_SERVER_URL/$GITHUB_REPOSITORY"
    server="$GITHUB_SERVER_URL"
    base="$REVIEW_BASE"
    change="refs/pull/$REVIEW_NUMBER/head"
    head="$REVIEW_HEAD"
    target="$GITHUB_REPOSITORY"
    source="$REVIEW_HEAD_REPOSITORY"
    if [ "$REVIEW_PLATFORM" = github ]; then token="$GITHUB_TOKEN"; else token="$GITEA_TOKEN"; fi
    login="x-access-token:$token"
    set --
    if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then set -- --format markdown --output "$GITHUB_STEP_SUMMARY"; fi
    ;;
  *)
    say "REVIEW_PLATFORM is \"$REVIEW_PLATFORM\": it must be github, gitlab or gitea."
    exit 2
    ;;
esac

if [ -z "${AI_GATEWAY_KEY:-}" ]; then
  if [ "$source" != "$target" ]; then
    say "skipped: the change comes from a fork, which gets no secrets."
    exit 0
  fi
  if [ "${GITHUB_ACTOR:-}" = 'dependabot[bot]' ]; then
    say "skipped: changes of Dependabot get no secrets of Actions."
    exit 0
  fi
  say "there is no AI_GATEWAY_KEY: set it as a secret of CI, best a key of the scope agent:review."
  exit 2
fi
if [ -z "${AI_GATEWAY_URL:-}" ]; then
  say "there is no AI_GATEWAY_URL: set it as a variable of CI, as https://gateway.example.com."
  exit 2
fi

if command -v ai-review >/dev/null 2>&1; then
  program='ai-review'
elif command -v contractor-workspace >/dev/null 2>&1; then
  program='contractor-workspace review'
else
  say "the image has neither ai-review nor contractor-workspace: write this file anew with another --image."
  exit 2
fi

checkout=$(mktemp -d)
trap 'rm -rf "$checkout"' EXIT
git init --quiet "$checkout"

# By the environment: an address or a command line would be seen by others.
fetch() (
  GIT_CONFIG_COUNT=1
  GIT_CONFIG_KEY_0="http.$server/.extraHeader"
  GIT_CONFIG_VALUE_0="Authorization: Basic $(printf '%s' "$login" | base64 | tr -d '\n')"
  GIT_TERMINAL_PROMPT=0
  export GIT_CONFIG_COUNT GIT_CONFIG_KEY_0 GIT_CONFIG_VALUE_0 GIT_TERMINAL_PROMPT
  git -C "$checkout" fetch --quiet --no-tags --no-recurse-submodules "$@" \
    "$remote" "+refs/heads/$base:refs/review/base" "+$change:refs/review/head"
)

depth=100
fetch --depth="$depth"
until git -C "$checkout" merge-base refs/review/base refs/review/head >/dev/null; do
  if [ "$(git -C "$checkout" rev-parse --is-shallow-repository)" = false ]; then
    say "the change and its base have no commit in common."
    exit 2
  fi
  depth=$((depth * 4))
  if [ "$depth" -gt 10000 ]; then fetch --unshallow; else fetch --depth="$depth"; fi
done

if [ "$(git -C "$checkout" rev-parse refs/review/head)" != "$head" ]; then
  say "skipped: the change has another commit by now, which its own run reviews."
  exit 0
fi

if [ -n "${REVIEW_FAIL_ON:-}" ]; then set -- "$@" --fail-on "$REVIEW_FAIL_ON"; fi
if [ -n "${REVIEW_MAX_COST:-}" ]; then set -- "$@" --max-cost "$REVIEW_MAX_COST"; fi
if [ -n "${REVIEW_CODE_SCANNING:-}" ]; then set -- "$@" --code-scanning; fi

code=0
# Two words of one program.
# shellcheck disable=SC2086
OPENAI_API_KEY="$AI_GATEWAY_KEY" $program refs/review/base...refs/review/head \
  --repository "$checkout" --no-cache --comment "$REVIEW_PLATFORM" "$@" || code=$?

if [ "$code" -eq 6 ]; then
  say "not all of it was reviewed: the comment names what is missing."
  code=0
fi
exit "$code"
