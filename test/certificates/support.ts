/** Certificates of a site, made by OpenSSL: not by what is tested. */
import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Issued {
  /** Subject alternative names, as `DNS:a,IP:10.0.0.1`. @default - none */
  readonly names?: string;
  /** Name of the authority's files. @default - it signs itself */
  readonly by?: string;
  /** Whether it is an authority. @default false */
  readonly isAuthority?: boolean;
  /** Begin and end, `YYYYMMDDHHMMSSZ`. @default - from yesterday, for 90 days */
  readonly from?: string;
  readonly to?: string;
  /** @default 'serverAuth' */
  readonly usage?: string;
  /** Further words of "openssl req", such as a kind of key. @default - ECDSA P-256 */
  readonly key?: readonly string[];
}

const DAY_MS = 86_400_000;
export const stamp = (days: number): string =>
  `${new Date(Date.now() + days * DAY_MS).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;

/** Makes `NAME.pem` and `NAME.key` in a folder. */
export class Site {
  constructor(readonly folder: string) {}

  at(file: string): string {
    return join(this.folder, file);
  }

  issue(name: string, issued: Issued = {}): void {
    const { by = name, isAuthority = false, from = stamp(-1), to = stamp(90), usage = 'serverAuth' } = issued;
    const key = issued.key ?? ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
    this.openssl(
      'req',
      '-new',
      ...key,
      '-nodes',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
    );
    chmodSync(this.at(`${name}.key`), 0o600);
    writeFileSync(
      this.at(`${name}.cnf`),
      [
        '[ca]\ndefault_ca = it\n[it]\ndatabase = index.txt\nserial = serial.txt\nnew_certs_dir = .\ndefault_md = sha256\npolicy = any\nunique_subject = no\nx509_extensions = extensions',
        '[any]\ncommonName = supplied\n[extensions]',
        `basicConstraints = critical, CA:${isAuthority ? 'TRUE' : 'FALSE'}`,
        `keyUsage = critical, ${isAuthority ? 'keyCertSign, cRLSign' : 'digitalSignature'}`,
        ...(isAuthority ? [] : [`extendedKeyUsage = ${usage}`]),
        ...(issued.names === undefined ? [] : [`subjectAltName = ${issued.names}`]),
        'subjectKeyIdentifier = hash',
        'authorityKeyIdentifier = keyid',
      ].join('\n'),
    );
    writeFileSync(this.at('index.txt'), '');
    const signer =
      by === name
        ? ['-selfsign', '-keyfile', `${name}.key`]
        : ['-cert', `${by}.pem`, '-keyfile', `${by}.key`];
    this.openssl(
      ...[
        'ca',
        '-batch',
        '-notext',
        '-config',
        `${name}.cnf`,
        '-rand_serial',
        '-in',
        `${name}.csr`,
        '-out',
        `${name}.pem`,
      ],
      ...['-startdate', from, '-enddate', to, ...signer],
    );
  }

  /** A file of several, in this order. */
  join(name: string, ...files: readonly string[]): void {
    writeFileSync(this.at(name), files.map((file) => readFileSync(this.at(file), 'utf8')).join(''));
  }

  openssl(...args: readonly string[]): string {
    return execFileSync('openssl', args, {
      cwd: this.folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }
}
