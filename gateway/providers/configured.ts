/** The providers this gateway may ask, by `providerKey`: those whose address and credentials it was given. */
import type { Settings } from '../config/environment';
import type { Logger } from '../log';
import { anthropic } from './anthropic';
import { bedrock } from './bedrock';
import { bedrockAccess, hasCredentials } from './bedrock/access';
import { openAiCompatible } from './openai-compatible';
import type { Provider } from './provider';

export function configuredProviders(settings: Settings, logger: Logger): ReadonlyMap<string, Provider> {
  const providers = new Map<string, Provider>();
  const { anthropicKey, anthropicUrl } = settings;
  if (anthropicKey !== undefined) providers.set('anthropic', anthropic(anthropicKey, anthropicUrl));
  const access = bedrockAccess(settings, logger);
  if (access) providers.set('bedrock', bedrock(access, logger));
  for (const endpoint of settings.endpoints.values()) {
    const provider = openAiCompatible(endpoint);
    providers.set(provider.name, provider);
  }
  return providers;
}

/** Says at start what would otherwise be noticed at the first refused call. */
export function warnOfProviders(
  settings: Settings,
  providers: ReadonlyMap<string, Provider>,
  logger: Logger,
): void {
  if (providers.size === 0)
    logger.warn('no provider is configured: set ANTHROPIC_API_KEY, or AWS_REGION and credentials for it');
  if (providers.has('bedrock')) return;
  if (settings.awsRegion !== undefined && !hasCredentials(settings))
    logger.warn('Bedrock is not served: there is a region, but no credentials are set', {
      settings: ['AWS_BEARER_TOKEN_BEDROCK', 'AWS_ACCESS_KEY_ID', 'GATEWAY_AWS_INSTANCE_CREDENTIALS'],
    });
  if (settings.awsRegion === undefined && hasCredentials(settings))
    logger.warn('Bedrock is not served: there are credentials, but no region is set', {
      settings: ['AWS_REGION'],
    });
}
