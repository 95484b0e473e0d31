/** Several gateways on one real Postgres that wants a password, with their secrets in a file, and people at work. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from 'pg';
import { passwordOf } from '../../gateway/config/database-url';
import { materialOf } from '../../gateway/keys/key-derivation';
import { printOf, slowPrintOf } from '../../gateway/secrets/secret-print';
import { newSecret, readSecrets, writeSecrets, type Secrets } from '../../platform/secrets';
import { changePassword, withNewPassword } from '../../rotation/database-password';
import type { Phase, Rotated } from '../../rotation/rotated-secrets';
import type { ShownSecrets } from '../../rotation/shown-secrets';
import type { Entries, Site } from '../../rotation/site';
import { startAnthropicStandin, type AnthropicStandin } from '../standins/anthropic';
import { makeClaim, signClaim } from '../gateway/support/claims';
import { startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { startPasswordStore, type PasswordStore } from './password-store';

/** Entries of the file, and the gateway's variables. */
const ENTRIES: Readonly<Record<Rotated, { entry: string; variable: string }>> = {
  master: { entry: 'gateway_master_key', variable: 'GATEWAY_MASTER_KEY' },
  claim: { entry: 'workspace_claim_secret', variable: 'WORKSPACE_CLAIM_SECRET' },
  key: { entry: 'gateway_key_secret', variable: 'GATEWAY_KEY_SECRET' },
  database: { entry: 'gateway_database_url', variable: 'DATABASE_URL' },
};

const REPLICAS = 2;

/** Thrown where a test kills what changes a secret. */
export class Killed extends Error {}

export class Fleet implements Site {
  readonly keySecret = ENTRIES.key.entry;
  readonly folder = mkdtempSync(join(tmpdir(), 'rotation-'));
  /** What the template signs with. */
  templateSecret = '';
  /** Log lines of all gateways there were. */
  readonly logs: string[] = [];
  /** What is done until the next kill. @default - no kill */
  patience = Infinity;
  private readonly gateways: TestGateway[] = [];
  private readonly underWay = new Map<TestGateway, Set<Promise<unknown>>>();

  private constructor(
    private readonly postgres: PasswordStore,
    readonly standin: AnthropicStandin,
  ) {}

  static async start(): Promise<Fleet> {
    const postgres = await startPasswordStore();
    const fleet = new Fleet(postgres, await startAnthropicStandin());
    fleet.write({
      gateway_master_key: newSecret('gateway_master_key'),
      workspace_claim_secret: newSecret(''),
      gateway_database_url: postgres.url,
    });
    fleet.templateSecret = fleet.read()['workspace_claim_secret'] ?? '';
    await fleet.roll();
    return fleet;
  }

  get superuser(): Client {
    return this.postgres.superuser;
  }

  private get file(): string {
    return join(this.folder, 'secrets.json');
  }

  /** As a person sets a variable of every gateway; empty: takes it out. */
  set(variable: string, value: string): void {
    const found = Object.values(ENTRIES).find((each) => variable.startsWith(each.variable));
    if (found === undefined) throw new Error(`nobody knows ${variable}`);
    this.write({
      ...this.read(),
      [`${found.entry}${variable.slice(found.variable.length).toLowerCase()}`]: value,
    });
  }

  get(variable: string): string {
    return this.environment()[variable] ?? '';
  }

  private did(): void {
    this.patience -= 1;
    if (this.patience < 0) throw new Killed();
  }

  read(): Secrets {
    return readSecrets(this.file) ?? {};
  }

  write(secrets: Secrets): void {
    this.did();
    writeSecrets(this.file, secrets);
    this.did();
  }

  entriesOf(name: Rotated): Entries {
    const { entry } = ENTRIES[name];
    return { current: entry, beside: `${entry}_previous` };
  }

  printOf(name: Rotated, value: string): Promise<string> {
    return name === 'database'
      ? slowPrintOf(name, passwordOf(value))
      : Promise.resolve(printOf(name, name === 'key' ? materialOf(value) : value));
  }

  newValue(name: Rotated, former: string): string {
    return name === 'database' ? withNewPassword(former) : newSecret(ENTRIES[name].entry);
  }

  async roll(): Promise<void> {
    for (let at = 0; at < REPLICAS; at += 1) {
      const successor = await startTestGateway({
        store: this.postgres.store,
        standin: this.standin,
        env: { ...this.environment(), LITELLM_DEFAULT_RPM: '1000000' },
      });
      const [old] = this.gateways.splice(at, 1, successor);
      if (old !== undefined) await this.end(old);
      this.did();
    }
  }

  private async end(gateway: TestGateway): Promise<void> {
    await Promise.allSettled([...(this.underWay.get(gateway) ?? [])]);
    await gateway.close();
    this.logs.push(...gateway.logs);
  }

  private environment(): Record<string, string> {
    const secrets = this.read();
    return Object.fromEntries(
      Object.values(ENTRIES).flatMap(({ entry, variable }) => [
        [variable, secrets[entry] ?? ''],
        [`${variable}_PREVIOUS`, secrets[`${entry}_previous`] ?? ''],
      ]),
    );
  }

  async before(name: Rotated, phase: Phase): Promise<void> {
    if (name !== 'database' || phase !== 'switch') return;
    const { gateway_database_url: former = '', gateway_database_url_previous: next = '' } = this.read();
    await changePassword(former, next);
    this.did();
  }

  after(name: Rotated, phase: Phase): Promise<void> {
    if (name === 'claim' && phase === 'switch')
      this.templateSecret = this.read()['workspace_claim_secret'] ?? '';
    this.did();
    return Promise.resolve();
  }

  async shown(): Promise<ShownSecrets> {
    for (const key of this.masterKeys()) {
      const answer = await this.any((gateway) => gateway.request(`${gateway.adminUrl}/secrets`, { key }));
      if (answer.status === 200) return JSON.parse(answer.text) as ShownSecrets;
    }
    throw new Error('no master key is taken');
  }

  masterKeys(): string[] {
    const { gateway_master_key: current = '', gateway_master_key_previous: beside = '' } = this.read();
    return [current, beside].filter((key) => key !== '');
  }

  /** Asks one of those that answer just now; it is not ended before it has answered, as a name's holder is not. */
  async any<T>(ask: (gateway: TestGateway) => Promise<T>): Promise<T> {
    const gateway = this.gateways[Math.floor(Math.random() * this.gateways.length)];
    if (gateway === undefined) throw new Error('no gateway runs');
    const asking = ask(gateway);
    const underWay = this.underWay.get(gateway) ?? new Set();
    this.underWay.set(gateway, underWay.add(asking));
    return asking.finally(() => underWay.delete(asking));
  }

  /** Every gateway that answers just now. */
  get all(): readonly TestGateway[] {
    return this.gateways;
  }

  /** A workspace's start. */
  claim(workspace: number): Promise<{ status: number; text: string; json: { key: string } }> {
    const claim = makeClaim({
      workspace: { id: `5b1c7d0e-0000-4000-8000-00000000000${workspace}`, name: `w${workspace}` },
      owner: { id: `7f3a0000-0000-4000-8000-00000000000${workspace}`, name: `p${workspace}`, groups: [] },
      issued_at: new Date().toISOString(),
    });
    const key = signClaim(claim, this.templateSecret);
    return this.any((gateway) => gateway.request('/api/v1/keys/workspace', { key, body: {} }));
  }

  async close(): Promise<void> {
    for (const gateway of this.gateways.splice(0)) await this.end(gateway);
    await this.standin.close();
    await this.postgres.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Each of another person's. */
export const WORKSPACES = [1, 2, 3, 4, 5, 6];
/** What the policy lets a person ask in a minute is not used up by it. */
const PAUSE_MS = 350;

/** People and administrators at work, all the while; what goes wrong for any of them is kept. */
export class Load {
  readonly lost: string[] = [];
  calls = 0;
  private isOver = false;
  private readonly workers: Promise<void>[];

  constructor(private readonly fleet: Fleet) {
    this.workers = WORKSPACES.map((worker) => this.work(worker));
  }

  private async work(worker: number): Promise<void> {
    let key = '';
    for (let turn = 0; !this.isOver; turn += 1) {
      try {
        // Not so often that a loop is suspected.
        if (turn % 8 === 0) {
          const started = await this.fleet.claim(worker);
          if (started.status !== 200) this.lost.push(`start: ${started.text}`);
          else key = started.json.key;
        }
        const answer = await this.fleet.any((gateway) =>
          gateway.chat(key, { model: 'claude-haiku', messages: [{ role: 'user', content: 'hi' }] }),
        );
        if (answer.status !== 200) this.lost.push(`call: ${answer.text}`);
        await this.administrate();
        this.calls += 1;
      } catch (fault) {
        this.lost.push(String((fault as Error).cause ?? fault));
      }
      await new Promise((done) => setTimeout(done, PAUSE_MS));
    }
  }

  /** With whichever of the two keys an administrator has. */
  private administrate(): Promise<void> {
    return this.fleet.any(async (gateway) => {
      const answers: number[] = [];
      for (const key of this.fleet.masterKeys()) {
        const { status } = await gateway.request(`${gateway.adminUrl}/admin/key/list`, { key });
        if (status === 200) return;
        answers.push(status);
      }
      this.lost.push(`administration: ${answers.join(', ')}`);
    });
  }

  async end(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.workers);
  }
}
