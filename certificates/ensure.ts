/**
 * Certificates of the platform: a CA of its own and what it signs, or the site's.
 *
 * Nothing is overwritten but a server's certificate that is made anew. A renewed one is for the key that was there, so
 * that who reads both never reads half of a pair; removing the key has another made.
 */
import type { X509Certificate } from 'node:crypto';
import { resolve } from 'node:path';
import { TLS_VARIABLES } from '../src/tls-variables';
import { CliError } from '../terminal/fault';
import { TlsFault } from './fault';
import { TRUSTED } from './file-names';
import { faultOf, makeFolder, readIfThere, replace } from './files';
import { DAY_MS, permittedBy } from './issue';
import { INNER_NAMES, isName, unique, type PlatformNames, type Server } from './names';
import {
  AUTHORITY,
  AUTHORITY_TOLD_DAYS,
  certificateFile,
  day,
  keyFile,
  isFor,
  namesOf,
  OwnFiles,
  type Done,
  type OwnAuthority,
} from './own';
import { SiteCheck, type SiteFiles, type SiteServer } from './site';

/** What the site has. What it does not name is made. */
export interface SiteCertificates {
  /** @default - made */
  readonly coder?: SiteFiles;
  /** @default - made */
  readonly gateway?: SiteFiles;
  /** PEM file of the authorities that signed them. @default - public ones */
  readonly authority?: string;
}

export interface EnsureProps {
  /** Where they are kept: made with mode 0700, and passed by by git. */
  readonly folder: string;
  /** What they have to be for: `platformNames` knows. */
  readonly names: PlatformNames;
  /** @default - all of them are made */
  readonly site?: SiteCertificates;
  /** Make those of servers anew, whenever they end. @default false */
  readonly renew?: boolean;
  /** Say what would be done, and do nothing. @default false */
  readonly isLooking?: boolean;
  /**
   * Leave the file with all that has to be trusted as it is: who does not say what the site has cannot make it.
   *
   * @default false
   */
  readonly keepsTrusted?: boolean;
  readonly now?: Date;
}

export interface ServerCertificate {
  /** Absolute paths of PEM files. */
  readonly certificate: string;
  readonly key: string;
  /** What was done, or would be. */
  readonly done: Done | 'of the site';
  /** Why it was made anew. @default - as asked, or it was not */
  readonly why?: string;
  readonly names: readonly string[];
  /** ISO 8601. */
  readonly ends: string;
}

export interface Authority {
  /** Absolute path of a PEM file. */
  readonly certificate: string;
  readonly done: Done;
  /** As certificates are listed. */
  readonly name: string;
  /** DNS names it may sign for, with what is below them. @default - all there are */
  readonly permits?: readonly string[];
  /** SHA-256 of it, by which people tell whether they have the right one. */
  readonly fingerprint: string;
  /** ISO 8601. */
  readonly ends: string;
}

export interface Certificates {
  readonly folder: string;
  /** Coder's. @default - it needs none */
  readonly coder?: ServerCertificate;
  readonly gateway: ServerCertificate;
  /** The platform's own. @default - the site has made all of them */
  readonly authority?: Authority;
  /** Absolute path of a PEM file with all that services, workspaces and people have to trust. */
  readonly trusted: string;
  /** Whether anything was written, or would be. */
  readonly isChanged: boolean;
  /** What is well now and will not stay so: whole sentences without a full stop. */
  readonly warnings: readonly string[];
}

/**
 * Makes what is not there, makes anew what ends within 30 days or is not for a name, and looks whether the rest fits.
 *
 * @throws TlsFault with one list of all that does not fit; CliError when a folder or file cannot be used
 */
export function ensureCertificates(props: EnsureProps): Certificates {
  const { names, site = {}, now = new Date(), isLooking = false } = props;
  const folder = resolve(props.folder);
  const wrong = [...names.coder, ...names.gateway].filter((name) => !isName(name));
  if (wrong.length > 0)
    throw new TlsFault(
      wrong.map(
        (name) =>
          `no certificate can be for "${name.slice(0, 100)}": give a DNS name in lower case, *.name, or an address`,
      ),
    );
  // The site's first: what is wrong there must not leave a half-made folder behind.
  const check = new SiteCheck(now);
  const authorities = site.authority === undefined ? [] : check.authorities(site.authority);
  const given: Partial<Record<Server, SiteServer | undefined>> = {};
  if (site.coder && names.coder.length > 0)
    given.coder = check.server('Coder', site.coder, names.coder, authorities);
  if (site.gateway) given.gateway = check.server('the gateway', site.gateway, names.gateway, authorities);
  if (check.faults.length > 0) throw new TlsFault(check.faults);
  try {
    return together({ renew: false, keepsTrusted: false, ...props, folder, names, given, now, isLooking });
  } catch (fault) {
    if (fault instanceof CliError) throw fault;
    throw new CliError(`${faultOf(folder, fault)}.`);
  }
}

type Together = Required<Omit<EnsureProps, 'site'>> & {
  readonly given: Partial<Record<Server, SiteServer | undefined>>;
};

function together(props: Together): Certificates {
  const { folder, names, given, now, isLooking, renew, keepsTrusted } = props;
  if (!isLooking) makeFolder(folder);
  const own = new OwnFiles(folder, now, isLooking);
  const made: Server[] = (['coder', 'gateway'] as const).filter(
    (server) => given[server] === undefined && names[server].length > 0,
  );
  const authority = made.length === 0 ? undefined : own.authority(names);
  const servers: Partial<Record<Server, ServerCertificate>> = {};
  for (const server of ['coder', 'gateway'] as const) {
    const site = given[server];
    if (site !== undefined) servers[server] = ofSite(site);
    else if (made.includes(server) && authority !== undefined) {
      const one = own.server(server, names[server], authority, renew);
      if (one !== undefined)
        servers[server] = {
          certificate: own.path(certificateFile(server)),
          key: own.path(keyFile(server)),
          done: one.done,
          ...(one.why !== undefined && { why: one.why }),
          ...told(one.certificate),
        };
    }
  }
  const { coder, gateway } = servers;
  if (own.faults.length > 0 || gateway === undefined) throw new TlsFault(unique(own.faults));
  const roots = unique([
    ...(authority === undefined ? [] : [authority.certificate.toString()]),
    ...[given.coder, given.gateway].flatMap((site) => (site === undefined ? [] : [site.root])),
  ]).join('');
  const trusted = own.path(TRUSTED);
  const known = readIfThere(trusted);
  const isTrustedNew = known === undefined || (!keepsTrusted && known !== roots);
  if (isTrustedNew && !isLooking) replace(trusted, roots, 0o644);
  const all = [authority, coder, gateway];
  return {
    folder,
    ...(coder && { coder }),
    gateway,
    ...(authority && { authority: toldOf(authority, own.path(AUTHORITY)) }),
    trusted,
    isChanged: isTrustedNew || all.some((each) => each?.done === 'made' || each?.done === 'renewed'),
    warnings: [
      ...(authority === undefined ? [] : authorityWarnings(own.path(AUTHORITY), authority.certificate, now)),
      ...[given.coder, given.gateway].flatMap((site) => site?.warnings ?? []),
      ...(given.gateway === undefined ? [] : innerWarnings(given.gateway)),
    ],
  };
}

function toldOf({ certificate, done }: OwnAuthority, path: string): Authority {
  const permitted = permittedBy(certificate);
  return {
    certificate: path,
    done,
    name: certificate.subject.replace(/^CN=/, '').replace(/\n/g, ', '),
    ...(permitted && { permits: permitted }),
    fingerprint: certificate.fingerprint256,
    ends: told(certificate).ends,
  };
}

const ofSite = ({ files, certificate }: SiteServer): ServerCertificate => ({
  ...files,
  done: 'of the site',
  ...told(certificate),
});

const told = (certificate: X509Certificate): { names: string[]; ends: string } => ({
  names: namesOf(certificate),
  ends: new Date(certificate.validTo).toISOString(),
});

const authorityWarnings = (path: string, { validTo }: X509Certificate, now: Date): string[] =>
  Date.parse(validTo) - now.getTime() > AUTHORITY_TOLD_DAYS * DAY_MS
    ? []
    : [
        `the authority ${path} ends on ${day(validTo)}, and every certificate with it: move the folder away before, make another, build the image with it and have it trusted`,
      ];

function innerWarnings({ certificate, files }: SiteServer): string[] {
  const missing = INNER_NAMES.gateway.slice(0, 3).filter((name) => !isFor(certificate, name));
  return missing.length === 0
    ? []
    : [
        `the certificate of the gateway ${files.certificate} is not for ${missing.join(', ')}, by which administrators reach it: have it made for these as well, or name another by GATEWAY_ADMIN_URL`,
      ];
}

/** Names that the certificates of a folder are for, the inner ones left out; those that are not there have none. */
export function namesIn(folder: string): PlatformNames {
  const own = new OwnFiles(resolve(folder), new Date(), true);
  return { coder: own.namesOf('coder'), gateway: own.namesOf('gateway') };
}

/** @returns values of the stack's variables, by their names */
export function terraformVariables({ coder, gateway, trusted }: Certificates): Record<string, string> {
  return {
    ...(coder && {
      [TLS_VARIABLES.coder.certificate]: coder.certificate,
      [TLS_VARIABLES.coder.key]: coder.key,
    }),
    [TLS_VARIABLES.gateway.certificate]: gateway.certificate,
    [TLS_VARIABLES.gateway.key]: gateway.key,
    [TLS_VARIABLES.authority]: trusted,
  };
}
