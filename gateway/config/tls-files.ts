/** Certificate and key of the listeners: whether they are what they should be, and belong together. */
import type { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import {
  certificatesIn,
  hasCertificate,
  hasPrivateKey,
  PemFault,
  privateKeyIn,
} from '../../certificates/pem';

export interface TlsFiles {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Day on which the certificate ends, such as `2027-01-31`. */
  readonly ends: string;
}

/** A file named in the settings that cannot be used; the message is all there is to say. */
export class SettingsFileError extends Error {}

interface Named {
  readonly variable: string;
  readonly path: string;
}

/** Milliseconds before its end in which a certificate should have been renewed. */
const SOON_MS = 14 * 86_400_000;

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this user may not read it',
  EPERM: 'this user may not read it',
  EISDIR: 'it is a folder',
  ENOTDIR: 'something on the way to it is a file',
};

function read({ variable, path }: Named): Buffer {
  try {
    return readFileSync(path);
  } catch (fault) {
    const code = (fault as NodeJS.ErrnoException).code ?? 'unknown reason';
    const why = UNREADABLE[code];
    throw new SettingsFileError(
      `${variable}: the file ${path} cannot be read (${why === undefined ? code : `${why}, ${code}`}).`,
    );
  }
}

const wrong = ({ variable, path }: Named, says: string): SettingsFileError =>
  new SettingsFileError(`${variable}: the file ${path} ${says}.`);

/** What is in a file, or the fault with the variable's and the file's name. */
function found<Found>(named: Named, find: () => Found): Found {
  try {
    return find();
  } catch (fault) {
    throw fault instanceof PemFault ? wrong(named, fault.message) : fault;
  }
}

const day = (date: Date): string => date.toISOString().slice(0, 10);

/**
 * Reads and checks both files.
 *
 * @param warn told when the certificate ends soon
 * @throws SettingsFileError that names the variable, the file, what is wrong and what to do; never any of a key
 */
export function readTlsFiles(
  certPath: string,
  keyPath: string,
  now: Date,
  warn: (message: string, ends: string) => void,
): TlsFiles {
  const certFile = { variable: 'GATEWAY_TLS_CERT', path: certPath };
  const keyFile = { variable: 'GATEWAY_TLS_KEY', path: keyPath };
  const [cert, key] = [read(certFile), read(keyFile)];
  const [certText, keyText] = [cert.toString('latin1'), key.toString('latin1')];
  if (!hasCertificate(certText) && hasPrivateKey(certText) && hasCertificate(keyText))
    throw new SettingsFileError(
      `GATEWAY_TLS_CERT and GATEWAY_TLS_KEY are exchanged: ${certPath} holds the key and ${keyPath} the certificate.`,
    );
  const [own, ...others] = found(certFile, () => certificatesIn(certText));
  const privateKey = found(keyFile, () => privateKeyIn(keyText));
  if (!own.checkPrivateKey(privateKey))
    throw others.some((other) => other.checkPrivateKey(privateKey))
      ? wrong(certFile, "begins with another certificate than the server's own, which must be the first")
      : new SettingsFileError(
          `GATEWAY_TLS_KEY does not belong to GATEWAY_TLS_CERT: ${keyPath} is not the key of the first certificate in ${certPath}. Name the two that were made together.`,
        );
  checkTime(certFile, own, now, warn);
  try {
    createSecureContext({ cert, key });
  } catch (fault) {
    throw wrong(
      certFile,
      `cannot be used for TLS (${(fault as NodeJS.ErrnoException).code ?? 'unknown reason'})`,
    );
  }
  return { cert, key, ends: day(new Date(own.validTo)) };
}

function checkTime(
  named: Named,
  own: X509Certificate,
  now: Date,
  warn: (message: string, ends: string) => void,
): void {
  const [from, to] = [new Date(own.validFrom), new Date(own.validTo)];
  if (now > to)
    throw wrong(
      named,
      `holds a certificate that expired on ${day(to)}: every client would refuse it; renew it`,
    );
  if (now < from)
    throw wrong(
      named,
      `holds a certificate that begins to hold on ${day(from)}: is the clock of this machine right?`,
    );
  const left = to.getTime() - now.getTime();
  // One that lives for days is renewed in days.
  if (left < SOON_MS && left < (to.getTime() - from.getTime()) / 3)
    warn(
      'the certificate of the listeners expires soon: renew it, and the gateway takes it up by itself',
      day(to),
    );
}
