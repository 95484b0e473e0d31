/** Certificates and private keys in PEM form: what is in a file, or what is wrong with it. */
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';

/** What is wrong with a file: completes "the file PATH …". */
export class PemFault extends Error {}

const CERTIFICATE =
  /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]+-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;
const PRIVATE_KEY = /-----BEGIN ([A-Z]+ )?PRIVATE KEY-----/;
const ENCRYPTED = /-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED/;

export const hasCertificate = (text: string): boolean => text.includes('CERTIFICATE-----');
export const hasPrivateKey = (text: string): boolean => PRIVATE_KEY.test(text);

/** @throws PemFault when there is none, or one that cannot be read */
export function certificatesIn(text: string): [X509Certificate, ...X509Certificate[]] {
  const found = (text.match(CERTIFICATE) ?? []).map((pem) => {
    try {
      return new X509Certificate(pem);
    } catch {
      throw new PemFault('holds a certificate that cannot be read: it is cut off or was changed');
    }
  });
  const [first, ...others] = found;
  if (first !== undefined) return [first, ...others];
  throw new PemFault(
    hasPrivateKey(text)
      ? 'holds a private key and no certificate: put the certificate there, with those that signed it below'
      : 'holds no certificate in PEM form ("-----BEGIN CERTIFICATE-----"): convert it, for example with openssl x509 -inform der',
  );
}

/** @throws PemFault when there is none, one that is locked, or one that cannot be read; never with any of it */
export function privateKeyIn(text: string): KeyObject {
  if (ENCRYPTED.test(text))
    throw new PemFault(
      'holds a key that is locked with a password, which nobody could type: take it off with openssl pkey, and let nobody else read the file',
    );
  if (!hasPrivateKey(text))
    throw new PemFault(
      text.includes('BEGIN CERTIFICATE')
        ? 'holds a certificate and no private key'
        : 'holds no private key in PEM form ("-----BEGIN PRIVATE KEY-----")',
    );
  try {
    return createPrivateKey(text);
  } catch {
    throw new PemFault('holds a private key that cannot be read: it is cut off or was changed');
  }
}
