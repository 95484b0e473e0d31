/** Names and addresses that the platform's certificates are for. */
import { isIP } from 'node:net';
import { GATEWAY_ADMIN_NAME, GATEWAY_NAMES } from '../src/gateway-names';
import { TlsFault } from './fault';

/** Whoever answers by TLS: what people, workspaces and services call it. */
export interface PlatformNames {
  /** Empty: something in front of it, or the site's Coder, has a certificate of its own. */
  readonly coder: readonly string[];
  readonly gateway: readonly string[];
}

export type Server = keyof PlatformNames;

export interface NameProps {
  /** Coder's, such as `https://coder.example.com`. @default - Coder needs no certificate */
  readonly accessUrl?: string;
  /** For apps on names of their own, such as `*.coder.example.com`. @default - none */
  readonly wildcardAccessUrl?: string;
}

const LOOPBACK = ['localhost', '127.0.0.1', '::1'];

/** Further names, by which this host and administrators reach them: a certificate of our own is for these as well. */
export const INNER_NAMES: PlatformNames = { coder: LOOPBACK, gateway: [GATEWAY_ADMIN_NAME, ...LOOPBACK] };

/** Characters of a host name, and of a label of it. */
const LONGEST_NAME = 253;
const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/;

/** Whether a certificate can be for it: a DNS name, `*.` and a name of two labels or more, or an IP address. */
export function isName(name: string): boolean {
  if (name.length > LONGEST_NAME) return false;
  if (isIP(name) !== 0) return true;
  const isWildcard = name.startsWith('*.');
  const labels = (isWildcard ? name.slice(2) : name).split('.');
  // An address that is none, 300.1.1.1 or 10.1, is no name either.
  return (
    labels.every((label) => LABEL.test(label)) &&
    !/^\d+$/.test(labels.at(-1) ?? '') &&
    (!isWildcard || labels.length > 1)
  );
}

/** @throws TlsFault that names each address no certificate can be for */
export function platformNames({ accessUrl, wildcardAccessUrl }: NameProps): PlatformNames {
  const faults: string[] = [];
  const host = accessUrl === undefined ? undefined : hostOf(accessUrl, faults);
  const wildcard = wildcardAccessUrl === undefined ? undefined : wildcardOf(wildcardAccessUrl, faults);
  if (faults.length > 0) throw new TlsFault(faults);
  return { coder: [host, wildcard].filter((name) => name !== undefined), gateway: GATEWAY_NAMES };
}

export const unique = (names: readonly string[]): string[] => [...new Set(names)];

function hostOf(accessUrl: string, faults: string[]): string | undefined {
  const url = URL.canParse(accessUrl) ? new URL(accessUrl) : undefined;
  const host = url?.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '') ?? '';
  if (url?.protocol === 'https:' && isName(host) && !host.startsWith('*')) return host;
  faults.push(
    `the access URL must be such as "https://coder.example.com:7443", got "${accessUrl.slice(0, 200)}": a certificate is for its name or address`,
  );
  return undefined;
}

/** Clients take a `*` for a whole label only, so `*--apps.example.com` comes under `*.example.com`. */
function wildcardOf(wildcardAccessUrl: string, faults: string[]): string | undefined {
  const text = wildcardAccessUrl.slice(0, LONGEST_NAME + 10).toLowerCase();
  const name = text.replace(/:\d{1,5}$/, '').replace(/^\*[a-z0-9_-]*\./, '*.');
  if (name.startsWith('*.') && isName(name)) return name;
  faults.push(
    `the wildcard access URL must be such as "*.coder.example.com", got "${wildcardAccessUrl.slice(0, 200)}": below a name of two parts or more`,
  );
  return undefined;
}
