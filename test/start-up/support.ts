import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import {
  PushedTemplate,
  startGateway,
  type RunningGateway,
  type StartBuildOptions,
} from '../harness/platform';
import { renderGatewayDocument } from '../../src/gateway-document';
import { noonPolicy as policy } from '../gateway/support/calendar';
import { ThrowAwayWorkspace } from '../harness/throw-away-workspace';
import { startAnthropicStandin } from '../standins/anthropic';
import { lastingCatalog as catalog } from '../gateway/support/lasting-catalog';

type Standin = Awaited<ReturnType<typeof startAnthropicStandin>>;

/** The policy, but for the tokens a minute: tests spend at once what people spend in a day. */
function unhurriedDocument(): string {
  const workspace = { ...policy.scopes.workspace, tpmLimit: 1_000_000_000 };
  const owner = { ...policy.owner, tpmLimit: 1_000_000_000 };
  const scopes = { ...policy.scopes, workspace };
  return JSON.stringify(renderGatewayDocument(catalog, { ...policy, scopes, owner }));
}

/** Gateway, stand-in and folders of one test file. */
export class Platform {
  private readonly folders: string[] = [];
  /** By what goes into them, so that a file of many scenarios pushes each once. */
  private readonly templates = new Map<string, Promise<PushedTemplate>>();
  private homes = 0;

  private constructor(
    readonly gateway: RunningGateway,
    readonly standin: Standin,
    private readonly own: string,
  ) {}

  static async start(): Promise<Platform> {
    // The store's own account must be able to pass through its folder, and nobody but us through the other.
    const store = mkdtempSync(join(tmpdir(), 'start-up-store-'));
    chmodSync(store, 0o711);
    const own = mkdtempSync(join(tmpdir(), 'start-up-'));
    const standin = await startAnthropicStandin();
    const document = join(own, 'gateway.json');
    writeFileSync(document, unhurriedDocument());
    const gateway = await startGateway({
      environment: { GATEWAY_CONFIG: document },
      dataDir: join(store, 'gateway'),
      provider: { ANTHROPIC_API_KEY: standin.apiKey, ANTHROPIC_BASE_URL: standin.url },
    });
    const platform = new Platform(gateway, standin, own);
    platform.folders.push(store, own);
    return platform;
  }

  /** A workspace after Terraform, before its first script: an empty home. */
  async workspace(
    options: Partial<StartBuildOptions> = {},
    home = this.newHome(),
  ): Promise<ThrowAwayWorkspace> {
    const { gateway = this.gateway, props } = options;
    // Props may hold objects that say nothing about themselves as text.
    const name = props === undefined ? `${gateway.url} ${gateway.claimSecret}` : `of ${home}`;
    const outdir = join(this.own, `template-${this.templates.size + 1}`);
    const template =
      this.templates.get(name) ?? PushedTemplate.push({ outdir, gateway, ...(props && { props }) });
    this.templates.set(name, template);
    return new ThrowAwayWorkspace(home, await (await template).planStart(options));
  }

  newHome(): string {
    const home = join(this.own, `home-${(this.homes += 1)}`);
    mkdirSync(home, { mode: 0o700 });
    return home;
  }

  async stop(): Promise<void> {
    await this.gateway.stop();
    await this.standin.close();
    for (const folder of this.folders) rmSync(folder, { recursive: true, force: true });
  }
}

/** Every file of a home: text and mode by relative path. */
export function filesOf(home: string): Record<string, { text: string; mode: string }> {
  return Object.fromEntries(
    readdirSync(home, { recursive: true, encoding: 'utf8' })
      .map((path) => join(home, path))
      .filter((path) => statSync(path).isFile())
      .sort()
      .map((path) => [
        relative(home, path),
        { text: readFileSync(path, 'utf8'), mode: (statSync(path).mode & 0o777).toString(8) },
      ]),
  );
}
