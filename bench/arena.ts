/** All processes of the benchmark: the provider's stand-in and, in front of it, what is measured. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes, randomUUID } from 'node:crypto';
import { request } from 'undici';
import { proofOf } from '../gateway/keys/claim';
import { CONNECTIONS, type Case, type Contestant } from './cases';
import { Child } from './child';
import type { Call } from './load';
import { requestBody } from './request-body';

export interface Arena {
  readonly contestants: Readonly<Record<Contestant, { readonly child: Child; readonly url: string }>>;
  /** Sets the stand-in to the case, and says what is asked of each contestant for it. */
  prepare(each: Case): Promise<Call>;
  /** Where the gateway is administered, and by what key. */
  administration(): Promise<{ readonly adminUrl: string; readonly masterKey: string }>;
  /** Rejects when one of the processes ends. */
  readonly failure: Promise<never>;
  close(): Promise<void>;
}

/**
 * @param databaseUrl a Postgres for the gateway; undefined: an embedded one, in a folder that goes away
 * @param prepare what is done with that folder before the gateway starts in it
 */
export async function openArena(
  databaseUrl: string | undefined,
  prepare: (folder: string) => Promise<void> = async () => {},
): Promise<Arena> {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-bench-'));
  // Postgres does not run as root, and its own account must be able to pass.
  await chmod(folder, 0o711);
  const children: Child[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(children.map((child) => child.close()));
    await rm(folder, { recursive: true, force: true });
  };
  const start = async (...[program, args, environment]: Parameters<typeof Child.start>) => {
    const started = await Child.start(program, args, environment);
    children.push(started.child);
    return started;
  };
  try {
    const upstream = await start('upstream-process.ts');
    const claimSecret = randomBytes(32).toString('hex');
    const masterKey = `sk-${randomBytes(32).toString('hex')}`;
    await prepare(folder);
    const gateway = await start('gateway-process.ts', [folder], {
      GATEWAY_MASTER_KEY: masterKey,
      WORKSPACE_CLAIM_SECRET: claimSecret,
      ANTHROPIC_API_KEY: 'sk-ant-bench',
      ANTHROPIC_BASE_URL: upstream.url,
      ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
    });
    const relay = (kind: 'bare' | 'json') => start('relay-process.ts', [kind, upstream.url]);
    const contestants = { bare: await relay('bare'), json: await relay('json'), gateway };
    const keys: string[] = [];
    for (let number = 0; number < CONNECTIONS; number += 1)
      keys.push(await claimKey(gateway.url, claimSecret, number));

    const failure = Promise.race(children.map((child) => child.failure));
    failure.catch(() => {});
    return {
      contestants,
      async prepare(each) {
        await upstream.child.ask('case', each.name);
        return {
          path: each.protocol === 'openai' ? '/v1/chat/completions' : '/v1/messages',
          body: requestBody(each),
          headers: keys.map((key) => ({
            'content-type': 'application/json',
            'user-agent': 'bench/1.0',
            ...(each.protocol === 'openai'
              ? { authorization: `Bearer ${key}` }
              : { 'x-api-key': key, 'anthropic-version': '2023-06-01' }),
          })),
        };
      },
      administration: async () => ({ adminUrl: await gateway.child.ask<string>('admin-url'), masterKey }),
      failure,
      close,
    };
  } catch (fault) {
    await close();
    throw fault;
  }
}

/** The key of a workspace of its own, with an owner of its own, as its start-up script asks for it. */
async function claimKey(gatewayUrl: string, secret: string, number: number): Promise<string> {
  const claim = JSON.stringify({
    v: 1,
    deployment: 'https://coder.example.com',
    workspace: { id: randomUUID(), name: `bench-${number}` },
    owner: { id: randomUUID(), name: `bench-${number}`, groups: [] },
    template: { id: randomUUID(), name: 'contractor-workspace', version: 'v1' },
    level: 'standard',
    transition: 'start',
    issued_at: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
    prebuild: false,
  });
  const wire = `v1.${Buffer.from(claim).toString('base64')}.${proofOf(secret, claim)}`;
  const answer = await request(`${gatewayUrl}/api/v1/keys/workspace`, {
    method: 'POST',
    headers: { authorization: `Bearer ${wire}`, 'content-type': 'application/json' },
    body: '{}',
  });
  const text = await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(`the gateway gave no key: ${text}`);
  return (JSON.parse(text) as { key: string }).key;
}
