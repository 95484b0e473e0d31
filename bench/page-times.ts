/** How long the gateway takes for each page of the dashboard. */
import type { Address, Visitor } from './dashboard-visitor';
import { median } from './statistics';

export interface PageTime extends Address {
  /** Milliseconds, the middle one of some. */
  readonly ms: number;
  /** Of the first visit, when nothing was read before. */
  readonly firstMs: number;
  readonly status: number;
}

const TURNS = 5;

export async function timePages(visitor: Visitor, addresses: readonly Address[]): Promise<PageTime[]> {
  const times: PageTime[] = [];
  for (const address of addresses) {
    const first = await visitor.get(address.path);
    const ms = [first.ms];
    for (let turn = 1; turn < TURNS; turn += 1) ms.push((await visitor.get(address.path)).ms);
    times.push({ ...address, ms: median(ms), firstMs: first.ms, status: first.status });
  }
  return times;
}

/** The slowest address of each page, slowest page first; then what could not be visited. */
export function showPageTimes(times: readonly PageTime[], missed: readonly string[]): string {
  const slowest = new Map<string, PageTime>();
  for (const time of times) if (time.ms > (slowest.get(time.page)?.ms ?? -1)) slowest.set(time.page, time);
  const many = (page: string): number => times.filter((time) => time.page === page).length;
  const lines = [...slowest.values()]
    .sort((one, other) => other.ms - one.ms)
    .map(
      ({ page, path, ms, firstMs, status }) =>
        `${page.padEnd(34)} ${ms.toFixed(1).padStart(8)} ms  first ${firstMs.toFixed(1).padStart(8)} ms  ${String(many(page)).padStart(3)} addresses  ${status === 200 ? '' : `status ${status}  `}${path}`,
    );
  return `${lines.join('\n')}\n${missed.map((page) => `${page.padEnd(34)} not visited: nothing leads there\n`).join('')}`;
}
