/** The platform that `up` made: secrets in its file, gateways replaced one at a time as an upgrade does it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { TRUSTED } from '../certificates/file-names';
import { passwordOf } from '../gateway/config/database-url';
import { materialOf } from '../gateway/keys/key-derivation';
import { printOf, slowPrintOf } from '../gateway/secrets/secret-print';
import { APPLY } from '../platform/build-steps';
import { TEMPLATE } from '../platform/coder-steps';
import { newSecret, readSecrets, writeSecrets, type Secrets } from '../platform/secrets';
import type { UpContext } from '../platform/up-context';
import { CliError } from '../terminal/fault';
import { changePassword, withNewPassword } from './database-password';
import type { Phase, Rotated } from './rotated-secrets';
import type { ShownSecrets } from './shown-secrets';
import type { Entries, Site } from './site';

/** Entries of the file, which are variables of the stack. */
const ENTRIES: Readonly<Record<Exclude<Rotated, 'database'>, string>> = {
  master: 'gateway_master_key',
  claim: 'workspace_claim_secret',
  key: 'gateway_key_secret',
};

const PATIENCE_MS = 30_000;
const LONGEST_ANSWER = 4 * 1024 * 1024;

export class PlatformSite implements Site {
  readonly keySecret = ENTRIES.key;

  constructor(private readonly context: UpContext) {}

  read(): Secrets {
    const { path, secrets } = this.context.folder;
    const known = readSecrets(secrets);
    if (known === undefined)
      throw new CliError(`There are no secrets in ${path}: "contractor-workspace up" makes them.`);
    return known;
  }

  write(secrets: Secrets): void {
    writeSecrets(this.context.folder.secrets, secrets);
    this.context.secrets = secrets;
  }

  entriesOf(name: Rotated): Entries {
    const current =
      name !== 'database'
        ? ENTRIES[name]
        : this.context.outline.ownsDatabase
          ? 'gateway_database_password'
          : 'gateway_database_url';
    return { current, beside: `${current}_previous` };
  }

  printOf(name: Rotated, value: string): Promise<string> {
    if (name !== 'database')
      return Promise.resolve(printOf(name, name === 'key' ? materialOf(value) : value));
    const { ownsDatabase } = this.context.outline;
    const url = ownsDatabase
      ? `postgresql://gateway:${encodeURIComponent(value)}@postgres:5432/gateway`
      : value;
    return slowPrintOf('database', passwordOf(url));
  }

  newValue(name: Rotated, former: string): string {
    return name === 'database' && !this.context.outline.ownsDatabase
      ? withNewPassword(former)
      : newSecret(this.entriesOf(name).current);
  }

  async roll(stop: AbortSignal): Promise<string | void> {
    this.context.secrets = this.read();
    return APPLY.run(this.context, stop);
  }

  /** The platform's own Postgres is told by the stack, before its gateways. */
  async before(name: Rotated, phase: Phase): Promise<string | void> {
    if (name !== 'database' || phase !== 'switch' || this.context.outline.ownsDatabase) return;
    const secrets = this.read();
    const { current, beside } = this.entriesOf(name);
    return changePassword(secrets[current] ?? '', secrets[beside] ?? '');
  }

  async after(name: Rotated, phase: Phase, stop: AbortSignal): Promise<string | void> {
    if (name !== 'claim' || phase !== 'switch') return;
    const { outline, declared, folder } = this.context;
    if (outline.coder.isOwn) {
      const pushed = await TEMPLATE.run(this.context, stop);
      this.context.say(
        '  Workspaces sign with it once they are updated to this version of the template, and started.',
      );
      return pushed;
    }
    this.context.say(
      `  Push the template to your Coder, with the variable workspace_claim_secret of ${folder.secrets}:`,
    );
    this.context.say(
      `    coder templates push ${declared.template.name} -d ${declared.template.folder} --variables-file variables.yaml`,
    );
  }

  async shown(stop: AbortSignal): Promise<ShownSecrets> {
    const secrets = this.read();
    const { current, beside } = this.entriesOf('master');
    // Between two phases one of them may be unknown still.
    for (const key of [secrets[current], secrets[beside]]) {
      if (key === undefined || key === '') continue;
      const answer = await this.ask(key, stop);
      if (answer !== undefined) return answer;
    }
    throw new CliError(
      `The gateway does not take the master key of ${this.context.folder.secrets}: put back the file that was there.`,
    );
  }

  /** @returns nothing when it does not take the key */
  private async ask(key: string, stop: AbortSignal): Promise<ShownSecrets | undefined> {
    const { scheme, adminAddress, adminPort } = this.context.outline.gateway;
    const trusted = join(this.context.folder.certificates, TRUSTED);
    const host = ['0.0.0.0', '::'].includes(adminAddress) ? '127.0.0.1' : adminAddress;
    const origin = `${scheme}://${host}:${adminPort}`;
    const agent = new Agent({
      connect: {
        ...(existsSync(trusted) && { ca: readFileSync(trusted) }),
        servername: 'ai-gateway-admin',
      },
    });
    try {
      const { statusCode, headers, body } = await request(`${origin}/secrets`, {
        dispatcher: agent,
        headers: { authorization: `Bearer ${key}`, 'user-agent': 'contractor-workspace' },
        signal: AbortSignal.any([stop, AbortSignal.timeout(PATIENCE_MS)]),
      });
      if (statusCode === 401) return void (await body.dump());
      if (statusCode !== 200 || Number(headers['content-length'] ?? 0) > LONGEST_ANSWER) {
        await body.dump();
        throw new CliError(
          statusCode === 404
            ? 'The gateway that runs is too old to say which secrets it holds: "contractor-workspace upgrade" puts a newer one in its place.'
            : `The gateway answers ${statusCode} when it is asked for its secrets.`,
        );
      }
      return (await body.json()) as ShownSecrets;
    } catch (fault) {
      stop.throwIfAborted();
      if (fault instanceof CliError) throw fault;
      const { code, message } = fault as NodeJS.ErrnoException;
      throw new CliError(`The admin listener is not reached at ${origin} (${code ?? message}).`);
    } finally {
      await agent.close().catch(() => {});
    }
  }
}
