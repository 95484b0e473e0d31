#!/usr/bin/env bash
# Fetches the page of this workspace's key, or its style, from the gateway: the text on stdout. Fails with two lines: what
# is wrong, and what to do.

# shellcheck source-path=SCRIPTDIR/..
# shellcheck disable=SC2154 # what ../gateway.sh sets

set -uo pipefail

lib=${BASH_SOURCE[0]%/*}/..
# shellcheck source=../gateway.sh disable=SC1091
. "$lib/gateway.sh" || exit 1

# Characters. A page has some ten thousand.
readonly longest=1000000

tell_trouble() {
  printf '%s\n%s\n' "$(without_keys "$problem")" "$remedy"
  exit 1
}

fetch() { # path
  ask "$1" && return
  [ "$http_status" = 404 ] || return 1
  fails "the gateway at $gateway has no such page" \
    'ask your platform team to upgrade the gateway; until then ai-usage says the figures'
}

case ${1:-} in
  page)
    [[ ${2:-} =~ ^[A-Za-z0-9_+/-]{1,64}$ ]] || set -- page UTC
    { need_programs && find_key && find_gateway && fetch "/api/v1/keys/me/page?zone=${2//+/%2B}"; } || tell_trouble
    [[ $answer == '<!doctype html>'* ]] && ((${#answer} <= longest)) || not_the_gateway || tell_trouble
    # The last barrier before a browser.
    printf '%s' "${answer//"$key"/sk-…}"
    ;;
  style)
    # The same for everybody, so it takes no key.
    { need_programs && find_gateway && fetch /api/v1/keys/me/page.css; } || tell_trouble
    ((${#answer} <= longest)) || not_the_gateway || tell_trouble
    printf '%s' "$answer"
    ;;
  *)
    printf 'fetch.sh takes "page" or "style"\n' >&2
    exit 2
    ;;
esac
