/** DATABASE_URL: which of its parts is wrong. No message holds any of what may be a password. */

const SCHEME = /^([a-z][a-z0-9+.-]{0,20}):/i;
const SSL_MODES = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'];
const EXAMPLE = 'postgres://user:password@host:5432/database';
const ESCAPES = '@ is %40, : %3A, / %2F, ? %3F, # %23, % %25';

/** Characters of a URL; nothing that connects to a database needs more. */
const LONGEST = 4_096;

interface Parts {
  readonly authority: string;
  /** From the first "/", "?" or "#" on. */
  readonly rest: string;
}

function parts(value: string): Parts {
  const after = value.slice(value.indexOf('://') + 3);
  const end = after.search(/[/?#]/);
  return end === -1
    ? { authority: after, rest: '' }
    : { authority: after.slice(0, end), rest: after.slice(end) };
}

/** What stands before "://", when it is not Postgres's. */
function schemeFault(value: string): string | undefined {
  if (/^postgres(ql)?:\/\//.test(value)) return undefined;
  const says = `must start with postgres:// or postgresql://, as in ${EXAMPLE}`;
  if (/^jdbc:/i.test(value)) return `${says}: take "jdbc:" away, and put user and password before the host`;
  if (/^["'`]/.test(value)) return `${says}: take the quotes around it away`;
  if (/^psql /.test(value)) return `${says}: take "psql" and the quotes away`;
  const scheme = SCHEME.exec(value)?.[1];
  // Whatever stands before a ":" that is no scheme may be half of a password.
  return scheme !== undefined && value.startsWith(`${scheme}://`) ? `${says}, not with ${scheme}://` : says;
}

function isDecodable(text: string): boolean {
  try {
    // As the driver does: a "%" that begins no escape stands for itself.
    decodeURIComponent(text.replace(/%(?![0-9a-f]{2})/gi, '%25'));
    return true;
  } catch {
    return false;
  }
}

function authorityFault({ authority, rest }: Parts): string | undefined {
  const at = authority.lastIndexOf('@');
  const path = rest.split(/[?#]/, 1)[0] ?? '';
  const isCut =
    // In a query, the value of a parameter may hold one.
    path.includes('@') || (/^[?#]/.test(rest) && rest.includes('@') && !/:\d{1,5}$/.test(authority));
  if (isCut && authority.includes(':'))
    return `has a "/", "?" or "#" in user or password, which ends them there: write them escaped (${ESCAPES})`;
  const credentials = authority.slice(0, Math.max(at, 0));
  if (!isDecodable(credentials))
    return `has a "%" in user or password that begins no escape of a letter: write it %25 (${ESCAPES})`;
  const host = authority.slice(at + 1);
  if (host.includes(',')) return 'names several hosts: name one';
  // An address of IPv6 stands in brackets.
  const colon = host.lastIndexOf(':');
  if (colon > host.lastIndexOf(']')) {
    const name = host.slice(0, colon);
    const port = host.slice(colon + 1);
    if (!name.startsWith('[') && name.includes(':'))
      return 'has a host with several ":": write an IPv6 address in brackets, as in [::1]:5432';
    if (port !== '' && (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535))
      return `has a port that is no number from 1 to 65535, after the ":" behind the host${
        at === -1 ? '; a password stands before the host, with "@" between them' : ''
      }`;
  }
  return undefined;
}

function queryFault(rest: string): string | undefined {
  const query = rest.split('?', 2)[1]?.split('#', 1)[0];
  const mode = query === undefined ? null : new URLSearchParams(query).get('sslmode');
  if (mode === null || SSL_MODES.includes(mode)) return undefined;
  return `has an sslmode that there is not: it must be one of ${SSL_MODES.join(', ')}`;
}

/** @throws Error whose message completes "DATABASE_URL …" */
export function databaseUrl(value: string): string {
  const fault = faultOf(value);
  if (fault !== undefined) throw new Error(fault);
  return value;
}

function faultOf(value: string): string | undefined {
  if (value.length > LONGEST) return `is longer than ${LONGEST} characters`;
  const scheme = schemeFault(value);
  if (scheme !== undefined) return scheme;
  if (/[\r\n\t]/.test(value) || value !== value.trim())
    return 'begins or ends with a blank, or holds a line break, which was copied with it: take it away';
  if (/["'`]$/.test(value)) return 'ends with a quote, which counts as a part of it here: take it away';
  if (/\$\{|\$\(|\{\{|<[a-z_ -]+>/i.test(value))
    return 'holds a placeholder or a variable that nothing has put the value of in its place: write the value itself';
  const found = parts(value);
  const fault = authorityFault(found) ?? queryFault(found.rest);
  if (fault !== undefined) return fault;
  // A URL of Postgres may leave out the host, which parsers for the web refuse.
  const whole =
    found.authority.endsWith('@') || found.authority === ''
      ? value.replace(found.authority, `${found.authority}x`)
      : value;
  return URL.canParse(whole)
    ? undefined
    : `has a host that is no name and no address; it looks like ${EXAMPLE}`;
}

export interface DatabasePlace {
  /** Where it is: "host:port", or the folder of a socket. */
  readonly server: string;
  readonly user: string;
  readonly database: string;
}

/** What a message may say of a URL that was checked. */
export function placeOf(value: string): DatabasePlace {
  const { authority, rest } = parts(value);
  const at = authority.lastIndexOf('@');
  const address = authority.slice(at + 1);
  const colon = address.lastIndexOf(':');
  const hasPort = colon > address.lastIndexOf(']');
  const query = new URLSearchParams(rest.split('?', 2)[1] ?? '');
  const host = query.get('host') ?? decode(hasPort ? address.slice(0, colon) : address);
  const port = query.get('port') ?? (hasPort ? address.slice(colon + 1) : '');
  const user = query.get('user') ?? decode(authority.slice(0, Math.max(at, 0)).split(':', 1)[0] ?? '');
  const database = decode((rest.split(/[?#]/, 1)[0] ?? '').slice(1));
  return { server: `${host || 'localhost'}:${port || '5432'}`, user, database: database || user };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** User and password, as they are. Secret. */
export function passwordOf(value: string): string {
  const { authority, rest } = parts(value);
  const query = new URLSearchParams(rest.split('?', 2)[1] ?? '');
  const credentials = authority.slice(0, Math.max(authority.lastIndexOf('@'), 0));
  return `${decode(credentials)}|${query.get('user') ?? ''}|${query.get('password') ?? ''}`;
}
