import { made } from '../common/made-values';
import type { SecretChecks } from './secret-variable';

/**
 * @example
 * CoderSignIn.oidc({ issuerUrl: 'https://id.example.com', clientId: 'coder', emailDomains: ['example.com'] });
 */
export interface OidcSignInProps {
  /** As the provider writes it in its tokens. */
  readonly issuerUrl: string;
  readonly clientId: string;
  /** Only addresses of these domains may sign in. @default - any that the provider knows */
  readonly emailDomains?: readonly string[];
  /** Whether who signs in for the first time gets an account. @default true */
  readonly allowSignups?: boolean;
  /** @default - openid, profile, email */
  readonly scopes?: readonly string[];
  /** Claim that becomes the user's name. @default 'preferred_username' */
  readonly usernameField?: string;
  /** What the button says. @default - Coder's own words */
  readonly buttonText?: string;
  /** Whether people can sign in with a password of Coder's too; owners always can. @default false */
  readonly allowPasswords?: boolean;
}

/** How people sign in to Coder. */
export class CoderSignIn {
  /** By user name and password. */
  static passwords(): CoderSignIn {
    return made(new CoderSignIn(undefined), 'CoderSignIn', 'passwords');
  }

  /** By an OpenID Connect provider; the client's secret is the variable `coder_oidc_client_secret`. */
  static oidc(props: OidcSignInProps): CoderSignIn {
    return made(new CoderSignIn(props), 'CoderSignIn', 'oidc', props);
  }

  private constructor(readonly oidc: OidcSignInProps | undefined) {}

  /** Variables of the server that are no secret. */
  get environment(): Record<string, string> {
    if (this.oidc === undefined) return {};
    const { issuerUrl, clientId, emailDomains, scopes, usernameField, buttonText } = this.oidc;
    return {
      CODER_OIDC_ISSUER_URL: issuerUrl,
      CODER_OIDC_CLIENT_ID: clientId,
      CODER_OIDC_ALLOW_SIGNUPS: String(this.oidc.allowSignups ?? true),
      CODER_DISABLE_PASSWORD_AUTH: String(!(this.oidc.allowPasswords ?? false)),
      ...(emailDomains && { CODER_OIDC_EMAIL_DOMAIN: emailDomains.join(',') }),
      ...(scopes && { CODER_OIDC_SCOPES: scopes.join(',') }),
      ...(usernameField && { CODER_OIDC_USERNAME_FIELD: usernameField }),
      ...(buttonText && { CODER_OIDC_SIGN_IN_TEXT: buttonText }),
    };
  }

  /** @returns plain references by the server's variable they are for */
  secretsFrom(secrets: SecretChecks): Record<string, string> {
    if (this.oidc === undefined) return {};
    return {
      CODER_OIDC_CLIENT_SECRET: secrets.variable('coder_oidc_client_secret', {
        description: "Secret of Coder's client at the OpenID Connect provider.",
        rules: [{ holds: 'length(trimspace(value)) >= 8', must: 'be given' }],
      }),
    };
  }
}
