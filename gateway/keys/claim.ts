/**
 * Verifies a workspace claim: `v1.<base64(claim JSON)>.<hex proof>`, with
 * proof = sha256hex(secret + sha256hex(secret + claim JSON)).
 *
 * Terraform has no HMAC; hashing twice with the secret in front keeps the proof from being extended. Authenticity
 * comes first, on the bytes as they came, so that nothing about a claim's content can be learnt without the secret.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { GatewayError } from '../errors';
import { printOf } from '../secrets/secret-print';
import { readClaimFields, type WorkspaceClaim } from './claim-fields';

export interface ClaimSecrets {
  /** Valid for every template without a secret of its own. */
  readonly shared: readonly string[];
  /** By template name; valid for that template only, and the only ones valid for it. */
  readonly byTemplate: ReadonlyMap<string, string>;
}

export interface ClaimRules {
  readonly secrets: ClaimSecrets;
  readonly maxAgeDays: number;
  readonly now: Date;
}

const WIRE = /^v1\.([A-Za-z0-9+/]+={0,2})\.([0-9a-f]{64})$/;
const DAY_MS = 86_400_000;
const FUTURE_TOLERANCE_MS = 5 * 60_000;

const sha256Hex = (...parts: readonly (string | Buffer)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

/** What the template writes on the wire; also what the gateway expects to find there. */
export const proofOf = (secret: string, claim: string | Buffer): string =>
  sha256Hex(secret, sha256Hex(secret, claim));

export interface SignedClaim extends WorkspaceClaim {
  /** Print of the secret that signed it. */
  readonly signedBy: string;
}

/** The claim of a workspace that is starting, or the GatewayError that says why it is none. */
export function verifyClaim(wire: string, rules: ClaimRules): SignedClaim {
  const { secrets } = rules;
  if (secrets.shared.length + secrets.byTemplate.size === 0) throw new GatewayError('claims_not_configured');
  const { bytes, signers } = authenticate(wire, secrets);
  const claim = readClaimFields(bytes);
  const own = secrets.byTemplate.has(claim.template.name) ? claim.template.name : undefined;
  const signer = signers.find(({ template }) => template === own);
  if (signer === undefined) throw new GatewayError('claim_wrong_template');
  refuseByPolicy(claim, rules);
  return { ...claim, signedBy: printOf('claim', signer.secret) };
}

interface Signer {
  /** Undefined: a shared secret. */
  readonly template: string | undefined;
  readonly secret: string;
}

/** The claim's bytes and who signed them. */
function authenticate(wire: string, secrets: ClaimSecrets): { bytes: Buffer; signers: Signer[] } {
  // bounded: a header or an address is no longer than Node takes
  const [, encoded = '', proof = ''] = WIRE.exec(wire) ?? [];
  const bytes = Buffer.from(encoded, 'base64');
  // RFC 4648 section 3.5: the unused bits of the last letter could be changed without changing a byte.
  const isCanonical = encoded !== '' && bytes.toString('base64') === encoded;
  const candidates: Signer[] = [
    ...secrets.shared.map((secret) => ({ template: undefined, secret })),
    ...[...secrets.byTemplate].map(([template, secret]) => ({ template, secret })),
  ];
  const given = Buffer.from(proof.padEnd(64, '-'));
  // Every secret is tried, so that the time taken does not tell which one came near.
  const signers = candidates.filter(({ secret }) =>
    timingSafeEqual(Buffer.from(proofOf(secret, bytes)), given),
  );
  if (!isCanonical || signers.length === 0) throw new GatewayError('claim_not_authentic');
  return { bytes, signers };
}

function refuseByPolicy(claim: WorkspaceClaim, { maxAgeDays, now }: ClaimRules): void {
  if (claim.transition !== 'start')
    throw new GatewayError('claim_not_a_start', {
      message: `The workspace claim is of a "${claim.transition}" build. Only a starting workspace gets a key.`,
    });
  if (claim.prebuild) throw new GatewayError('claim_of_prebuild');
  const age = now.getTime() - claim.issuedAt.getTime();
  if (age > maxAgeDays * DAY_MS)
    throw new GatewayError('claim_expired', {
      message: `The workspace claim was issued at ${claim.issuedAt.toISOString()} and is good for ${maxAgeDays} days. Restart the workspace to get a new one.`,
    });
  if (age < -FUTURE_TOLERANCE_MS)
    throw new GatewayError('claim_from_the_future', {
      message: `The workspace claim is dated ${claim.issuedAt.toISOString()}, more than 5 minutes ahead of the gateway's ${now.toISOString()}. Set the clock of the Coder server or of the gateway.`,
    });
}
