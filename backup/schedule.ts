/** Backups again and again, and how many of them are kept. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../terminal/message';
import { SUFFIX } from './backup-file';

/** Milliseconds after which one that failed is tried again, at the latest. */
const AGAIN_MS = 600_000;

/** Names sort by time: `site-1a2b3c4d5e6f-2026-11-28T03-00-00Z.backup`. */
const OURS = (site: string): RegExp =>
  new RegExp(`^${site.replace(/[^a-z0-9-]/g, '')}-\\d{4}-\\d{2}-\\d{2}T\\d{2}-\\d{2}-\\d{2}Z\\${SUFFIX}$`);

/** Takes away the oldest of the site's backups in a folder. @returns their names */
export async function keepNewest(folder: string, site: string, keep: number): Promise<readonly string[]> {
  const names = (await readdir(folder)).filter((name) => OURS(site).test(name)).sort();
  const old = names.slice(0, Math.max(0, names.length - keep));
  for (const name of old) await rm(join(folder, name), { force: true });
  return old;
}

/**
 * Does it now and at every interval, until it is stopped. One that fails is said, and tried again sooner.
 *
 * @param everyMs milliseconds from the beginning of one to that of the next
 */
export async function everySoOften(
  everyMs: number,
  work: () => Promise<void>,
  say: (text: string) => void,
  stop: AbortSignal,
): Promise<void> {
  while (!stop.aborted) {
    const began = performance.now();
    let wait = everyMs;
    try {
      await work();
    } catch (fault) {
      if (stop.aborted) return;
      wait = Math.min(everyMs, AGAIN_MS);
      say(`The backup failed, and is tried again in ${Math.round(wait / 1_000)} s: ${messageOf(fault)}`);
    }
    const rest = Math.max(1_000, wait - (performance.now() - began));
    await delay(rest, undefined, { signal: stop }).catch(() => {});
  }
}
