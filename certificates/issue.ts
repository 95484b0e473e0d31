/** Makes certificates: Node.js reads them, signs, and cannot write them. */
import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  type KeyObject,
  type X509Certificate,
} from 'node:crypto';
import { isIP } from 'node:net';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  GeneralSubtree,
  GeneralSubtrees,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_nameConstraints,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  id_kp_serverAuth,
  KeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  Name,
  NameConstraints,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from '@peculiar/asn1-x509';

export const DAY_MS = 86_400_000;

/**
 * Days of a server's certificate. Apple's systems take 825 of an authority that somebody added, and browsers 398 of a
 * public one: https://support.apple.com/103769, https://support.apple.com/102028.
 */
export const SERVER_DAYS = 397;
export const AUTHORITY_DAYS = 3_650;

/** Milliseconds by which a client's clock may be behind. */
const SKEW_MS = 3_600_000;

const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
const COMMON_NAME = '2.5.4.3';

/** ECDSA on P-256, which every client takes. */
export const newKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

export const keyPem = (key: KeyObject): string => String(key.export({ type: 'pkcs8', format: 'pem' }));

interface Issuing {
  readonly key: KeyObject;
  readonly now: Date;
}

/**
 * An authority that signs servers' certificates for some DNS names and what is below them: whoever steals its key cannot
 * pass for the rest of the internet to those who trust it. Addresses are not limited, since programs made with BoringSSL,
 * which are all that Bun makes, refuse every certificate with an address then.
 *
 * @returns PEM text
 */
export function issueAuthority({ key, now, names }: Issuing & { readonly names: readonly string[] }): string {
  const permitted = [...new Set(names.filter(isDns).map(bare))].map(
    (name) => new GeneralSubtree({ base: dns(name) }),
  );
  // Its own name, so that a second platform's does not take its place where it is trusted.
  const name = nameOf(`AI platform authority ${fingerprint(key).slice(0, 8)}`);
  return issue({
    subject: name,
    issuer: name,
    key,
    signer: key,
    now,
    ends: new Date(now.getTime() - SKEW_MS + AUTHORITY_DAYS * DAY_MS),
    extensions: [
      extension(id_ce_basicConstraints, true, new BasicConstraints({ cA: true, pathLenConstraint: 0 })),
      extension(id_ce_keyUsage, true, new KeyUsage(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign)),
      extension(
        id_ce_nameConstraints,
        true,
        new NameConstraints({ permittedSubtrees: new GeneralSubtrees(permitted) }),
      ),
    ],
  });
}

export interface ServerIssuing extends Issuing {
  /** DNS names, `*.` names and addresses. */
  readonly names: readonly string[];
  /** What it is called where certificates are listed. */
  readonly title: string;
  readonly authority: X509Certificate;
  readonly authorityKey: KeyObject;
}

/** @returns PEM text; it ends with the authority at the latest */
export function issueServer(props: ServerIssuing): string {
  const { authority, authorityKey, key, now, names, title } = props;
  return issue({
    subject: nameOf(title),
    issuer: parsed(authority).tbsCertificate.subject,
    key,
    signer: authorityKey,
    now,
    ends: serverEnd(authority, now),
    extensions: [
      extension(id_ce_basicConstraints, true, new BasicConstraints()),
      extension(id_ce_keyUsage, true, new KeyUsage(KeyUsageFlags.digitalSignature)),
      extension(id_ce_extKeyUsage, false, new ExtendedKeyUsage([id_kp_serverAuth])),
      extension(
        id_ce_subjectAltName,
        false,
        new SubjectAlternativeName(names.map((name) => (isDns(name) ? dns(name) : address(name)))),
      ),
    ],
  });
}

/** When a certificate ends that is made now. */
export const serverEnd = (authority: X509Certificate, now: Date): Date =>
  new Date(Math.min(now.getTime() - SKEW_MS + SERVER_DAYS * DAY_MS, Date.parse(authority.validTo)));

/** Whether an authority may sign for a name. */
export function permits(authority: X509Certificate, name: string): boolean {
  const permitted = permittedBy(authority);
  return (
    !isDns(name) || permitted === undefined || permitted.some((base) => `.${bare(name)}`.endsWith(`.${base}`))
  );
}

/** DNS names, with what is below them, that an authority may sign for; nothing when it may for all. */
export function permittedBy(authority: X509Certificate): string[] | undefined {
  const found = parsed(authority).tbsCertificate.extensions?.find(
    ({ extnID }) => extnID === id_ce_nameConstraints,
  );
  if (found === undefined) return undefined;
  const { permittedSubtrees = [] } = AsnConvert.parse(found.extnValue.buffer, NameConstraints);
  return Array.from(permittedSubtrees).flatMap(({ base }) => base.dNSName ?? []);
}

interface Issue {
  readonly subject: Name;
  readonly issuer: Name;
  readonly key: KeyObject;
  readonly signer: KeyObject;
  readonly now: Date;
  readonly ends: Date;
  readonly extensions: readonly Extension[];
}

function issue({ subject, issuer, key, signer, now, ends, extensions }: Issue): string {
  const signature = new AlgorithmIdentifier({ algorithm: ECDSA_WITH_SHA256 });
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: serial(),
    signature,
    issuer,
    subject,
    validity: new Validity({ notBefore: new Date(now.getTime() - SKEW_MS), notAfter: ends }),
    subjectPublicKeyInfo: AsnConvert.parse(publicKeyOf(key), SubjectPublicKeyInfo),
    extensions: new Extensions([
      ...extensions,
      extension(id_ce_subjectKeyIdentifier, false, new SubjectKeyIdentifier(keyId(key))),
      extension(
        id_ce_authorityKeyIdentifier,
        false,
        new AuthorityKeyIdentifier({ keyIdentifier: new KeyIdentifier(keyId(signer)) }),
      ),
    ]),
  });
  const signatureValue = sign('sha256', Buffer.from(AsnConvert.serialize(tbsCertificate)), signer);
  const der = AsnConvert.serialize(
    new Certificate({
      tbsCertificate,
      signatureAlgorithm: signature,
      signatureValue: new Uint8Array(signatureValue).buffer,
    }),
  );
  const lines = Buffer.from(der)
    .toString('base64')
    .replace(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

const parsed = (certificate: X509Certificate): Certificate =>
  AsnConvert.parse(new Uint8Array(certificate.raw), Certificate);

const extension = (extnID: string, critical: boolean, value: unknown): Extension =>
  new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });

const nameOf = (title: string): Name =>
  new Name([
    new RelativeDistinguishedName([
      new AttributeTypeAndValue({ type: COMMON_NAME, value: new AttributeValue({ utf8String: title }) }),
    ]),
  ]);

const publicKeyOf = (key: KeyObject): Uint8Array<ArrayBuffer> =>
  new Uint8Array(createPublicKey(key).export({ type: 'spki', format: 'der' }));

const digest = (key: KeyObject): Buffer => createHash('sha256').update(publicKeyOf(key)).digest();
const fingerprint = (key: KeyObject): string => digest(key).toString('hex');
/** 20 bytes, as others have it; which ones is for who signs to say (RFC 7093). */
const keyId = (key: KeyObject): ArrayBuffer => new Uint8Array(digest(key).subarray(0, 20)).buffer;

/** Positive, 127 bits, without a zero in front: as short as DER wants it. */
function serial(): ArrayBuffer {
  const bytes = new Uint8Array(randomBytes(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.buffer;
}

const isDns = (name: string): boolean => isIP(name) === 0;
const dns = (name: string): GeneralName => new GeneralName({ dNSName: name });
const address = (text: string): GeneralName => new GeneralName({ iPAddress: text });
const bare = (name: string): string => name.replace(/^\*\./, '');
