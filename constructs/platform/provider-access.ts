import { made } from '../common/made-values';
import type { SecretChecks } from './secret-variable';

/** What the gateway asks a provider with: secrets by the variable of its environment they are for, and settings. */
interface Access {
  /** Variables of the gateway, and what Terraform calls their secrets. */
  readonly secrets: Readonly<Record<string, { readonly variable: string; readonly description: string }>>;
  readonly settings: Readonly<Record<string, string>>;
}

/** A provider the gateway may ask. */
export class ProviderAccess {
  /** Anthropic itself: `anthropic_api_key`. */
  static anthropic(): ProviderAccess {
    return made(
      new ProviderAccess({
        secrets: {
          ANTHROPIC_API_KEY: { variable: 'anthropic_api_key', description: 'Key of the provider Anthropic.' },
        },
        settings: {},
      }),
      'ProviderAccess',
      'anthropic',
    );
  }

  /** Bedrock with an access key: `aws_access_key_id` and `aws_secret_access_key`. @param region such as `us-east-1` */
  static bedrock(region: string): ProviderAccess {
    return made(
      new ProviderAccess({
        secrets: {
          AWS_ACCESS_KEY_ID: { variable: 'aws_access_key_id', description: 'Access key id for Bedrock.' },
          AWS_SECRET_ACCESS_KEY: {
            variable: 'aws_secret_access_key',
            description: 'Secret access key for Bedrock.',
          },
        },
        settings: { AWS_REGION: region },
      }),
      'ProviderAccess',
      'bedrock',
      region,
    );
  }

  /** Bedrock with the role of the EC2 instance that the engine runs on. */
  static bedrockByInstance(region: string): ProviderAccess {
    return made(
      new ProviderAccess({
        secrets: {},
        settings: { AWS_REGION: region, GATEWAY_AWS_INSTANCE_CREDENTIALS: 'true' },
      }),
      'ProviderAccess',
      'bedrockByInstance',
      region,
    );
  }

  /** Endpoints that speak OpenAI's chat completions: `openai_compatible_endpoints`, JSON as the gateway takes it. */
  static openAiCompatible(): ProviderAccess {
    return made(
      new ProviderAccess({
        secrets: {
          OPENAI_COMPATIBLE_ENDPOINTS: {
            variable: 'openai_compatible_endpoints',
            description: 'JSON {"name": {"base_url": "https://…/v1", "api_key": "…"}}.',
          },
        },
        settings: {},
      }),
      'ProviderAccess',
      'openAiCompatible',
    );
  }

  private constructor(private readonly access: Access) {}

  get settings(): Readonly<Record<string, string>> {
    return this.access.settings;
  }

  /** @returns plain references to the secrets, by the gateway's variable they are for */
  secretsFrom(secrets: SecretChecks): Record<string, string> {
    return Object.fromEntries(
      Object.entries(this.access.secrets).map(([name, { variable, description }]) => [
        name,
        secrets.variable(variable, {
          description,
          rules: [{ holds: 'length(trimspace(value)) >= 8', must: 'be given' }],
        }),
      ]),
    );
  }
}
