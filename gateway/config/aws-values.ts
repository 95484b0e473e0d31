/** Reads the values of AWS's own variables; a message completes "NAME …". */

export function parseRegion(value: string): string {
  // It becomes part of a host name.
  if (!/^[a-z]{2,}(-[a-z]+)+-\d{1,2}$/.test(value))
    throw new Error(`must be the name of an AWS region, for example us-east-1, not "${value}"`);
  return value;
}

export function parseCredentialsPath(value: string): string {
  if (!/^\/[\x21-\x7e]*$/.test(value)) throw new Error('must be a path that starts with /');
  return value;
}

/** Hosts that may be asked in the clear, since they are the machine itself: those of AWS's own clients. */
const CREDENTIAL_HOSTS =
  /^(localhost|127(\.\d{1,3}){3}|\[::1\]|169\.254\.170\.2|169\.254\.170\.23|\[fd00:ec2::23\])$/;

export function parseCredentialsUrl(value: string): string {
  const parsed = URL.canParse(value) ? new URL(value) : undefined;
  const isPrivate = parsed?.protocol === 'http:' && CREDENTIAL_HOSTS.test(parsed.hostname);
  if (parsed?.protocol !== 'https:' && !isPrivate)
    throw new Error(
      'must be an https URL, or an http one of this machine or of the credential service of ECS or EKS',
    );
  return value;
}
