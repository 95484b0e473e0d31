#!/usr/bin/env bash
# Installs code-server in /opt/workspace/code-server. Argument: its version.
# NPM_REGISTRY: the registry.

set -euo pipefail

readonly root=/opt/workspace/code-server
mkdir -p "$root"
printf '{"private":true}\n' >"$root/package.json"
# The headers of this very Node.js: without them, the compiler's helper would fetch some from elsewhere.
npm_config_nodedir=/opt/workspace/headers npm_config_registry="$NPM_REGISTRY" npm_config_cache=/tmp/npm \
  npm install --prefix "$root" --omit=dev --no-audit --no-fund --no-update-notifier --loglevel=error "code-server@$1"
rm -rf /tmp/npm

readonly editor="$root/node_modules/code-server/lib/vscode"
find "$root" -type d -path '*/build/Release/*' \( -name obj -o -name obj.target -o -name .deps \) -prune -exec rm -rf {} +

# Roo Code looks for ripgrep where older editors had it; without it, each of its tasks hangs for ever.
readonly ripgrep="$editor/node_modules/@vscode/ripgrep-universal/bin"
case $(dpkg --print-architecture) in
  amd64) machine=linux-x64 ;;
  *) machine="linux-$(dpkg --print-architecture)" ;;
esac
"$ripgrep/$machine/rg" --version | sed -n 1p
find "$ripgrep" -mindepth 1 -maxdepth 1 -not -name "$machine" -exec rm -rf {} +
mkdir -p "$editor/node_modules/@vscode/ripgrep/bin"
ln -s "../../ripgrep-universal/bin/$machine/rg" "$editor/node_modules/@vscode/ripgrep/bin/rg"

# The runtime of the assistant that is bundled with the editor.
rm -rf "$editor"/node_modules/@github/copilot-sdk*
