/**
 * `npm run test:worst`: the gateway under the worst bodies of every kind, from four connections, for a minute. Meanwhile
 * probes are answered within a second, memory stays below a bound, and somebody else's calls go through.
 *
 * By itself and not beside other tests: what it holds is how soon others are answered.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { runtimeOfGateway } from '../../bench/child';
import { CLAIM_SECRET, makeClaim, signClaim } from '../gateway/support/claims';
import { runGateway, urlOf } from '../gateway/support/gateway-run';
import { policyFile, WIDE } from '../gateway/support/policy-file';
import { startStore } from '../gateway/support/store';
import { ATTACKS, type Attack } from './attacks';

const SECONDS = Number(process.env['WORST_SECONDS'] ?? 60);
const CONNECTIONS = 4;
/** Milliseconds within which a probe is answered. */
const LONGEST_PROBE_MS = 1_000;
const MOST_MEMORY_BYTES = 512 * 1024 * 1024;
const MASTER_KEY = 'sk-worst-minute-0123456789abcdef0123456789';

interface Answer {
  readonly status: number;
  readonly ms: number;
}

function ask(
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: Buffer; agent?: Agent },
): Promise<Answer> {
  return new Promise((resolve) => {
    const start = performance.now();
    const end = (status: number): void => resolve({ status, ms: performance.now() - start });
    const { body, ...rest } = options;
    const sent = request(
      url,
      { ...rest, headers: { 'content-length': String(body?.length ?? 0), ...options.headers } },
      (response) => {
        response.resume();
        response.on('end', () => end(response.statusCode ?? 0));
        response.on('error', () => end(response.statusCode ?? 0));
      },
    );
    // A refusal may come before all of a body was sent: then the connection breaks.
    sent.on('error', () => end(0));
    sent.end(body);
  });
}

/** The most memory a process has held, in bytes. */
const mostHeld = (pid: number): number =>
  Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;

async function main(): Promise<void> {
  const store = await startStore();
  const provider = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'provider.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [providerUrl] = (await once(provider.stdout, 'data')) as [Buffer];
  // No budget or rate of theirs ends what the attackers do.
  const document = await policyFile({ workspace: WIDE, owner: WIDE });
  const settings = {
    ...document.env,
    GATEWAY_PORT: '0',
    GATEWAY_ADMIN_PORT: '0',
    GATEWAY_MASTER_KEY: MASTER_KEY,
    DATABASE_URL: store.url,
    WORKSPACE_CLAIM_SECRET: CLAIM_SECRET,
    ANTHROPIC_API_KEY: 'sk-ant-worst-minute',
    ANTHROPIC_BASE_URL: providerUrl.toString().trim(),
    DEFAULT_ENFORCEMENT_LEVEL: 'design-first',
  };
  const { options, environment } = runtimeOfGateway();
  const gateway = runGateway({ ...environment, ...settings }, [], options);
  // Made before the clock runs: who attacks must not be what keeps the probes waiting.
  const bodies = ATTACKS.map((each) => each.body());
  const faults: string[] = [];
  try {
    const url = await urlOf(gateway, 'data_url');
    const keyOf = async (name: string): Promise<string> => {
      const claim = makeClaim({
        workspace: { id: `workspace-of-${name}`, name: 'w' },
        owner: { id: `id-of-${name}`, name, groups: [] },
        level: 'design-first',
      });
      const answer = await fetch(`${url}/api/v1/keys/workspace`, {
        method: 'POST',
        headers: { authorization: `Bearer ${signClaim(claim)}`, 'content-type': 'application/json' },
        body: '{}',
      });
      return ((await answer.json()) as { key: string }).key;
    };
    const end = performance.now() + SECONDS * 1_000;
    const isOver = (): boolean => performance.now() >= end;

    const seen = new Map<string, Map<number, number>>();
    const note = ({ name }: Attack, status: number): void => {
      const statuses = seen.get(name) ?? new Map<number, number>();
      seen.set(name, statuses.set(status, (statuses.get(status) ?? 0) + 1));
    };
    const attack = async (index: number): Promise<void> => {
      const key = await keyOf(`attacker-${index}`);
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      // Each connection begins at another kind, so that all kinds come up.
      for (let turn = index * Math.ceil(ATTACKS.length / CONNECTIONS); !isOver(); turn += 1) {
        const each = ATTACKS[turn % ATTACKS.length] as Attack;
        const { path, headers = {} } = each;
        const body = bodies[turn % ATTACKS.length];
        const sent = { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers };
        const { status } = await ask(url + path, { method: 'POST', headers: sent, body, agent });
        note(each, status);
      }
      agent.destroy();
    };

    let [probes, slowest] = [0, 0];
    const probe = async (): Promise<void> => {
      while (!isOver()) {
        const { status, ms } = await ask(`${url}/health/liveliness`, {});
        probes += 1;
        slowest = Math.max(slowest, ms);
        if (status !== 200) faults.push(`a probe was answered ${status}`);
        await delay(100);
      }
    };

    const statuses: number[] = [];
    let slowestCall = 0;
    const work = async (): Promise<void> => {
      const key = await keyOf('colleague');
      const body = Buffer.from(
        JSON.stringify({
          model: 'claude-haiku',
          max_tokens: 5,
          messages: [{ role: 'user', content: 'hello' }],
        }),
      );
      while (!isOver()) {
        const sent = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
        const { status, ms } = await ask(`${url}/v1/chat/completions`, {
          method: 'POST',
          headers: sent,
          body,
        });
        statuses.push(status);
        slowestCall = Math.max(slowestCall, ms);
        // As many as its key may make in a minute.
        await delay(1_100);
      }
    };

    await Promise.all([...Array.from({ length: CONNECTIONS }, (_, index) => attack(index)), probe(), work()]);

    const held = mostHeld(gateway.child.pid ?? 0);
    for (const [name, answers] of seen)
      process.stdout.write(
        `${name}: ${[...answers].map(([status, count]) => `${count} x ${status}`).join(', ')}\n`,
      );
    process.stdout.write(
      `${probes} probes, the slowest after ${slowest.toFixed(0)} ms; ${statuses.length} calls of a colleague, the slowest after ${slowestCall.toFixed(0)} ms; at most ${(held / 1024 / 1024).toFixed(0)} MB held\n`,
    );
    if (probes === 0 || slowest > LONGEST_PROBE_MS)
      faults.push(`a probe was answered after ${slowest.toFixed(0)} ms, more than ${LONGEST_PROBE_MS}`);
    if (held === 0 || held > MOST_MEMORY_BYTES)
      faults.push(`${held} bytes were held, more than ${MOST_MEMORY_BYTES}`);
    const failed = statuses.filter((status) => status !== 200);
    if (statuses.length === 0 || failed.length > 0)
      faults.push(
        `of ${statuses.length} calls of a colleague ${failed.length} were not answered: ${failed.join(' ')}`,
      );
    for (const { name } of ATTACKS) if (!seen.has(name)) faults.push(`"${name}" did not come up`);
    for (const [name, answers] of seen) {
      const odd = [...answers.keys()].filter((status) => status >= 500 && status !== 503);
      if (odd.length > 0) faults.push(`"${name}" was answered ${odd.join(', ')}`);
    }
    if (gateway.child.exitCode !== null) faults.push('the gateway has ended');
  } finally {
    gateway.child.kill('SIGTERM');
    await gateway.code;
    provider.stdin.end();
    await store.remove();
    await document.remove();
  }
  for (const fault of faults) process.stdout.write(`FAILED: ${fault}\n`);
  process.exitCode = faults.length > 0 ? 1 : 0;
}

main().catch((fault: unknown) => {
  process.stderr.write(`${String(fault)}\n`);
  process.exitCode = 1;
});
