import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AiPlatformProps } from '../../constructs/platform/ai-platform';
import { catalog } from '../../src/catalog';
import { platformPolicy } from '../../src/platform-policy';
import { AiPlatformStack } from '../../src/stacks/ai-platform';
import { synthesize } from '../../src/synthesize';
import { expectOk, Terraform } from '../harness/terraform';

/** A secret of each kind, all different, none of them anybody's. */
export const SECRETS: Readonly<Record<string, string>> = {
  postgres_password: 'postgres-secret-of-more-than-32-characters',
  gateway_database_password: 'gateway-database-"secret"/of more than 32 characters',
  coder_database_password: 'coder-database-secret-of-more-than-32-characters',
  gateway_master_key: 'sk-0123456789abcdef0123456789abcdef0123',
  workspace_claim_secret: 'claim-secret-of-more-than-32-characters-123',
  anthropic_api_key: 'sk-ant-api-key-of-the-tests',
  coder_token: 'coder-token-of-the-tests',
};

/** Of alerts, a Langfuse of the site's and a collector. */
export const OUTLET_SECRETS: Readonly<Record<string, string>> = {
  alert_webhook_url: 'https://hooks.example.com/services/T0/B0/secret-of-the-webhook',
  alert_webhook_secret: 'signature-of-more-than-32-characters-1234',
  alert_smtp_url: 'smtps://ai:password-of-the-mail@mail.example.com:465',
  alert_channels: '{"chat":{"kind":"slack","url":"https://hooks.example.com/another-secret"}}',
  site_langfuse_public_key: 'pk-lf-of-the-site',
  site_langfuse_secret_key: 'sk-lf-of-the-site-secret',
  collector_credential: 'Bearer a$b: "quoted" #no comment',
};

const file = (name: string): string => join(__dirname, 'files', name);

/** What the gateway needs to speak TLS. */
export const GATEWAY_TLS_FILES: Readonly<Record<string, string>> = {
  gateway_tls_certificate_file: file('certificate.txt'),
  gateway_tls_key_file: file('key.txt'),
  tls_authority_file: file('authority.txt'),
};

export const TLS_FILES: Readonly<Record<string, string>> = {
  tls_certificate_file: file('certificate.txt'),
  tls_key_file: file('key.txt'),
  ...GATEWAY_TLS_FILES,
};

/** The platform in a folder of its own, ready to be planned. */
export class PlatformUnderTest {
  private constructor(
    private readonly folder: string,
    readonly terraform: Terraform,
  ) {}

  static async synthesize(props: Partial<AiPlatformProps> = {}): Promise<PlatformUnderTest> {
    const folder = mkdtempSync(join(tmpdir(), 'platform-'));
    const { policy: chosen = platformPolicy, catalog: given = catalog } = props;
    synthesize({ catalog: given, policy: chosen, outdir: folder }, (app) => {
      new AiPlatformStack(app, 'ai-platform', props);
    });
    const terraform = new Terraform(join(folder, 'stacks', 'ai-platform'));
    expectOk(await terraform.init());
    return new PlatformUnderTest(folder, terraform);
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
