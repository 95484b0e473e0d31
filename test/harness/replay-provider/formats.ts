/** Named value checks that are more than a pattern. Each returns what is wrong, or nothing. */
import { parseHourlyCron, parseScriptCron } from './cron';
import type { CtyValue } from './values';

type Format = (value: CtyValue) => string | undefined;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const DURATION = /^[-+]?(?:0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;
const CONTROL_CHARACTER = new RegExp('[\\u0000-\\u001f\\u007f]');
const TTL_SECONDS = { min: 3600, max: 31_536_000 };

/** Runs a check on text only; Terraform has checked the type before. */
function onText(check: (text: string) => string | undefined): Format {
  return (value) => (typeof value === 'string' ? check(value) : undefined);
}

/** What a throwing parser has to say, or nothing. */
function complaint(parse: () => unknown): string | undefined {
  try {
    parse();
    return undefined;
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
}

/** Go's url.Parse takes nearly everything; these are its refusals. */
function urlFault(text: string): string | undefined {
  const fail = (reason: string): string => `parse ${JSON.stringify(text)}: ${reason}`;
  if (CONTROL_CHARACTER.test(text)) return fail('net/url: invalid control character in URL');
  const escape = /%(?![0-9a-fA-F]{2})(.{0,2})/.exec(text.split('?')[0] ?? '');
  if (escape !== null) return fail(`invalid URL escape "%${escape[1] ?? ''}"`);
  if (text.startsWith(':')) return fail('missing protocol scheme');
  const scheme = /^[a-zA-Z][a-zA-Z0-9+.-]*:/.exec(text);
  const rest = scheme === null ? text : text.slice(scheme[0].length);
  if (scheme === null && (text.split(/[/?#]/)[0] ?? '').includes(':')) {
    return fail('first path segment in URL cannot contain colon');
  }
  const host = /^\/\/(?:[^/?#@]*@)?([^/?#]*)/.exec(rest)?.[1];
  if (host?.includes(' ')) return fail('invalid character " " in host name');
  const port = host === undefined ? undefined : /^[^[\]]*:(.*)$/.exec(host)?.[1];
  if (port !== undefined && !/^\d*$/.test(port)) return fail(`invalid port ":${port}" after host`);
  return undefined;
}

export const FORMATS: Readonly<Record<string, Format>> = {
  url: onText(urlFault),
  uuid: onText((text) => (UUID.test(text) ? undefined : `expected a valid UUID, got ${text}`)),
  duration: onText((text) => {
    if (!DURATION.test(text)) return `time: invalid duration "${text}"`;
    return text.startsWith('-') ? 'duration must not be negative' : undefined;
  }),
  'absolute-path': onText((text) => {
    if (text === '') return 'must not be empty';
    return text.startsWith('/') ? undefined : 'must be an absolute path';
  }),
  base64: onText((text) => {
    const valid = text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
    return valid ? undefined : 'expected a base64 string';
  }),
  timezone: onText((text) =>
    complaint(() => new Intl.DateTimeFormat('en', { timeZone: text })) === undefined
      ? undefined
      : `failed to load timezone "${text}": unknown time zone ${text}`,
  ),
  'cron-seconds': onText((text) => complaint(() => parseScriptCron(text))),
  'cron-hourly': onText((text) => complaint(() => parseHourlyCron(text))),
  'prebuild-ttl': (value) => {
    if (typeof value !== 'number' || value === 0) return undefined;
    return value < TTL_SECONDS.min || value > TTL_SECONDS.max
      ? `must be 0 or between ${TTL_SECONDS.min} and ${TTL_SECONDS.max}, got ${value}`
      : undefined;
  },
};
