import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import type { ContractorWorkspaceProps } from '../../constructs/workspace/contractor-workspace';
import { catalog } from '../../src/catalog';
import { policy } from '../../src/policy';
import { ContractorWorkspaceStack } from '../../src/stacks/contractor-workspace';
import { synthesize } from '../../src/synthesize';
import { Child } from './child';
import { StartBuild } from './start-build';
import { expectOk, Terraform, workspaceEnv } from './terraform';

const ROOT = resolve(__dirname, '..', '..');
const TEMPLATE = 'contractor-workspace';

/** A secret for one run. */
export const makeSecret = (): string => randomBytes(32).toString('hex');

/** A gateway of ours in a process of its own. */
export interface RunningGateway {
  /** Data listener. */
  readonly url: string;
  readonly adminUrl: string;
  readonly claimSecret: string;
  stop(): Promise<void>;
}

export interface GatewayOptions {
  /** Of the embedded store. As root, every user must be able to pass its parents. */
  readonly dataDir: string;
  /** The provider's variables: ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL. */
  readonly provider: NodeJS.ProcessEnv;
  /** More variables. @default - none */
  readonly environment?: NodeJS.ProcessEnv;
  /** @default - a new one */
  readonly claimSecret?: string;
}

/** Starts the gateway on free ports with secrets of its own; settings of this machine's environment stay out. */
export async function startGateway(options: GatewayOptions): Promise<RunningGateway> {
  const claimSecret = options.claimSecret ?? makeSecret();
  const [child, { url, adminUrl }] = await Child.start(
    join(ROOT, 'bin/start.cjs'),
    ['gateway'],
    {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      TMPDIR: process.env.TMPDIR,
      ...options.provider,
      GATEWAY_PORT: '0',
      GATEWAY_ADMIN_PORT: '0',
      GATEWAY_MASTER_KEY: `sk-${makeSecret()}`,
      GATEWAY_DATA_DIR: options.dataDir,
      WORKSPACE_CLAIM_SECRET: claimSecret,
      ...options.environment,
    },
    (line) =>
      line.msg === 'listening' && typeof line.data_url === 'string'
        ? { url: line.data_url, adminUrl: String(line.admin_url) }
        : undefined,
  );
  return { url, adminUrl, claimSecret, stop: () => child.stop() };
}

/** Milliseconds for the store to take what calls cost. */
const SETTLED_LIMIT_MS = 60_000;

/**
 * What a key says of itself once all its calls are booked, which is a moment after their answers.
 *
 * @throws when calls are still under way after a minute
 */
export async function settledAccount<Info extends object>(url: string, key: string): Promise<Info> {
  const end = Date.now() + SETTLED_LIMIT_MS;
  for (;;) {
    const answer = await request(`${url}/api/v1/keys/info`, { headers: { authorization: `Bearer ${key}` } });
    const info = (await answer.body.json()) as Info & { readonly reserved?: number };
    if (info.reserved === 0) return info;
    if (Date.now() > end) throw new Error(`the account has not come to rest: ${JSON.stringify(info)}`);
    await delay(50);
  }
}

export interface TemplateOptions {
  /** Folder for the synthesized template. */
  readonly outdir: string;
  readonly gateway: Pick<RunningGateway, 'url' | 'claimSecret'>;
  /** Props of the stack. @default - the project's own, with the gateway's address allowed */
  readonly props?: Partial<ContractorWorkspaceProps>;
}

export interface BuildOptions {
  /** What the developer chose. @default - nothing */
  readonly parameters?: Readonly<Record<string, string>>;
  /** More of Coder's environment. @default - none */
  readonly workspace?: Partial<Parameters<typeof workspaceEnv>[0]>;
}

export type StartBuildOptions = TemplateOptions & BuildOptions;

/** A template as it was pushed, of which any number of builds can be planned. */
export class PushedTemplate {
  private constructor(
    private readonly terraform: Terraform,
    private readonly claimSecret: string,
  ) {}

  /** Synthesizes the template with the gateway's address allowed and readies it for real Terraform. */
  static async push({ outdir, gateway, props }: TemplateOptions): Promise<PushedTemplate> {
    synthesize({ catalog, policy, outdir }, (app) => {
      new ContractorWorkspaceStack(app, TEMPLATE, {
        policy: { ...policy, gateways: [gateway.url] },
        ...props,
      });
    });
    const terraform = new Terraform(join(outdir, 'stacks', TEMPLATE));
    expectOk(await terraform.init());
    return new PushedTemplate(terraform, gateway.claimSecret);
  }

  /** Plans a start build of this moment, with a claim of its own. */
  async planStart({ parameters, workspace }: BuildOptions = {}): Promise<StartBuild> {
    const { plan } = expectOk(
      await this.terraform.plan({
        env: workspaceEnv({
          owner: 'ada',
          ownerId: '0f6d6b1e-5c1c-4d3b-9a52-6f1f2f4b7a01',
          workspaceName: 'dev',
          workspaceId: 'c0a8a1f4-2f0b-4f7e-8d0e-5b9b1c2d3e4f',
          templateId: '7f3a2c19-88d1-4b1f-a0e6-2f6f0c6b9d10',
          templateName: TEMPLATE,
          templateVersion: 'v1',
          ...(parameters && { parameters }),
          ...workspace,
        }),
        vars: { workspace_claim_secret: this.claimSecret },
      }),
    );
    return new StartBuild(plan);
  }
}

/** One start build of a template of its own. */
export const planStartBuild = async (options: StartBuildOptions): Promise<StartBuild> =>
  (await PushedTemplate.push(options)).planStart(options);
