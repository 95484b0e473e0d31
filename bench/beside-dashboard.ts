/** What calls feel of somebody who clicks through all pages of the dashboard: windows without and with one by turns. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Arena } from './arena';
import { CASES } from './cases';
import { signIn, type Address, type Visitor } from './dashboard-visitor';
import { openLoad, type Slice } from './load';
import { median, percentile } from './statistics';
import { checkWhole } from './whole-answer';

export interface DashboardOptions {
  /** Pairs of windows. */
  readonly rounds: number;
  /** Of each window. */
  readonly seconds: number;
  /** Calls a second; undefined: as many as are answered. */
  readonly rate: number | undefined;
  /** Milliseconds between two clicks. */
  readonly pauseMs: number;
  readonly adminUrl: string;
  readonly masterKey: string;
}

export interface DashboardWindow {
  readonly callsPerSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

export interface BesideDashboard {
  readonly quiet: DashboardWindow;
  readonly clicking: DashboardWindow;
  readonly clicks: number;
  /** That were answered with something else than 200. */
  readonly refused: number;
  readonly pages: number;
  readonly missed: readonly string[];
  readonly slowest: { readonly path: string; readonly ms: number } | undefined;
}

export async function measureBesideDashboard(
  arena: Arena,
  options: DashboardOptions,
): Promise<BesideDashboard> {
  const [each] = CASES;
  if (each === undefined) throw new Error('there is no case');
  const call = await arena.prepare(each);
  const load = openLoad(arena.contestants.gateway.url, (text) => checkWhole(text, each));
  const visitor = await signIn(options.adminUrl, options.masterKey);
  const addresses = await visitor.addresses();
  const click = clicker(visitor, addresses, options.pauseMs);

  const runWindow = async (isClicking: boolean): Promise<Slice> => {
    const over = new AbortController();
    const clicking = isClicking ? click.until(over.signal) : undefined;
    try {
      return await Promise.race([load.run(call, options.seconds, options.rate), arena.failure]);
    } finally {
      over.abort();
      await clicking;
    }
  };

  try {
    await load.run(call, Math.min(10, options.seconds), options.rate);
    const windows: Record<'quiet' | 'clicking', Slice[]> = { quiet: [], clicking: [] };
    for (let round = 0; round < options.rounds; round += 1)
      for (const kind of round % 2 === 0
        ? (['quiet', 'clicking'] as const)
        : (['clicking', 'quiet'] as const))
        windows[kind].push(await runWindow(kind === 'clicking'));
    return {
      quiet: summarize(windows.quiet),
      clicking: summarize(windows.clicking),
      ...click.seen(),
      pages: new Set(addresses.map(({ page }) => page)).size,
      missed: visitor.missed(addresses),
    };
  } finally {
    await load.close();
  }
}

/** Goes on where it was in the window before. */
function clicker(visitor: Visitor, addresses: readonly Address[], pauseMs: number) {
  let clicks = 0;
  let refused = 0;
  let slowest: { readonly path: string; readonly ms: number } | undefined;
  return {
    async until(signal: AbortSignal): Promise<void> {
      while (!signal.aborted) {
        const { path } = addresses[clicks % addresses.length] ?? { path: '/ui' };
        const { status, ms } = await visitor.get(path);
        clicks += 1;
        if (status !== 200) refused += 1;
        if (ms > (slowest?.ms ?? 0)) slowest = { path, ms };
        await delay(pauseMs, undefined, { signal }).catch(() => {});
      }
    },
    seen: () => ({ clicks, refused, slowest }),
  };
}

function summarize(slices: readonly Slice[]): DashboardWindow {
  const latencies = slices.flatMap((slice) => slice.latencies);
  return {
    callsPerSecond: median(slices.map(({ requests, seconds }) => requests / seconds)),
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
  };
}

export function showBesideDashboard(found: BesideDashboard): string {
  const { quiet, clicking, clicks, refused, pages, missed, slowest } = found;
  const row = (what: string, one: number, other: number): string =>
    `${what.padEnd(16)} ${one.toFixed(1).padStart(10)} ${other.toFixed(1).padStart(18)}`;
  return [
    `${''.padEnd(16)}      quiet   with the dashboard`,
    row('calls a second', quiet.callsPerSecond, clicking.callsPerSecond),
    row('p50, ms', quiet.p50, clicking.p50),
    row('p99, ms', quiet.p99, clicking.p99),
    `${clicks} clicks over ${pages} pages, ${refused} of them refused`,
    ...(slowest === undefined ? [] : [`slowest page: ${slowest.path}, ${slowest.ms.toFixed(1)} ms`]),
    ...missed.map((page) => `not visited, since nothing leads there: ${page}`),
    '',
  ].join('\n');
}
