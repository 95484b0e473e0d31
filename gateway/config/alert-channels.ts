/** Where alerts go: webhooks and mail, as the environment names them. Messages never contain a value: each is a secret. */
import { didYouMean } from './did-you-mean';
import { refusePlaceholder } from './placeholder';

/** Whose shape a webhook's body has. */
export const WEBHOOK_KINDS = ['slack', 'teams', 'mattermost', 'json'] as const;
export type WebhookKind = (typeof WEBHOOK_KINDS)[number];

export interface WebhookChannel {
  readonly kind: WebhookKind;
  /** As the log and answers name it. */
  readonly name: string;
  readonly url: string;
  /** Signs bodies of the kind json. */
  readonly secret: string | undefined;
}

export interface MailChannel {
  readonly kind: 'mail';
  readonly name: string;
  /** `smtps://user:password@host:465`; `smtp://` demands STARTTLS. */
  readonly smtpUrl: string;
  readonly from: string;
  readonly to: readonly string[];
}

export type AlertChannel = WebhookChannel | MailChannel;

const NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;
const SHAPE =
  '{"name": {"kind": "slack", "url": "https://…"}} or {"name": {"kind": "mail", "smtp_url": "smtps://…", "from": "…", "to": ["…"]}}';
const KINDS = [...WEBHOOK_KINDS, 'mail'];
const MEMBERS: Readonly<Record<'webhook' | 'mail', readonly string[]>> = {
  webhook: ['kind', 'url', 'secret'],
  mail: ['kind', 'smtp_url', 'from', 'to'],
};
const MOST_CHANNELS = 10;
const MOST_RECEIVERS = 20;
const LONGEST_URL = 2_048;
const LONGEST_ADDRESS = 254;
const SHORTEST_SECRET = 16;

export function parseChannels(value: string): ReadonlyMap<string, AlertChannel> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch {
    // The parser's own message quotes the text it stumbled over, which is secret here.
    throw new Error(`must be a JSON object ${SHAPE}, and is not valid JSON`);
  }
  if (!isObject(parsed)) throw new Error(`must be a JSON object ${SHAPE}`);
  const entries = Object.entries(parsed);
  if (entries.length > MOST_CHANNELS) throw new Error(`may name ${MOST_CHANNELS} channels at most`);
  return new Map(entries.map(([name, channel]) => [name, parseChannel(name, channel)]));
}

function parseChannel(name: string, value: unknown): AlertChannel {
  if (!NAME.test(name))
    throw new Error('names a channel with other characters than a-z, 0-9 and "-", or more than 32 of them');
  if (OWN_NAMES.includes(name))
    throw new Error(`must not call a channel "${name}": that is the one of ${OWN_VARIABLES[name]}`);
  if (!isObject(value)) throw new Error(`must give channel "${name}" an object ${SHAPE}`);
  const { kind } = value;
  if (typeof kind !== 'string' || !KINDS.includes(kind))
    throw new Error(`must give channel "${name}" a kind: one of ${KINDS.join(', ')}`);
  const members = MEMBERS[kind === 'mail' ? 'mail' : 'webhook'];
  for (const member of Object.keys(value))
    if (!members.includes(member)) {
      const meant = didYouMean(member, members);
      throw new Error(
        `gives channel "${name}" an unknown member${meant ? `; did you mean "${meant}"?` : `: of the kind ${kind} there are ${members.join(', ')}`}`,
      );
    }
  const read = <T>(member: string, parse: (text: string) => T): T => {
    const given = value[member];
    // Several of a kind, as the variable has them by commas.
    const text = Array.isArray(given) ? given.map(String).join(',') : given;
    try {
      if (typeof text !== 'string') throw new Error('must be text');
      return parse(text);
    } catch (fault) {
      throw new Error(`gives channel "${name}" a member ${member} that ${(fault as Error).message}`);
    }
  };
  if (kind === 'mail')
    return {
      kind,
      name,
      smtpUrl: read('smtp_url', smtpUrl),
      from: read('from', mailAddress),
      to: read('to', mailAddresses),
    };
  return {
    kind: kind as WebhookKind,
    name,
    url: read('url', webhookUrl),
    secret: value['secret'] === undefined ? undefined : read('secret', signingSecret),
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** The names of the channels that have variables of their own. */
export const OWN_VARIABLES: Readonly<Record<string, string>> = {
  webhook: 'ALERT_WEBHOOK_URL',
  mail: 'ALERT_SMTP_URL',
};
const OWN_NAMES = Object.keys(OWN_VARIABLES);

export function webhookUrl(value: string): string {
  const parsed = value.length <= LONGEST_URL && URL.canParse(value) ? new URL(value) : undefined;
  if (parsed?.protocol !== 'https:') throw new Error('must be a URL that starts with https://');
  if (parsed.username !== '' || parsed.password !== '')
    throw new Error('must be a URL without a user and a password');
  return value;
}

export function signingSecret(value: string): string {
  refusePlaceholder(value);
  if (value.length < SHORTEST_SECRET)
    throw new Error(
      `must be at least ${SHORTEST_SECRET} characters long, make one with: openssl rand -hex 32`,
    );
  return value;
}

export function smtpUrl(value: string): string {
  const parsed = value.length <= LONGEST_URL && URL.canParse(value) ? new URL(value) : undefined;
  if (!parsed || !['smtp:', 'smtps:'].includes(parsed.protocol) || parsed.hostname === '')
    throw new Error('must be a URL as smtps://user:password@host:465, or smtp:// for STARTTLS');
  if (parsed.search !== '' || parsed.hash !== '' || !['', '/'].includes(parsed.pathname))
    throw new Error(
      'must be a URL without a path and a query; % and @ in a password are written %25 and %40',
    );
  try {
    decodeURIComponent(parsed.username + parsed.password);
  } catch {
    throw new Error('must have a user and a password in which % is written %25');
  }
  return value;
}

export function mailAddress(value: string): string {
  const address = value.trim();
  if (address.length > LONGEST_ADDRESS || !/^[^\s@<>,;:"()[\]\\]+@[A-Za-z0-9.-]+$/.test(address))
    throw new Error('must be a mail address as alerts@example.com, without a name');
  return address;
}

export function mailAddresses(value: string): readonly string[] {
  const given = value.split(',', MOST_RECEIVERS + 1);
  if (given.length > MOST_RECEIVERS) throw new Error(`may name ${MOST_RECEIVERS} mail addresses at most`);
  return given.map(mailAddress);
}

/** Everything in it that nobody else is to know. */
export const secretsOfChannel = (channel: AlertChannel): readonly string[] =>
  channel.kind === 'mail'
    ? [channel.smtpUrl, passwordOf(channel.smtpUrl)].filter((secret) => secret !== '')
    : [channel.url, ...(channel.secret === undefined ? [] : [channel.secret])];

const passwordOf = (url: string): string => decodeURIComponent(new URL(url).password);

const LONGEST_HOSTS = 50;

/** Names and addresses by commas. */
export function hosts(value: string): ReadonlySet<string> {
  const named = value.split(',', LONGEST_HOSTS + 1).map((each) => each.trim().toLowerCase());
  if (named.length > LONGEST_HOSTS) throw new Error(`may name ${LONGEST_HOSTS} hosts at most`);
  for (const host of named)
    if (!/^[a-z0-9:[\]._-]{1,253}$/.test(host))
      throw new Error('must be host names or addresses by commas, without a scheme and a port');
  // bounded: as many as may be named
  return new Set(named.map((host) => host.replace(/^\[|\]$/g, '')));
}
