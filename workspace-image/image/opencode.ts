import type { ImageParts } from '../../constructs/workspace/assistants/assistant';

const CONFIGURATION = {
  $schema: 'https://opencode.ai/config.json',
  enabled_providers: ['litellm'],
  share: 'disabled',
  autoupdate: false,
  provider: {
    litellm: {
      // Bundled with OpenCode: another name would be fetched and run.
      npm: '@ai-sdk/openai-compatible',
      name: 'AI gateway',
      options: {
        // Both from files that the AI set-up writes: what a repository or an environment says does not count.
        baseURL: '{file:~/.config/ai-gateway/gateway}/v1',
        apiKey: '{file:~/.config/ai-gateway/key}',
      },
    },
  },
};

/**
 * OpenCode and its managed configuration, which stands above every other one of its files. The program itself lies
 * behind the guard of the same name on the PATH.
 */
export const openCodeImage: ImageParts = {
  packages: { 'opencode-ai': '1.18.33' },
  files: [
    { path: '/etc/opencode/opencode.json', content: `${JSON.stringify(CONFIGURATION, undefined, 2)}\n` },
  ],
};
