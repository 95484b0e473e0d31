/**
 * `POST /api/v1/keys/workspace`: a workspace's signed claim for its key. Who it is comes from the claim alone.
 *
 * What has no proof is refused without a look at body or store; what has one, no more often than its workspace may ask.
 */
import { GatewayError } from '../errors';
import { asGatewayError, parseJson, sendJson, textOf, type Exchange } from '../http/exchange';
import { readShortBody } from '../http/incoming-body';
import { verifyClaim, type SignedClaim } from '../keys/claim';
import { describeTerms } from '../keys/key-info';
import type { Services } from '../services';
import { currentEntitlement } from '../stages/policy';

const LONGEST_BODY = 4_096;

export async function issueWorkspaceKey(services: Services, exchange: Exchange): Promise<void> {
  try {
    services.claimTally.note((await issue(services, exchange)) ? 'reused' : 'issued');
  } catch (fault) {
    services.claimTally.note(asGatewayError(fault).code);
    throw fault;
  }
}

/** @returns whether the workspace got the key that it has */
async function issue(services: Services, exchange: Exchange): Promise<boolean> {
  const { logger } = services;
  const claim = readClaim(services, exchange);
  const waitMs = services.claimBuckets.take(claim.workspace.id);
  if (waitMs !== undefined)
    throw new GatewayError('claim_rate_limited', {
      headers: { 'retry-after': String(Math.ceil(waitMs / 1_000)) },
    });
  const caller = `workspace/${claim.workspace.id}`;
  refuseWishes(await readShortBody(exchange, LONGEST_BODY, services.keylessBodies, caller));
  const { key, record, reused } = await services.workspaceKeys.issue(claim);
  // The start is noted all the same: its level holds once the key is opened again.
  if (record.blockedAt !== null) throw new GatewayError('key_blocked');
  const terms = describeTerms(record, currentEntitlement(services, record));
  logger.info('workspace key given out', {
    request_id: exchange.id,
    workspace: claim.workspace.id,
    owner: claim.owner.name,
    template: claim.template.name,
    enforcement_level: terms['level'],
    reused,
  });
  sendJson(exchange, 200, JSON.stringify({ key, reused, ...terms }));
  return reused;
}

function readClaim(services: Services, exchange: Exchange): SignedClaim {
  const { settings, documents, failedCredentials } = services;
  const wire = readWire(exchange);
  try {
    return verifyClaim(wire, {
      secrets: {
        shared: [settings.claimSecret, settings.claimSecretPrevious].filter((secret) => secret !== undefined),
        byTemplate: settings.claimSecrets,
      },
      maxAgeDays: documents.current.document.claim_max_age_days,
      now: services.now(),
    });
  } catch (fault) {
    const isForged = fault instanceof GatewayError && fault.code === 'claim_not_authentic';
    throw isForged ? failedCredentials.note('data', exchange, wire, fault) : fault;
  }
}

// Only as a bearer token: an x-api-key header is what ordinary clients log and forward.
function readWire({ request }: Exchange): string {
  // bounded: a header or an address is no longer than Node takes
  const wire = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (wire === undefined || wire.startsWith('sk-')) throw new GatewayError('claim_missing');
  return wire;
}

/** Identity and policy never come from the body; a field in it would be believed to count. */
function refuseWishes(body: Buffer): void {
  if (body.toString('utf8').trim() === '') return;
  const parsed = parseJson(textOf(body));
  if (parsed === null || typeof parsed !== 'object' || Array.isArray(parsed))
    throw new GatewayError('request_invalid', {
      message: 'The body must be an empty JSON object.',
      param: 'request_body',
    });
  const [field] = Object.keys(parsed);
  if (field === undefined) return;
  throw new GatewayError('request_invalid', {
    message: `The body must be an empty JSON object: '${field.slice(0, 64)}' is not taken from it. Everything about a workspace key comes from the signed claim and the gateway's policy.`,
    param: field.slice(0, 64),
  });
}
