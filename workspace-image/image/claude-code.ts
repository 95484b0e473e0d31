import type { ImageParts } from '../../constructs/workspace/assistants/assistant';

export interface ClaudeCodeImageProps {
  /**
   * MCP servers that may run, as Claude Code's `allowedMcpServers` names them. Without a terminal it starts a
   * repository's servers unasked, and each is a command, so none is the only list that is safe by itself.
   *
   * @default - none
   */
  readonly allowedMcpServers?: readonly Readonly<Record<string, unknown>>[];
}

const SETTINGS = {
  apiKeyHelper: '/usr/local/bin/ai-key',
  allowManagedHooksOnly: true,
  allowManagedMcpServersOnly: true,
  strictKnownMarketplaces: [],
  disableAutoMode: 'disable',
  permissions: {
    disableBypassPermissionsMode: 'disable',
    deny: ['Read(~/.config/ai-gateway/**)', 'Read(~/.config/roo-code/**)'],
  },
  env: {
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    // Its picker has the gateway's models then, those with "claude" or "anthropic" in their names.
    CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY: '1',
    DISABLE_AUTOUPDATER: '1',
    DISABLE_ERROR_REPORTING: '1',
    DISABLE_TELEMETRY: '1',
  },
};

/**
 * Claude Code and its managed settings, which stand above the user's and a repository's. The program itself lies behind
 * the guard of the same name on the PATH: managed settings alone leave a repository several ways to the key.
 */
export const claudeCodeImage = (props: ClaudeCodeImageProps = {}): ImageParts => ({
  packages: { '@anthropic-ai/claude-code': '2.1.330' },
  files: [
    {
      path: '/etc/claude-code/managed-settings.json',
      content: `${JSON.stringify({ ...SETTINGS, allowedMcpServers: props.allowedMcpServers ?? [] }, undefined, 2)}\n`,
    },
  ],
});
