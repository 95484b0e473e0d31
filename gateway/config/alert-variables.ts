/** The environment variables that say where alerts go. docs/alerts.md says how. */
import {
  hosts,
  mailAddress,
  mailAddresses,
  parseChannels,
  secretsOfChannel,
  signingSecret,
  smtpUrl,
  webhookUrl,
  WEBHOOK_KINDS,
  type AlertChannel,
  type WebhookKind,
} from './alert-channels';
import { optional, variable } from './variable';
import { oneOf, text } from './variable-values';

export const ALERT_VARIABLES = {
  alertWebhookUrl: optional({
    name: 'ALERT_WEBHOOK_URL',
    secret: true,
    parse: webhookUrl,
    meaning: 'Webhook that alerts are sent to, over https.',
  }),
  alertWebhookKind: variable<WebhookKind>({
    name: 'ALERT_WEBHOOK_KIND',
    fallback: 'json',
    parse: oneOf(WEBHOOK_KINDS),
    meaning: `Whose shape it takes: ${WEBHOOK_KINDS.join(', ')}.`,
  }),
  alertWebhookSecret: optional({
    name: 'ALERT_WEBHOOK_SECRET',
    secret: true,
    unset: 'none: they are not signed',
    parse: signingSecret,
    meaning: 'Signs what is sent as json, so that the receiver can tell whose it is.',
  }),
  alertSmtpUrl: optional({
    name: 'ALERT_SMTP_URL',
    secret: true,
    parse: smtpUrl,
    meaning:
      'Mail server for alerts: smtps://user:password@host:465, or smtp://…:587, which demands STARTTLS.',
  }),
  alertMailFrom: optional({
    name: 'ALERT_MAIL_FROM',
    secret: true,
    parse: mailAddress,
    meaning: 'Mail address that alerts come from.',
  }),
  alertMailTo: variable<readonly string[]>({
    name: 'ALERT_MAIL_TO',
    fallback: [],
    unset: 'none',
    secret: true,
    secretsOf: () => [],
    parse: mailAddresses,
    meaning: 'Mail addresses that alerts go to, by commas.',
  }),
  alertChannels: variable<ReadonlyMap<string, AlertChannel>>({
    name: 'ALERT_CHANNELS',
    fallback: new Map(),
    unset: 'none',
    secret: true,
    secretsOf: (channels) => [...channels.values()].flatMap(secretsOfChannel),
    parse: parseChannels,
    meaning:
      'More of them, as JSON {"name": {"kind": "slack", "url": "https://…"}, "name": {"kind": "mail", "smtp_url": "smtps://…", "from": "…", "to": ["…"]}}.',
  }),
  alertPrivateHosts: variable<ReadonlySet<string>>({
    name: 'ALERT_PRIVATE_HOSTS',
    fallback: new Set(),
    unset: 'none: only public addresses',
    parse: hosts,
    meaning:
      'Hosts of those webhooks and mail servers, by commas, that may have a private, loopback or link-local address.',
  }),
  alertCaFile: optional({
    name: 'ALERT_CA',
    parse: text,
    meaning: 'PEM file with authorities that they may have certificates of, beside the well-known ones.',
  }),
} as const;
