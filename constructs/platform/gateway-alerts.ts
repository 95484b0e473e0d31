import type { Construct } from 'constructs';
import { listed, validateProps, type Rule } from '../common/validation';
import { longSecret, type SecretChecks } from './secret-variable';

/**
 * A webhook that alerts are sent to; its address is the variable `alert_webhook_url`.
 *
 * @example
 * { kind: 'json', signed: true }
 */
export interface AlertWebhookProps {
  /** Whose shape it takes: `json`, `slack`, `teams` or `mattermost`. @default 'json' */
  readonly kind?: 'json' | 'slack' | 'teams' | 'mattermost';
  /** Whether what is sent as JSON is signed, by the variable `alert_webhook_secret`. @default false */
  readonly signed?: boolean;
}

/**
 * Alerts by mail; the server with user and password is the variable `alert_smtp_url`.
 *
 * @example
 * { from: 'ai@example.com', to: ['ops@example.com'] }
 */
export interface AlertMailProps {
  /** Mail address that they come from. */
  readonly from: string;
  /** Mail addresses that they go to. */
  readonly to: readonly string[];
}

/**
 * Where administrators are told of what is wrong: docs/alerts.md. Addresses and passwords are variables of the stack.
 *
 * @example
 * { webhook: { kind: 'slack' }, mail: { from: 'ai@example.com', to: ['ops@example.com'] } }
 */
export interface GatewayAlertsProps {
  /** @default - none */
  readonly webhook?: AlertWebhookProps;
  /** @default - none */
  readonly mail?: AlertMailProps;
  /** Whether more channels are given, by the variable `alert_channels`: JSON as the gateway takes it. @default false */
  readonly moreChannels?: boolean;
  /** Hosts of webhooks and mail servers that may have a private address. @default - none */
  readonly privateHosts?: readonly string[];
}

const KINDS = ['json', 'slack', 'teams', 'mattermost'];
const ADDRESS = /^[^\s@,<>"]{1,64}@[^\s@,<>"]{1,253}$/;

const RULES: readonly Rule<GatewayAlertsProps>[] = [
  {
    prop: 'gateway.alerts',
    holds: ({ webhook, mail, moreChannels }) =>
      webhook !== undefined || mail !== undefined || moreChannels === true,
    message: () => 'must name a webhook, mail or moreChannels, got none: leave it out for no alerts',
  },
  {
    prop: 'gateway.alerts.webhook.kind',
    holds: ({ webhook }) => KINDS.includes(webhook?.kind ?? 'json'),
    message: ({ webhook }) => `must be one of ${listed(KINDS)}, got "${String(webhook?.kind).slice(0, 80)}"`,
  },
  {
    prop: 'gateway.alerts.webhook.signed',
    holds: ({ webhook }) => webhook?.signed !== true || (webhook.kind ?? 'json') === 'json',
    message: ({ webhook }) => `must be left out for "${webhook?.kind}": only what is sent as json is signed`,
  },
  {
    prop: 'gateway.alerts.mail',
    holds: ({ mail }) =>
      mail === undefined ||
      (mail.to.length > 0 && [mail.from, ...mail.to].every((each) => ADDRESS.test(each))),
    message: ({ mail }) =>
      `must have plain mail addresses such as "ai@example.com", one to send to at least, got ${[mail?.from, ...(mail?.to ?? [])].join(', ').slice(0, 300)}`,
  },
];

export function checkGatewayAlerts(scope: Construct, alerts: GatewayAlertsProps | undefined): void {
  if (alerts !== undefined) validateProps(scope, undefined, alerts, RULES);
}

/** Settings of the gateway that are no secret. */
export function gatewayAlertSettings(alerts: GatewayAlertsProps | undefined): Record<string, string> {
  if (alerts === undefined) return {};
  const { webhook, privateHosts = [] } = alerts;
  return {
    ...(webhook?.kind !== undefined && { ALERT_WEBHOOK_KIND: webhook.kind }),
    ...(privateHosts.length > 0 && { ALERT_PRIVATE_HOSTS: privateHosts.join(',') }),
  };
}

/** Who gets mail is not for everybody who may ask the engine: by the gateway's variable they are for. */
export const gatewayAlertFiles = (alerts: GatewayAlertsProps | undefined): Record<string, string> =>
  alerts?.mail === undefined
    ? {}
    : { ALERT_MAIL_FROM: alerts.mail.from, ALERT_MAIL_TO: alerts.mail.to.join(',') };

/** @returns plain references by the gateway's variable they are for */
export function gatewayAlertSecrets(
  alerts: GatewayAlertsProps | undefined,
  secrets: SecretChecks,
): Record<string, string> {
  const { webhook, mail, moreChannels = false } = alerts ?? {};
  return {
    ...(webhook !== undefined && {
      ALERT_WEBHOOK_URL: secrets.variable('alert_webhook_url', {
        description: 'Webhook that alerts are sent to: whoever knows its address can write to it.',
        rules: [{ holds: 'startswith(value, "https://")', must: 'start with "https://"' }],
      }),
    }),
    ...(webhook?.signed === true && {
      ALERT_WEBHOOK_SECRET: secrets.variable('alert_webhook_secret', {
        description:
          'Signs what is sent to the webhook: at least 32 characters, which its receiver has as well.',
        rules: [longSecret()],
      }),
    }),
    ...(mail !== undefined && {
      ALERT_SMTP_URL: secrets.variable('alert_smtp_url', {
        description: 'Mail server for alerts: smtps://user:password@host:465, or smtp://…:587.',
        rules: [
          {
            holds: 'can(regex("^smtps?://[^/]+$", value))',
            must: 'be "smtps://user:password@host:465" or "smtp://…:587"',
          },
        ],
      }),
    }),
    ...(moreChannels && {
      ALERT_CHANNELS: secrets.variable('alert_channels', {
        description: 'JSON {"name": {"kind": "slack", "url": "https://…"}}: more channels for alerts.',
        rules: [{ holds: 'can(keys(jsondecode(value)))', must: 'be a JSON object, a channel by each name' }],
      }),
    }),
  };
}
