/** The platform's own authority, and the certificates it makes for servers. */
import type { KeyObject, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { FileFault, placeNew, readIfThere, replace, requirePrivate } from './files';
import { DAY_MS, issueAuthority, issueServer, keyPem, newKey, permits, serverEnd } from './issue';
import { INNER_NAMES, unique, type PlatformNames, type Server } from './names';
import { certificatesIn, PemFault, privateKeyIn } from './pem';

/** Days before its end in which a server's certificate is made anew. */
export const RENEWED_DAYS = 30;
/** Days before its end in which an authority's end is told: everybody who trusts it has to trust another by then. */
export const AUTHORITY_TOLD_DAYS = 180;

/** What servers' certificates are called where certificates are listed. */
const TITLES: Readonly<Record<Server, string>> = { coder: 'Coder of the AI platform', gateway: 'AI gateway' };

export const AUTHORITY = 'authority.pem';
export const AUTHORITY_KEY = 'authority-key.pem';
export const certificateFile = (server: Server): string => `${server}.pem`;
export const keyFile = (server: Server): string => `${server}-key.pem`;

const CERTIFICATE_MODE = 0o644;
const KEY_MODE = 0o600;

/** What a run of the command does to files, or would do. */
export type Done = 'made' | 'renewed' | 'kept';

export interface OwnAuthority {
  readonly certificate: X509Certificate;
  /** @default - not there: nothing can be renewed */
  readonly key?: KeyObject;
  readonly done: Done;
}

export interface OwnServer {
  readonly certificate: X509Certificate;
  readonly done: Done;
  /** Why it was made anew. @default - as asked, or it was not */
  readonly why?: string;
}

/** Looks at files of a folder, and notes what is wrong with them. */
export class OwnFiles {
  readonly faults: string[] = [];

  /** @param isLooking whether nothing may be written */
  constructor(
    private readonly folder: string,
    private readonly now: Date,
    private readonly isLooking: boolean,
  ) {}

  path(file: string): string {
    return join(this.folder, file);
  }

  /** @param names what it may sign for, should it be made now */
  authority(names: PlatformNames): OwnAuthority | undefined {
    const [path, keyPath] = [this.path(AUTHORITY), this.path(AUTHORITY_KEY)];
    const known = this.certificate(AUTHORITY);
    const key = this.key(AUTHORITY_KEY);
    if (this.faults.length > 0) return undefined;
    if (known === undefined) {
      const made = key ?? this.newKey(AUTHORITY_KEY);
      const all = unique([...names.coder, ...names.gateway, ...INNER_NAMES.coder, ...INNER_NAMES.gateway]);
      const text = issueAuthority({ key: made, now: this.now, names: all });
      if (!this.isLooking) placeNew(path, text, CERTIFICATE_MODE);
      // Another run may have been first.
      const certificate = this.certificate(AUTHORITY) ?? certificatesIn(text)[0];
      return { certificate, key: made, done: 'made' };
    }
    if (!known.ca || !known.verify(known.publicKey))
      this.faults.push(`the file ${path} is not the certificate of an authority of our own: move it away`);
    else if (key !== undefined && !known.checkPrivateKey(key))
      this.faults.push(
        `the key ${keyPath} does not belong to ${path}: put the one back that was made with it`,
      );
    else this.checkTime(path, known);
    return { certificate: known, done: 'kept', ...(key && { key }) };
  }

  /**
   * @param outer what it has to be for besides the inner names
   * @param force whether it is made anew in any case
   */
  server(
    server: Server,
    outer: readonly string[],
    authority: OwnAuthority,
    force: boolean,
  ): OwnServer | undefined {
    const file = certificateFile(server);
    const names = unique([...outer, ...INNER_NAMES[server]]);
    const known = this.certificate(file);
    const key = this.key(keyFile(server));
    if (this.faults.length > 0) return undefined;
    const why = this.reason(known, key, names, authority, force);
    if (known !== undefined && why === undefined) return { certificate: known, done: 'kept' };
    if (authority.key === undefined) {
      this.faults.push(
        `${this.path(AUTHORITY_KEY)} is not there, so ${this.path(file)} cannot be made${why === undefined ? '' : ` anew (${why})`}: put the key back`,
      );
      return undefined;
    }
    const denied = names.filter((name) => !permits(authority.certificate, name));
    if (denied.length > 0) {
      this.faults.push(
        `the authority ${this.path(AUTHORITY)} may not sign for ${denied.join(', ')}, which was no name of the platform when it was made: ${ANOTHER}`,
      );
      return undefined;
    }
    const text = issueServer({
      key: key ?? this.newKey(keyFile(server)),
      now: this.now,
      names,
      title: TITLES[server],
      authority: authority.certificate,
      authorityKey: authority.key,
    });
    if (!this.isLooking) replace(this.path(file), text, CERTIFICATE_MODE);
    const [certificate] = certificatesIn(text);
    return known === undefined
      ? { certificate, done: 'made' }
      : { certificate, done: 'renewed', ...(why !== undefined && why !== ASKED && { why }) };
  }

  /** What a certificate is for, but the inner names; nothing when it is not there. */
  namesOf(server: Server): string[] {
    const known = this.certificate(certificateFile(server));
    return known === undefined ? [] : namesOf(known).filter((name) => !INNER_NAMES[server].includes(name));
  }

  /** Why a certificate has to be made anew. */
  private reason(
    known: X509Certificate | undefined,
    key: KeyObject | undefined,
    names: readonly string[],
    { certificate: authority }: OwnAuthority,
    force: boolean,
  ): string | undefined {
    if (known === undefined) return undefined;
    if (key === undefined) return 'its key is missing';
    if (!known.checkPrivateKey(key)) return 'for another key';
    if (!known.checkIssued(authority) || !known.verify(authority.publicKey)) return 'of another authority';
    const missing = names.filter((name) => !isFor(known, name));
    if (missing.length > 0) return `not for ${missing.join(', ')}`;
    if (Date.parse(known.validFrom) > this.now.getTime()) return 'not valid yet';
    const ends = Date.parse(known.validTo);
    const wouldGain = serverEnd(authority, this.now).getTime() - ends > DAY_MS;
    if (ends - this.now.getTime() < RENEWED_DAYS * DAY_MS && wouldGain)
      return `ends on ${day(known.validTo)}`;
    return force ? ASKED : undefined;
  }

  private checkTime(path: string, certificate: X509Certificate): void {
    if (Date.parse(certificate.validTo) <= this.now.getTime())
      this.faults.push(`the authority ${path} ended on ${day(certificate.validTo)}: ${ANOTHER}`);
    if (Date.parse(certificate.validFrom) > this.now.getTime())
      this.faults.push(
        `the authority ${path} begins to hold on ${day(certificate.validFrom)}: is the clock of this machine right?`,
      );
  }

  private certificate(file: string): X509Certificate | undefined {
    const path = this.path(file);
    return this.look(path, () => {
      const text = readIfThere(path);
      return text === undefined ? undefined : certificatesIn(text)[0];
    });
  }

  private key(file: string): KeyObject | undefined {
    const path = this.path(file);
    return this.look(path, () => {
      const text = readIfThere(path);
      if (text === undefined) return undefined;
      requirePrivate(path);
      return privateKeyIn(text);
    });
  }

  private look<Found>(path: string, find: () => Found | undefined): Found | undefined {
    try {
      return find();
    } catch (fault) {
      if (!(fault instanceof PemFault || fault instanceof FileFault)) throw fault;
      this.faults.push(`the file ${path} ${fault.message}`);
      return undefined;
    }
  }

  private newKey(file: string): KeyObject {
    const key = newKey();
    if (this.isLooking || placeNew(this.path(file), keyPem(key), KEY_MODE)) return key;
    // Another run was first; what it wrote is whole.
    return privateKeyIn(readIfThere(this.path(file)) ?? '');
  }
}

const ASKED = 'as asked';
const ANOTHER =
  'move the folder away and make another authority, which everybody has to trust anew and the workspace image has to be built with';

export const day = (time: string | Date): string => new Date(time).toISOString().slice(0, 10);

/** Whether a certificate is for a name by its list of names: by its subject, clients stopped looking. */
export function isFor(certificate: X509Certificate, name: string): boolean {
  if (isIP(name) !== 0) return certificate.checkIP(name) !== undefined;
  // Only a certificate for the wildcard is for a name nobody could have thought of.
  const asked = name.replace(/^\*/, 'a-name-that-nobody-has');
  return certificate.checkHost(asked, { subject: 'never', partialWildcards: false }) !== undefined;
}

/** DNS names and addresses a certificate is for, each as it is written. */
export const namesOf = ({ subjectAltName = '' }: X509Certificate): string[] =>
  subjectAltName.split(', ').flatMap((each) => {
    const [, kind, name = ''] = /^(DNS|IP Address):(.*)$/.exec(each) ?? [];
    return kind === undefined ? [] : [kind === 'DNS' ? name : plainAddress(name)];
  });

/** `::1` of `0:0:0:0:0:0:0:1`. */
const plainAddress = (address: string): string =>
  isIP(address) === 6 ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;
