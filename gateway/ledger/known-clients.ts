/**
 * Clients that daily sums tell apart, by the first word of their user agents, without its version. Whatever else a
 * caller calls itself is "other" there: what callers write must not decide how many rows are kept for ever. A single
 * call's row says it as it came, as long as there is one.
 */
export const KNOWN_CLIENTS: readonly string[] = [
  // Coding agents.
  'RooCode',
  'ZooCode',
  'Cline',
  'Kilo-Code',
  'claude-cli',
  'opencode',
  'codex_cli_rs',
  'GeminiCLI',
  'aider',
  'Continue',
  'continue',
  'Zed',
  'GitHubCopilotChat',
  // Libraries.
  'OpenAI',
  'AsyncOpenAI',
  'Anthropic',
  'AsyncAnthropic',
  'ai-sdk',
  'ai',
  'litellm',
  'langchain',
  // What scripts and tools call with.
  'curl',
  'Wget',
  'HTTPie',
  'node',
  'undici',
  'axios',
  'node-fetch',
  'Bun',
  'Deno',
  'python-requests',
  'python-httpx',
  'aiohttp',
  'Python-urllib',
  'Go-http-client',
  'Java-http-client',
  'okhttp',
  'Apache-HttpClient',
  'PostmanRuntime',
  'insomnia',
  'Mozilla',
  // None was said.
  'unknown',
];
