/**
 * Serves the coder and docker providers until standard input closes.
 *
 * Without arguments: one line of output, the value of TF_REATTACH_PROVIDERS; the environment of this process is what
 * the providers see, and TEST_REPLAY_SEED makes the UUIDs they hand out repeatable.
 *
 * With --sessions: every input line `{"id": 1, "env": {…}}` opens providers that see exactly that environment and is
 * answered by `{"id": 1, "reattach": {…}}`; `{"id": 1, "close": true}` closes them. One process then serves many
 * Terraform commands, each with an environment of its own. It ends when nobody has used it for a while.
 */
import { createInterface } from 'node:readline';
import { coderProvider } from './coder/index';
import { dockerProvider } from './docker/index';
import type { Environment } from './plan';
import { serve, type Served } from './server';
import { ProviderService } from './service';

/** A line of input in --sessions mode. */
export interface SessionRequest {
  readonly id: number;
  readonly env?: Environment;
  readonly close?: true;
}

const IDLE_MS = 15_000;

const providers = [coderProvider(), dockerProvider()];

function open(env: Environment): Promise<Served> {
  const seed = env['TEST_REPLAY_SEED'] || undefined;
  return serve(new Map(providers.map((one) => [one.address, new ProviderService(one, env, seed)])));
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

async function main(args: readonly string[]): Promise<void> {
  const lines = createInterface({ input: process.stdin });
  // Whoever started us holds the other end; when it goes away for any reason, so do we.
  lines.on('close', () => process.exit(0));
  if (!args.includes('--sessions')) {
    print((await open(process.env)).reattach);
    return;
  }
  const sessions = new Map<number, Served>();
  const idle = setTimeout(() => {
    if (sessions.size === 0) process.exit(0);
    idle.refresh();
  }, IDLE_MS);
  lines.on('line', (line) => {
    idle.refresh();
    const { id, env, close } = JSON.parse(line) as SessionRequest;
    if (close) {
      sessions.get(id)?.close();
      sessions.delete(id);
      return;
    }
    open(env ?? {}).then((served) => {
      sessions.set(id, served);
      print({ id, reattach: served.reattach });
    }, fail);
  });
}

function fail(error: unknown): void {
  process.stderr.write(`replay provider: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

main(process.argv.slice(2)).catch(fail);
