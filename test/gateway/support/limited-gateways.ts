/** Several gateways on one store, each a process of its own with limits of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { join, resolve } from 'node:path';
import type { Limits } from '../../../gateway/services';
import { startAnthropicStandin, type AnthropicStandin } from '../../standins/anthropic';
import { CLAIM_SECRET, makeClaim, signClaim } from './claims';
import { eventually, MASTER_KEY } from './gateway';
import type { Order } from './limited-gateway';
import { ownDocument } from './policy-file';
import { startStore, type TestStore } from './store';

const ROOT = resolve(__dirname, '../../..');

export interface LimitedGateway {
  readonly child: ChildProcess;
  readonly dataUrl: string;
  readonly adminUrl: string;
  out(): string;
  err(): string;
  tell(order: Order): void;
  /** The signal that ended it, or null. */
  readonly ended: Promise<NodeJS.Signals | null>;
  workspaceKey(): Promise<string>;
  /** The answer's status and text. */
  chat(key: string): Promise<{ status: number; text: string }>;
  /** Whether its accounts add up, as an administrator is told. */
  verify(): Promise<unknown>;
}

export interface LimitedGateways {
  readonly store: TestStore;
  readonly standin: AnthropicStandin;
  start(limits: Partial<Limits>): Promise<LimitedGateway>;
  close(): Promise<void>;
}

/** @param env added to each gateway's environment */
export async function startLimitedGateways(
  env: Readonly<Record<string, string>> = {},
): Promise<LimitedGateways> {
  const store = await startStore();
  const standin = await startAnthropicStandin();
  const document = await ownDocument();
  const children: { child: ChildProcess; ended: Promise<unknown> }[] = [];

  async function start(limits: Partial<Limits>): Promise<LimitedGateway> {
    const child = spawn(
      process.execPath,
      [
        '--require',
        './scripts/register-typescript.cjs',
        join('test', 'gateway', 'support', 'limited-gateway.ts'),
      ],
      {
        cwd: ROOT,
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        env: {
          PATH: process.env['PATH'] ?? '',
          HOME: process.env['HOME'] ?? '',
          ...document.env,
          GATEWAY_PORT: '0',
          GATEWAY_ADMIN_PORT: '0',
          GATEWAY_MASTER_KEY: MASTER_KEY,
          DATABASE_URL: store.url,
          WORKSPACE_CLAIM_SECRET: CLAIM_SECRET,
          ANTHROPIC_API_KEY: standin.apiKey,
          ANTHROPIC_BASE_URL: standin.url,
          ...env,
          GATEWAY_TEST_LIMITS: JSON.stringify(limits),
        },
      },
    );
    let [out, err] = ['', ''];
    child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
    const ended = new Promise<NodeJS.Signals | null>((done) =>
      child.once('close', (_code, signal) => done(signal)),
    );
    children.push({ child, ended });
    const urls = await eventually(() => /"data_url":"([^"]+)","admin_url":"([^"]+)"/.exec(out) ?? undefined);
    const [, dataUrl = '', adminUrl = ''] = urls;
    return {
      child,
      dataUrl,
      adminUrl,
      out: () => out,
      err: () => err,
      tell: (order) => void child.send(order),
      ended,
      async workspaceKey() {
        const answer = await fetch(`${dataUrl}/api/v1/keys/workspace`, {
          method: 'POST',
          headers: { authorization: `Bearer ${signClaim(makeClaim())}` },
          body: '{}',
        });
        return ((await answer.json()) as { key: string }).key;
      },
      async chat(key) {
        const answer = await fetch(`${dataUrl}/v1/chat/completions`, {
          method: 'POST',
          headers: { authorization: `Bearer ${key}` },
          body: JSON.stringify({ model: 'claude-haiku', messages: [{ role: 'user', content: 'hi' }] }),
        });
        return { status: answer.status, text: await answer.text() };
      },
      async verify() {
        const answer = await fetch(`${adminUrl}/spend/verify`, {
          headers: { authorization: `Bearer ${MASTER_KEY}` },
        });
        return (await answer.json()) as unknown;
      },
    };
  }

  return {
    store,
    standin,
    start,
    async close() {
      for (const { child } of children) child.kill('SIGKILL');
      await Promise.all(children.map(({ ended }) => ended));
      await standin.close();
      await document.remove();
      await store.remove();
    },
  };
}
