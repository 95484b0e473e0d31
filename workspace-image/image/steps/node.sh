#!/usr/bin/env bash
# Installs Node.js and npm from an npm registry, checked against the hashes that are named.
# NPM_REGISTRY: the registry.

set -euo pipefail

while [ $# -gt 0 ]; do
  case $1 in
    --node) node=$2 && shift 2 ;;
    --x64) x64=$2 && shift 2 ;;
    --arm64) arm64=$2 && shift 2 ;;
    --npm) npm=$2 npm_hash=$3 && shift 3 ;;
    *) printf 'node.sh: unknown argument "%s"\n' "$1" >&2 && exit 2 ;;
  esac
done

if [ -z "${NPM_REGISTRY:-}" ]; then
  printf 'NPM_REGISTRY is empty: give the address of an npm registry with --build-arg NPM_REGISTRY=https://…, or use "npm run image"\n' >&2
  exit 1
fi

case $(dpkg --print-architecture) in
  amd64) machine=x64 node_hash=$x64 ;;
  arm64) machine=arm64 node_hash=$arm64 ;;
  *) printf 'the image builds on amd64 and arm64, not on %s\n' "$(dpkg --print-architecture)" >&2 && exit 1 ;;
esac

fetch() { # name, version, hash, folder
  local address archive found
  address="${NPM_REGISTRY%/}/$1/-/$1-$2.tgz"
  archive=$(mktemp)
  if ! curl --silent --show-error --fail --location --retry 3 --output "$archive" "$address"; then
    printf 'cannot fetch %s: does the registry hold %s %s?\n' "$address" "$1" "$2" >&2
    exit 1
  fi
  found="sha512-$(sha512sum -- "$archive" | cut -d ' ' -f 1 | xxd_decode | base64 --wrap=0)"
  if [ "$found" != "$3" ]; then
    printf '%s is not the file that was pinned: its hash is %s, pinned is %s\n' "$address" "$found" "$3" >&2
    exit 1
  fi
  mkdir -p -- "$4"
  tar --extract --gzip --file "$archive" --directory "$4" --strip-components=1 --no-same-owner
  rm -f -- "$archive"
}

xxd_decode() { python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read()))'; }

fetch "node-linux-$machine" "$node" "$node_hash" /tmp/node
# The headers are for compiling the editor's modules; they stay out of the image.
mkdir -p /opt/workspace/node /opt/workspace/headers
mv /tmp/node/include /opt/workspace/headers/include
mv /tmp/node/bin /tmp/node/LICENSE /opt/workspace/node/
fetch npm "$npm" "$npm_hash" /opt/workspace/node/lib/node_modules/npm
ln -s ../lib/node_modules/npm/bin/npm-cli.js /opt/workspace/node/bin/npm
ln -s ../lib/node_modules/npm/bin/npx-cli.js /opt/workspace/node/bin/npx
chmod a+x /opt/workspace/node/bin/node /opt/workspace/node/lib/node_modules/npm/bin/*-cli.js
rm -rf /tmp/node
export PATH=/opt/workspace/node/bin:$PATH
printf 'Node.js %s, npm %s\n' "$(node --version)" "$(npm --version)"
