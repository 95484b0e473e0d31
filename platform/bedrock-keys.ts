/** What Bedrock is asked with when Anthropic fails: from the environment, the instance's role, or the person; or nothing. */
import { CliError } from '../terminal/fault';
import { askAloud, askInSecret, canAsk } from './ask';
import { instanceRole } from './instance-role';
import { fromEnvironment, type Secrets } from './secrets';

/** Variables of the stack, where all of them may be left out. */
const VARIABLES = {
  region: 'aws_region',
  id: 'aws_access_key_id',
  secret: 'aws_secret_access_key',
  bearer: 'aws_bearer_token_bedrock',
  instance: 'aws_instance_credentials',
} as const;

type Keys = Partial<Record<keyof typeof VARIABLES, string>>;

export const isBedrockVariable = (name: string): boolean =>
  (Object.values(VARIABLES) as string[]).includes(name);

/** Whether the platform leaves it open with what Bedrock is asked. */
export const isBedrockOpen = (secrets: readonly { readonly name: string }[]): boolean =>
  secrets.some(({ name }) => name === VARIABLES.instance);

export const NO_FAILOVER =
  'nothing takes over when Anthropic fails. AWS_REGION with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or with AWS_BEARER_TOKEN_BEDROCK, would have Bedrock do it';

export interface BedrockChoice {
  /** All of the stack's variables about it; empty: none. Left out: nobody has decided yet. */
  readonly secrets: Secrets;
  /** For people. */
  readonly says: string;
}

const none = (): Keys => ({ region: '', id: '', secret: '', bearer: '', instance: '' });

const choice = (keys: Keys, says: string): BedrockChoice => ({
  secrets: Object.fromEntries(
    Object.entries({ ...none(), ...keys }).map(([key, value]) => [
      VARIABLES[key as keyof typeof VARIABLES],
      value,
    ]),
  ),
  says,
});

/**
 * @param known from an earlier run
 * @throws CliError for half a pair of keys, and for keys without a region
 */
export async function chooseBedrock(
  known: Secrets,
  stop: AbortSignal,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<BedrockChoice> {
  const given = (name: keyof typeof VARIABLES): string | undefined =>
    fromEnvironment(VARIABLES[name], environment);
  const region = given('region') ?? fromEnvironment('aws_default_region', environment);
  const { id, secret, bearer } = { id: given('id'), secret: given('secret'), bearer: given('bearer') };
  if (bearer !== undefined)
    return choice({ bearer, region: await regionOf(region, known, stop) }, 'Bedrock: by its API key');
  if (given('instance') === 'true')
    return choice(
      { instance: 'true', region: await regionOf(region, known, stop) },
      "Bedrock: by this instance's role",
    );
  const isTemporary = (environment['AWS_SESSION_TOKEN'] ?? '') !== '';
  if ((id !== undefined || secret !== undefined) && !isTemporary) {
    if (id === undefined || secret === undefined)
      throw new CliError(
        `AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY go together, and only ${id === undefined ? 'the second' : 'the first'} is given: set both, or none for a platform without failover.`,
      );
    return choice(
      { id, secret, region: await regionOf(region, known, stop) },
      'Bedrock: by the access key given',
    );
  }
  if (VARIABLES.id in known) return { secrets: {}, says: saysOf(known) };
  const role = await instanceRole(stop, environment);
  if (role !== undefined)
    return choice(
      { instance: 'true', region: await regionOf(region ?? (role.region || undefined), known, stop) },
      `Bedrock: by this instance's role ${role.name}`,
    );
  const note = isTemporary
    ? "the environment's keys of AWS are temporary, and nobody here renews them: "
    : '';
  if (!canAsk()) return { secrets: {}, says: `No keys for Bedrock: ${note}${NO_FAILOVER}.` };
  const typed = await askInSecret(
    '  AWS_ACCESS_KEY_ID, so that Bedrock takes over when Anthropic fails (it is not shown; Enter for none): ',
    stop,
  );
  if (typed === '') return choice({}, `No keys for Bedrock: ${NO_FAILOVER}.`);
  const typedSecret = await askInSecret('  AWS_SECRET_ACCESS_KEY (it is not shown): ', stop);
  if (typedSecret === '') throw new CliError('Nothing was typed for AWS_SECRET_ACCESS_KEY.');
  return choice(
    { id: typed, secret: typedSecret, region: await regionOf(region, known, stop) },
    'Bedrock: by the access key given',
  );
}

const saysOf = (known: Secrets): string =>
  known[VARIABLES.bearer]
    ? 'Bedrock: by its API key'
    : known[VARIABLES.id]
      ? 'Bedrock: by its access key'
      : known[VARIABLES.instance]
        ? "Bedrock: by this instance's role"
        : `No keys for Bedrock: ${NO_FAILOVER}.`;

const REGION = /^[a-z]{2,}(-[a-z]+)+-\d{1,2}$/;

async function regionOf(given: string | undefined, known: Secrets, stop: AbortSignal): Promise<string> {
  const region =
    given ||
    known[VARIABLES.region] ||
    (canAsk() ? await askAloud('  AWS_REGION of Bedrock, such as us-east-1: ', stop) : '');
  if (REGION.test(region)) return region;
  throw new CliError(
    region === ''
      ? 'There are keys for Bedrock and no region: set AWS_REGION, such as us-east-1.'
      : `AWS_REGION must be a region of AWS such as us-east-1, got "${region.slice(0, 100)}".`,
  );
}
