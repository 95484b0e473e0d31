/** Certificates that the site has: whether they fit the platform, with all that is wrong in one list. */
import { X509Certificate, type KeyObject } from 'node:crypto';
import { rootCertificates, createSecureContext } from 'node:tls';
import { resolve } from 'node:path';
import { FileFault, readIfThere, requirePrivate } from './files';
import { DAY_MS } from './issue';
import { day, isFor } from './own';
import { certificatesIn, hasCertificate, hasPrivateKey, PemFault, privateKeyIn } from './pem';

/** Paths of PEM files. */
export interface SiteFiles {
  /** The server's own certificate, and below it those that signed it. */
  readonly certificate: string;
  readonly key: string;
}

export interface SiteServer {
  readonly certificate: X509Certificate;
  readonly files: SiteFiles;
  /** Who signed it in the end, in PEM form: of the site's authorities, or of the public ones. */
  readonly root: string;
  readonly warnings: readonly string[];
}

/** Certificates of a chain; more is none that a client would follow. */
const LONGEST_CHAIN = 10;
/** Days that Apple's systems take of an authority that somebody added. */
const APPLE_DAYS = 825;
const SERVER_AUTHENTICATION = '1.3.6.1.5.5.7.3.1';
/** Days before its end in which that is told. */
const TOLD_DAYS = 30;

/** Looks at the site's files, and notes what is wrong with them. */
export class SiteCheck {
  readonly faults: string[] = [];

  constructor(private readonly now: Date) {}

  /** @returns authorities of a file */
  authorities(path: string): X509Certificate[] {
    const found = this.certificates('authority', path) ?? [];
    const others = found.filter(({ ca }) => !ca);
    // One that signed itself and is for one server alone can be trusted as it is.
    for (const other of others)
      if (!other.verify(other.publicKey))
        this.faults.push(
          `the authority ${path} holds a certificate that is no authority's (${subjectOf(other)}): give the one that signed the others`,
        );
    for (const each of found) this.checkTime(`the authority ${path}`, each);
    return found;
  }

  /**
   * @param what whose it is, for messages
   * @param names what it has to be for
   * @param authorities those of the site
   */
  server(
    what: string,
    { certificate: path, key: keyPath }: SiteFiles,
    names: readonly string[],
    authorities: readonly X509Certificate[],
  ): SiteServer | undefined {
    const [certificate, ...others] = this.certificates(`certificate of ${what}`, path, keyPath) ?? [];
    const key = this.key(what, keyPath);
    if (certificate === undefined || key === undefined) return undefined;
    const before = this.faults.length;
    const named = `the certificate of ${what} ${path}`;
    if (!certificate.checkPrivateKey(key) && others.some((other) => other.checkPrivateKey(key))) {
      this.faults.push(
        `${named} begins with another certificate than the server's own, which must be the first`,
      );
      return undefined;
    }
    if (!certificate.checkPrivateKey(key))
      this.faults.push(
        `the key of ${what} ${keyPath} does not belong to ${path}: name the two that were made together`,
      );
    if (!isTakenByAll(certificate.publicKey))
      this.faults.push(
        `${named} has a key that not every client takes (${kindOf(certificate.publicKey)}): have one made with ECDSA P-256, or RSA of 2048 bits or more`,
      );
    this.checkTime(named, certificate);
    const missing = names.filter((name) => !isFor(certificate, name));
    if (missing.length > 0)
      this.faults.push(
        `${named} is not for ${missing.join(', ')}, but for ${certificate.subjectAltName?.slice(0, 500) ?? 'no name'}: have one made for all of them`,
      );
    // Node.js calls the extended usage so.
    const { keyUsage: usage } = certificate as { keyUsage?: readonly string[] };
    if (usage !== undefined && !usage.includes(SERVER_AUTHENTICATION))
      this.faults.push(
        `${named} is not for servers: have one made with the extended key usage "server authentication"`,
      );
    const root = this.chain(named, [certificate, ...others], authorities);
    if (this.faults.length > before || root === undefined) return undefined;
    try {
      createSecureContext({ cert: readIfThere(path), key: readIfThere(keyPath) });
    } catch (fault) {
      const { code } = fault as NodeJS.ErrnoException;
      this.faults.push(`${named} cannot be used for TLS (${code ?? 'unknown reason'})`);
      return undefined;
    }
    return {
      certificate,
      files: { certificate: resolve(path), key: resolve(keyPath) },
      root: root.toString(),
      warnings: this.warningsOf(named, certificate),
    };
  }

  /** @returns who signed it in the end */
  private chain(
    named: string,
    [own, ...others]: readonly X509Certificate[],
    authorities: readonly X509Certificate[],
  ): X509Certificate | undefined {
    let at = own;
    for (let length = 1; at !== undefined && length <= LONGEST_CHAIN; length += 1) {
      const signed = at;
      const isOfIt = (by: X509Certificate): boolean =>
        by.fingerprint256 === signed.fingerprint256 ||
        (signed.checkIssued(by) && signed.verify(by.publicKey));
      const root = authorities.find(isOfIt) ?? publicAuthorities().find(isOfIt);
      if (root !== undefined) return root;
      const next: X509Certificate | undefined = others.find((by) => by.ca && isOfIt(by) && by !== signed);
      if (next === undefined || next.fingerprint256 === signed.fingerprint256) break;
      this.checkTime(`${named}, which holds ${subjectOf(next)},`, next);
      at = next;
    }
    this.faults.push(
      `${named} does not lead to an authority: ${subjectOf(at ?? own)} was signed by ${issuerOf(at ?? own)}, which is neither below it, nor among the site's authorities, nor public: put it below, or name the authority`,
    );
    return undefined;
  }

  private checkTime(named: string, { validFrom, validTo }: X509Certificate): void {
    if (Date.parse(validTo) <= this.now.getTime())
      this.faults.push(`${named} ended on ${day(validTo)}: have it renewed`);
    if (Date.parse(validFrom) > this.now.getTime())
      this.faults.push(`${named} begins to hold on ${day(validFrom)}: is the clock of this machine right?`);
  }

  private warningsOf(named: string, { validFrom, validTo }: X509Certificate): string[] {
    const [from, to] = [Date.parse(validFrom), Date.parse(validTo)];
    return [
      ...(to - this.now.getTime() < TOLD_DAYS * DAY_MS
        ? [`${named} ends on ${day(validTo)}: have it renewed`]
        : []),
      ...(to - from > APPLE_DAYS * DAY_MS
        ? [`${named} holds for more than ${APPLE_DAYS} days, which Macs and iPhones refuse`]
        : []),
    ];
  }

  private certificates(what: string, path: string, keyPath?: string): X509Certificate[] | undefined {
    return this.look(what, path, (text) => {
      if (
        keyPath !== undefined &&
        !hasCertificate(text) &&
        hasPrivateKey(text) &&
        this.isCertificate(keyPath)
      )
        throw new PemFault(`holds the key, and ${keyPath} the certificate: exchange them`);
      if (keyPath === undefined && hasPrivateKey(text))
        throw new PemFault(
          'holds a private key, and is handed to everybody: give a file with certificates only',
        );
      return certificatesIn(text);
    });
  }

  private key(what: string, path: string): KeyObject | undefined {
    return this.look(`key of ${what}`, path, (text) => {
      // What lies there instead of a key is told first.
      const key = privateKeyIn(text);
      requirePrivate(path);
      return key;
    });
  }

  private isCertificate(path: string): boolean {
    try {
      return hasCertificate(readIfThere(path) ?? '');
    } catch {
      return false;
    }
  }

  private look<Found>(what: string, path: string, find: (text: string) => Found): Found | undefined {
    try {
      const text = readIfThere(path);
      if (text === undefined) throw new FileFault('is not there');
      return find(text);
    } catch (fault) {
      if (!(fault instanceof PemFault || fault instanceof FileFault)) throw fault;
      this.faults.push(`the ${what} ${path} ${fault.message}`);
      return undefined;
    }
  }
}

const kindOf = ({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): string =>
  [type, details?.modulusLength ?? details?.namedCurve].filter((word) => word !== undefined).join(' ');

/** What browsers and programs have in common. */
const isTakenByAll = ({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): boolean =>
  (type === 'rsa' && (details?.modulusLength ?? 0) >= 2048) ||
  (type === 'ec' && ['prime256v1', 'secp384r1'].includes(details?.namedCurve ?? ''));

/** A name as it is read on one line. */
const oneLine = (name: string): string => name.replace(/\n/g, ', ').slice(0, 200);
const subjectOf = (certificate: X509Certificate | undefined): string =>
  oneLine(certificate?.subject ?? 'none');
const issuerOf = (certificate: X509Certificate | undefined): string => oneLine(certificate?.issuer ?? 'none');

let read: readonly X509Certificate[] | undefined;
/** Those Node.js has built in: Mozilla's. */
const publicAuthorities = (): readonly X509Certificate[] =>
  (read ??= rootCertificates.map((pem) => new X509Certificate(pem)));
