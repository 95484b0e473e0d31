import { made } from '../common/made-values';
import { literal } from '../../synth/hcl/strings';
import type { SecretChecks, SettingProps } from './secret-variable';

interface GivenByVariable {
  /** What Terraform calls it. */
  readonly variable: string;
  readonly description: string;
}

/** What the gateway asks a provider with: secrets by the variable of its environment they are for, and settings. */
interface Access {
  readonly secrets: Readonly<Record<string, GivenByVariable>>;
  /** Whether secrets may be left out: the provider is not asked then. @default false */
  readonly isOptional?: boolean;
  readonly settings: Readonly<Record<string, string>>;
  /** Settings that whoever applies the stack may give. @default - none */
  readonly given?: Readonly<Record<string, GivenByVariable & Pick<SettingProps, 'rules'>>>;
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

  /**
   * Bedrock where whoever applies the stack gives what it needs, and nothing where not: `aws_region`, and one of
   * `aws_access_key_id` with `aws_secret_access_key`, `aws_bearer_token_bedrock`, `aws_instance_credentials`.
   */
  static bedrockWhereGiven(): ProviderAccess {
    return made(new ProviderAccess(BEDROCK_WHERE_GIVEN), 'ProviderAccess', 'bedrockWhereGiven');
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

  /** @returns settings as text for an attribute, by the gateway's variable */
  settingsFrom(secrets: SecretChecks): Record<string, string> {
    const { settings, given = {} } = this.access;
    return {
      ...mapValues(settings, literal),
      ...mapValues(given, ({ variable, ...props }) => `\${${secrets.setting(variable, props)}}`),
    };
  }

  /** @returns plain references to the secrets, by the gateway's variable they are for */
  secretsFrom(secrets: SecretChecks): Record<string, string> {
    const { secrets: needed, isOptional = false } = this.access;
    return mapValues(needed, ({ variable, description }) =>
      secrets.variable(variable, {
        description,
        rules: [
          {
            holds: 'length(trimspace(value)) >= 8',
            must: isOptional ? 'have 8 characters or more, or be empty' : 'be given',
          },
        ],
        optional: isOptional,
      }),
    );
  }
}

const BEDROCK_WHERE_GIVEN: Access = {
  isOptional: true,
  secrets: {
    AWS_ACCESS_KEY_ID: {
      variable: 'aws_access_key_id',
      description: 'Access key id for Bedrock. Empty: none.',
    },
    AWS_SECRET_ACCESS_KEY: {
      variable: 'aws_secret_access_key',
      description: 'Secret access key for Bedrock. Empty: none.',
    },
    AWS_BEARER_TOKEN_BEDROCK: {
      variable: 'aws_bearer_token_bedrock',
      description: 'API key of Bedrock, in the place of an access key. Empty: none.',
    },
  },
  settings: {},
  given: {
    AWS_REGION: {
      variable: 'aws_region',
      description: 'Region of Bedrock. Empty: Bedrock is not asked, and nothing takes over from Anthropic.',
      rules: [
        {
          holds: 'can(regex("^[a-z]{2,}(-[a-z]+)+-[0-9]{1,2}$", value))',
          must: 'be a region of AWS such as "us-east-1"',
        },
      ],
    },
    GATEWAY_AWS_INSTANCE_CREDENTIALS: {
      variable: 'aws_instance_credentials',
      description: '"true": Bedrock is asked with the role of the EC2 instance that the engine runs on.',
      rules: [{ holds: 'contains(["true", "false"], value)', must: 'be "true", "false" or empty' }],
    },
  },
};

const mapValues = <Given, Made>(
  record: Readonly<Record<string, Given>>,
  make: (value: Given) => Made,
): Record<string, Made> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, make(value)]));
