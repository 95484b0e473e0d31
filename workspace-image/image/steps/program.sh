#!/usr/bin/env bash
# Installs one npm package with its commands in /opt/workspace/programs. Arguments: name, version.
# NPM_REGISTRY: the registry.

set -euo pipefail

npm install --global --prefix /opt/workspace/programs --registry "$NPM_REGISTRY" \
  --no-audit --no-fund --no-update-notifier --loglevel=error --cache /tmp/npm "$1@$2"
rm -rf /tmp/npm

# Such packages bring a program of hundreds of megabytes for each kind of processor and link the fitting one into
# place: what was not linked is of no use, and the second name of what was would be a second copy in the image.
readonly package=/opt/workspace/programs/lib/node_modules/$1
find "$package/bin" -type f -size +20M -links +1 -print0 |
  while IFS= read -r -d '' kept; do
    find "$package/node_modules" -type f -size +20M -not -samefile "$kept" -print -delete
    find "$package/node_modules" -type f -samefile "$kept" -print -delete
  done
