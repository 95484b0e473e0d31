import type { Construct } from 'constructs';
import { validateProps, type Rule } from '../common/validation';
import type { SecretChecks } from './secret-variable';

/**
 * How people sign in to the dashboard beside administrators' keys: docs/dashboard-sign-in.md.
 *
 * @example
 * { clientId: 'ai-dashboard', accessUrl: 'https://ai.example.com', issuerUrl: 'https://id.example.com', adminGroups: ['ai-admins'] }
 */
export interface DashboardSignInProps {
  /** The dashboard's client at the provider; its secret is the variable `gateway_oidc_client_secret`. */
  readonly clientId: string;
  /** Where browsers reach the dashboard, such as `https://ai.example.com`: what leads to the admin port. */
  readonly accessUrl: string;
  /** As the provider writes it in its tokens. @default - the one by which people sign in to the platform's Coder */
  readonly issuerUrl?: string;
  /** Groups whose people administer, exactly as the provider writes them. @default - none */
  readonly adminGroups?: readonly string[];
  /** Groups whose people may look at everything and change nothing. @default - none */
  readonly viewerGroups?: readonly string[];
  /** Claim with a person's groups. @default 'groups' */
  readonly groupsClaim?: string;
  /** Claim with the name that the audit trail gives a person. @default 'preferred_username' */
  readonly nameClaim?: string;
  /** @default - openid, profile, email and groups, as far as the provider lists them */
  readonly scopes?: readonly string[];
}

export interface DashboardSignIn {
  readonly signIn: DashboardSignInProps | undefined;
  /** By which people sign in to Coder. */
  readonly coderIssuerUrl: string | undefined;
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
const issuerOf = ({ signIn, coderIssuerUrl }: DashboardSignIn): string | undefined =>
  signIn?.issuerUrl ?? coderIssuerUrl;

/** Whether it is https, or this host. */
function isPrivate(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.includes(hostname));
}

const RULES: readonly Rule<DashboardSignIn & { readonly signIn: DashboardSignInProps }>[] = [
  {
    prop: 'gateway.signIn.issuerUrl',
    holds: (props) => issuerOf(props) !== undefined,
    message: () =>
      'must be given, got none: there is no Coder of the platform by whose provider people sign in, whose issuer it would be',
  },
  {
    prop: 'gateway.signIn.issuerUrl',
    holds: (props) => isPrivate(issuerOf(props) ?? 'https://id.invalid'),
    message: (props) => `must start with https://, got "${issuerOf(props)?.slice(0, 200)}"`,
  },
  {
    prop: 'gateway.signIn.accessUrl',
    holds: ({ signIn: { accessUrl } }) =>
      isPrivate(accessUrl) && new URL(accessUrl).href === `${new URL(accessUrl).origin}/`,
    message: ({ signIn: { accessUrl } }) =>
      `must be where browsers reach the dashboard, such as "https://ai.example.com", without a path, got "${accessUrl.slice(0, 200)}"`,
  },
  {
    prop: 'gateway.signIn.adminGroups',
    holds: ({ signIn: { adminGroups = [], viewerGroups = [] } }) =>
      adminGroups.length + viewerGroups.length > 0,
    message: () => 'or viewerGroups must name a group, got none: nobody gets in without one',
  },
];

export function checkDashboardSignIn(scope: Construct, props: DashboardSignIn): void {
  const { signIn } = props;
  if (signIn !== undefined) validateProps(scope, undefined, { ...props, signIn }, RULES);
}

/** Settings of the gateway that are no secret. */
export function dashboardSignInSettings(props: DashboardSignIn): Record<string, string> {
  const { signIn } = props;
  if (signIn === undefined) return {};
  const { adminGroups = [], viewerGroups = [], groupsClaim, nameClaim, scopes } = signIn;
  return {
    GATEWAY_OIDC_ISSUER_URL: issuerOf(props) ?? '',
    GATEWAY_OIDC_CLIENT_ID: signIn.clientId,
    GATEWAY_OIDC_ACCESS_URL: signIn.accessUrl,
    // As lists: the names of a directory hold commas.
    ...(adminGroups.length > 0 && { GATEWAY_OIDC_ADMIN_GROUPS: JSON.stringify(adminGroups) }),
    ...(viewerGroups.length > 0 && { GATEWAY_OIDC_VIEWER_GROUPS: JSON.stringify(viewerGroups) }),
    ...(groupsClaim !== undefined && { GATEWAY_OIDC_GROUPS_CLAIM: groupsClaim }),
    ...(nameClaim !== undefined && { GATEWAY_OIDC_NAME_CLAIM: nameClaim }),
    ...(scopes !== undefined && { GATEWAY_OIDC_SCOPES: scopes.join(' ') }),
  };
}

/** @returns plain references by the gateway's variable they are for */
export function dashboardSignInSecrets(
  signIn: DashboardSignInProps | undefined,
  secrets: SecretChecks,
): Record<string, string> {
  if (signIn === undefined) return {};
  return {
    GATEWAY_OIDC_CLIENT_SECRET: secrets.variable('gateway_oidc_client_secret', {
      description: "Secret of the dashboard's client at the OpenID Connect provider.",
      rules: [{ holds: 'length(trimspace(value)) >= 8', must: 'be given' }],
    }),
  };
}
