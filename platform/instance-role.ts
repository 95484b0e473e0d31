/** The role of the EC2 instance that this host is, as its metadata service (IMDSv2) tells it. */
import { request } from 'undici';

/** Where it is on every instance: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html. */
const SERVICE = 'http://169.254.169.254';
/** Elsewhere than at AWS nobody answers there. */
const PATIENCE_MS = 1_000;
const LONGEST_ANSWER = 4_096;

export interface InstanceRole {
  readonly name: string;
  readonly region: string;
}

/** @returns nothing where this host is no instance, has no role, or says by AWS's own variable that it is not to be asked */
export async function instanceRole(
  stop: AbortSignal,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<InstanceRole | undefined> {
  if (environment['AWS_EC2_METADATA_DISABLED']?.toLowerCase() === 'true') return undefined;
  const service = (environment['AWS_EC2_METADATA_SERVICE_ENDPOINT'] || SERVICE).replace(/\/+$/, '');
  const ask = async (method: 'GET' | 'PUT', path: string, headers: Record<string, string>) => {
    const answer = await request(`${service}/latest/${path}`, {
      method,
      headers,
      signal: AbortSignal.any([stop, AbortSignal.timeout(PATIENCE_MS)]),
    });
    const text = (await answer.body.text()).slice(0, LONGEST_ANSWER).trim();
    return answer.statusCode === 200 ? text : '';
  };
  try {
    const token = await ask('PUT', 'api/token', { 'x-aws-ec2-metadata-token-ttl-seconds': '60' });
    if (token === '') return undefined;
    const session = { 'x-aws-ec2-metadata-token': token };
    const [name = ''] = (await ask('GET', 'meta-data/iam/security-credentials/', session)).split('\n');
    if (name === '') return undefined;
    return { name, region: await ask('GET', 'meta-data/placement/region', session) };
  } catch {
    stop.throwIfAborted();
    return undefined;
  }
}
