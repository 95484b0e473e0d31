import type { Construct } from 'constructs';
import { listed, validateProps, type Rule } from '../common/validation';
import type { SecretChecks } from './secret-variable';

/**
 * An OTLP server of the site's that the gateway's processes send to by themselves.
 *
 * @example
 * { endpoint: 'https://otlp.example.com', headers: true, signals: ['traces'] }
 */
export interface OtlpServerProps {
  /** `/v1/traces` and `/v1/metrics` are put behind it. */
  readonly endpoint: string;
  /** Whether it wants headers: the variable `otlp_headers`, name=value by commas, values percent-encoded. @default false */
  readonly headers?: boolean;
  /** `http/protobuf` or `http/json`. @default 'http/protobuf' */
  readonly protocol?: 'http/protobuf' | 'http/json';
  /** What it gets: `traces`, `metrics`. @default - both */
  readonly signals?: readonly ('traces' | 'metrics')[];
}

/**
 * A Langfuse of the site's; its keys are the variables `site_langfuse_public_key` and `site_langfuse_secret_key`.
 *
 * @example
 * { url: 'https://langfuse.example.com', environment: 'production' }
 */
export interface SiteLangfuseProps {
  /** Such as `https://langfuse.example.com`. */
  readonly url: string;
  /** Environment that Langfuse files the calls under. @default - Langfuse's: default */
  readonly environment?: string;
}

/**
 * Where traces and metrics go to, of what the site has itself: docs/observability-traces.md.
 *
 * @example
 * { otlp: { endpoint: 'https://otlp.example.com' }, langfuse: { url: 'https://langfuse.example.com' } }
 */
export interface GatewayTelemetryProps {
  /** @default - none, or the platform's collector */
  readonly otlp?: OtlpServerProps;
  /** @default - none, or the platform's */
  readonly langfuse?: SiteLangfuseProps;
}

export const SIGNALS = ['traces', 'metrics'] as const;
const PROTOCOLS = ['http/protobuf', 'http/json'];

export function isHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return (
    ['http:', 'https:'].includes(protocol) && [username, password, search, hash].every((part) => part === '')
  );
}

const URL_MESSAGE = (text: string | undefined): string =>
  `must be an address such as "https://otlp.example.com", without user, password and question, got "${String(text).slice(0, 200)}"`;

const RULES: readonly Rule<GatewayTelemetryProps>[] = [
  {
    prop: 'gateway.telemetry',
    holds: ({ otlp, langfuse }) => otlp !== undefined || langfuse !== undefined,
    message: () => 'must name otlp or langfuse, got neither: leave it out for none',
  },
  {
    prop: 'gateway.telemetry.otlp.endpoint',
    holds: ({ otlp }) => otlp === undefined || isHttpUrl(otlp.endpoint),
    message: ({ otlp }) => URL_MESSAGE(otlp?.endpoint),
  },
  {
    prop: 'gateway.telemetry.otlp.headers',
    holds: ({ otlp }) => otlp?.headers !== true || otlp.endpoint.startsWith('https://'),
    message: () => 'must be left out for an address that begins with http://: they could be read on the way',
  },
  {
    prop: 'gateway.telemetry.otlp.protocol',
    holds: ({ otlp }) => PROTOCOLS.includes(otlp?.protocol ?? 'http/json'),
    message: ({ otlp }) =>
      `must be one of ${listed(PROTOCOLS)}, got "${String(otlp?.protocol).slice(0, 80)}"`,
  },
  {
    prop: 'gateway.telemetry.otlp.signals',
    holds: ({ otlp }) => areSignals(otlp?.signals),
    message: ({ otlp }) => signalsMessage(otlp?.signals),
  },
  {
    prop: 'gateway.telemetry.langfuse.url',
    holds: ({ langfuse }) => langfuse === undefined || isHttpUrl(langfuse.url),
    message: ({ langfuse }) => URL_MESSAGE(langfuse?.url),
  },
  {
    prop: 'gateway.telemetry.langfuse.environment',
    holds: ({ langfuse }) => /^(?!langfuse)[a-z0-9_-]{1,40}$/.test(langfuse?.environment ?? 'default'),
    message: ({ langfuse }) =>
      `must be at most 40 small letters, digits, "-" and "_", and not begin with "langfuse", got "${String(langfuse?.environment).slice(0, 80)}"`,
  },
];

export const areSignals = (signals: readonly string[] | undefined): boolean =>
  signals === undefined ||
  (signals.length > 0 && signals.every((each) => (SIGNALS as readonly string[]).includes(each)));

export const signalsMessage = (signals: readonly string[] | undefined): string =>
  `must be of ${listed(SIGNALS)}, got ${signals?.join(', ').slice(0, 200) || 'none'}`;

export function checkGatewayTelemetry(
  scope: Construct,
  telemetry: GatewayTelemetryProps | undefined,
  platform: { readonly hasLangfuse: boolean; readonly hasCollector: boolean },
): void {
  if (telemetry === undefined) return;
  validateProps(scope, undefined, telemetry, [
    ...RULES,
    {
      prop: 'gateway.telemetry.langfuse',
      holds: ({ langfuse }) => langfuse === undefined || !platform.hasLangfuse,
      message: () => 'must be left out beside the platform\'s own ("langfuse"): traces go to one of them',
    },
    {
      prop: 'gateway.telemetry.otlp',
      holds: ({ otlp }) => otlp === undefined || !platform.hasCollector,
      message: () => 'must be left out beside "collector": name the endpoint there, the one place for it',
    },
  ]);
}

/** What sends only some of it away. */
export const exportersOf = (signals: readonly string[] = SIGNALS): Record<string, string> => ({
  ...(!signals.includes('traces') && { OTEL_TRACES_EXPORTER: 'none' }),
  ...(!signals.includes('metrics') && { OTEL_METRICS_EXPORTER: 'none' }),
});

/** Settings of the gateway that are no secret. */
export function gatewayTelemetrySettings(
  telemetry: GatewayTelemetryProps | undefined,
): Record<string, string> {
  const { otlp, langfuse } = telemetry ?? {};
  return {
    ...(otlp !== undefined && {
      OTEL_EXPORTER_OTLP_ENDPOINT: otlp.endpoint,
      ...(otlp.protocol !== undefined && { OTEL_EXPORTER_OTLP_PROTOCOL: otlp.protocol }),
      ...exportersOf(otlp.signals),
    }),
    ...(langfuse !== undefined && {
      LANGFUSE_HOST: langfuse.url,
      ...(langfuse.environment !== undefined && { LANGFUSE_TRACING_ENVIRONMENT: langfuse.environment }),
    }),
  };
}

/** @returns plain references by the gateway's variable they are for */
export function gatewayTelemetrySecrets(
  telemetry: GatewayTelemetryProps | undefined,
  secrets: SecretChecks,
): Record<string, string> {
  const { otlp, langfuse } = telemetry ?? {};
  const given = [{ holds: 'length(trimspace(value)) >= 8', must: 'be given' }];
  return {
    ...(otlp?.headers === true && {
      OTEL_EXPORTER_OTLP_HEADERS: secrets.variable('otlp_headers', {
        description: 'Headers for the OTLP server: name=value by commas, values percent-encoded.',
        rules: [
          {
            holds: 'can(regex("^[!#-\'*+.^_`|~0-9A-Za-z-]+=", value))',
            must: 'be name=value by commas, values percent-encoded',
          },
        ],
      }),
    }),
    ...(langfuse !== undefined && {
      LANGFUSE_PUBLIC_KEY: secrets.variable('site_langfuse_public_key', {
        description: "Public key of the project in the site's Langfuse.",
        rules: given,
      }),
      LANGFUSE_SECRET_KEY: secrets.variable('site_langfuse_secret_key', {
        description: 'Secret key of that project.',
        rules: given,
      }),
    }),
  };
}
