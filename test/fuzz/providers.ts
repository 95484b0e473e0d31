/** Every provider, configured for nowhere. */
import { readSettings } from '../../gateway/config/environment';
import { createLogger } from '../../gateway/log';
import { configuredProviders } from '../../gateway/providers/configured';
import type { Provider } from '../../gateway/providers/provider';

export const ANTHROPIC_KEY = 'sk-ant-fuzz';
/** Of the OpenAI-compatible endpoint, and the only model it has. */
export const OWN_KEY = 'sk-own-fuzz';
export const OWN_MODEL = 'own-model';

export const SETTINGS = readSettings({
  GATEWAY_MASTER_KEY: 'sk-master-key-for-tests-0123456789abcdef',
  ANTHROPIC_API_KEY: ANTHROPIC_KEY,
  ANTHROPIC_BASE_URL: 'http://127.0.0.1:1',
  AWS_REGION: 'us-east-1',
  // Needs no signature, so that a request is written in one step.
  AWS_BEARER_TOKEN_BEDROCK: 'bedrock-fuzz',
  OPENAI_COMPATIBLE_ENDPOINTS: JSON.stringify({
    own: { base_url: 'http://127.0.0.1:1/v1', api_key: OWN_KEY },
  }),
});

export const PROVIDERS: ReadonlyMap<string, Provider> = configuredProviders(
  SETTINGS,
  createLogger('error', () => {}),
);

export function providerNamed(name: string): Provider {
  const provider = PROVIDERS.get(name);
  if (provider === undefined) throw new Error(`${name} is not configured`);
  return provider;
}

export const ANTHROPIC = providerNamed('anthropic');
export const BEDROCK = providerNamed('bedrock');
export const COMPATIBLE = providerNamed('openai-compatible/own');
