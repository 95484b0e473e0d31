/** The store: whether what is booked is kept, how it grows, and how long there is room for it. */
import { statfs } from 'node:fs/promises';
import { counted, fromNow } from '../../terminal/figures';
import { growthOf } from '../growth';
import { fault, note, notChecked, ok, warning, type Check, type Found } from '../finding';
import type { Disk, SiteState } from '../state';

const DAY_MS = 86_400_000;
const GB = 1024 ** 3;
const OLD_BACKUP_DAYS = 2;
/** Of a disk: bytes and share below which it is soon full, whatever grows. */
const LEAST_FREE = GB;
const LITTLE_FREE = 0.1;
/** Days until it is full. */
const FULL_SOON = 14;
const FULL_LATER = 90;

const state = async (facts: { state(): Promise<{ state: SiteState }> }): Promise<SiteState> =>
  (await facts.state()).state;

export const STORE: readonly Check[] = [
  {
    name: 'backup',
    needs: ['gateway'],
    find: async (facts) => {
      const { backed_up_at: at } = (await state(facts)).store;
      const whatToDo = 'contractor-workspace backup --to … --every 24h, on another disk (docs/running.md)';
      if (at === null) return [warning('the store was never backed up', whatToDo)];
      const days = (Date.now() - Date.parse(at)) / DAY_MS;
      return days > OLD_BACKUP_DAYS
        ? [warning(`the last backup is from ${fromNow(at)}`, whatToDo)]
        : [ok(`the last backup is from ${fromNow(at)}`)];
    },
  },
  {
    name: 'durability',
    needs: ['gateway'],
    find: async (facts) => {
      const { fsync, synchronous_commit: commit, standbys } = (await state(facts)).store;
      const found: Found[] = [];
      if (fsync === 'off')
        found.push(fault('Postgres does not wait for the disk (fsync = off)', 'set fsync = on'));
      if (commit === 'off')
        found.push(
          warning(
            'what was booked a moment before a crash may be lost (synchronous_commit = off)',
            'set synchronous_commit = on',
          ),
        );
      return [...found, standbyOf(standbys)];
    },
  },
  {
    name: 'disk',
    needs: ['gateway'],
    find: async (facts) => {
      const { store } = await state(facts);
      const { platform } = facts.site;
      const disks = [
        ...(store.disk === null ? [] : [{ ...store.disk, what: "the store's disk" }]),
        ...(platform === undefined
          ? []
          : await diskAt(platform.folder.path, "the disk of the platform's folder")),
        ...(platform === undefined ? [] : await engineDisk(facts)),
      ];
      return [
        ...disks.map(({ what, ...disk }) => roomOf(what, disk)),
        ...(store.disk === null && platform?.outline.ownsDatabase !== true
          ? [notChecked('the store lies on a Postgres of its own: its disk is not seen from here')]
          : []),
      ];
    },
  },
  {
    name: 'growth',
    needs: ['gateway'],
    find: async (facts) => {
      const { store } = await state(facts);
      const { platform } = facts.site;
      const engines = platform?.outline.ownsDatabase === true ? await engineDisk(facts) : [];
      const free = store.disk?.free ?? engines[0]?.free;
      const growth = growthOf(store, free, Date.now());
      if (growth === undefined)
        return [notChecked('calls have been counted for less than a day: ask again tomorrow')];
      const { callsADay, bytesADay, atRetention, retentionDays, fullIn } = growth;
      const says = `${counted(Math.round(callsADay))} calls a day, ${size(bytesADay)} a day until they become sums after ${retentionDays} days (${size(atRetention)} then); the store has ${size(store.bytes)}`;
      const room = 'make room, or let calls become sums sooner (retention_days of the policy)';
      if (free === undefined) return [note(`${says}; how long that has room is not known here`)];
      if (fullIn === undefined) return [ok(`${says}; there is room for years`)];
      const full = `${says}; the disk is full in ${Math.floor(fullIn)} days`;
      return [fullIn < FULL_SOON ? fault(full, room) : fullIn < FULL_LATER ? warning(full, room) : ok(full)];
    },
  },
];

export const size = (bytes: number): string =>
  bytes >= GB
    ? `${(bytes / GB).toFixed(1)} GB`
    : `${(bytes / 1024 ** 2).toFixed(bytes < 10 * 1024 ** 2 ? 1 : 0)} MB`;

function standbyOf({ names, connected, synchronous, unseen }: SiteState['store']['standbys']): Found {
  if (names === '')
    return note(
      `no synchronous standby${connected > 0 ? `, ${connected} that may be behind` : ''}: with the host, what was booked since the last backup is lost`,
    );
  if (synchronous > 0) return ok(`${synchronous} synchronous standby${synchronous > 1 ? 's' : ''}`);
  return unseen > 0
    ? notChecked(
        "standbys are connected, but the gateway's role may not see how they are",
        'grant pg_monitor to it, if it is to tell',
      )
    : fault(
        'a synchronous standby is asked for, and none is connected: nothing can be booked',
        'bring it back, or empty synchronous_standby_names',
      );
}

function roomOf(what: string, { folder, free, size: all }: Disk): Found {
  const says = `${what} (${folder}) has ${size(free)} of ${size(all)} free`;
  const whatToDo = 'make room, or a larger disk';
  if (free < LEAST_FREE) return fault(says, whatToDo);
  return free < all * LITTLE_FREE ? warning(says, whatToDo) : ok(says);
}

type Named = Disk & { readonly what: string };

async function diskAt(folder: string, what: string): Promise<Named[]> {
  try {
    const { bavail, blocks, bsize } = await statfs(folder);
    return [{ what, folder, free: bavail * bsize, size: blocks * bsize }];
  } catch {
    return [];
  }
}

/** Of an engine elsewhere, or behind a virtual machine, nothing is known. */
async function engineDisk(facts: {
  engine(): Promise<{ get<T>(path: string): Promise<T> }>;
}): Promise<Named[]> {
  try {
    const { DockerRootDir: root } = await (await facts.engine()).get<{ DockerRootDir: string }>('/info');
    return await diskAt(root, "the Docker engine's disk");
  } catch {
    return [];
  }
}
