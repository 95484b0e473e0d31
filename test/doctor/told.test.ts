/** What a machine of tests cannot be brought to: the gateway's answer is changed on its way. */
import { startExaminedSite, type ExaminedSite } from './site';
import { examine, standBetween } from './support';

let site: ExaminedSite;
beforeAll(async () => {
  site = await startExaminedSite();
});
afterAll(() => site.close());

const GB = 1024 ** 3;
const growth = {
  days: 7,
  calls_a_day: 1_000_000,
  sums_a_day: 0,
  changes_a_day: 0,
  oldest_call: null,
  retention_days: 30,
};

interface Change {
  readonly store?: Readonly<Record<string, unknown>>;
  readonly gateway?: Readonly<Record<string, unknown>>;
  readonly at?: () => string;
}
type Expected = [check: string, severity: string, says: RegExp];

const CASES: readonly [name: string, change: Change, expected: readonly Expected[]][] = [
  [
    'a server that is set up badly, and clocks that differ',
    {
      store: {
        fsync: 'off',
        synchronous_commit: 'off',
        standbys: { names: 'other', connected: 0, synchronous: 0, unseen: 0 },
        clock_ahead: -12,
        disk: { folder: '/data', free: 500 * 1024 ** 2, size: 100 * GB },
        growth,
      },
      gateway: { version: '0.0.9', admin_host: '0.0.0.0' },
      at: () => new Date(Date.now() + 3_600_000).toISOString(),
    },
    [
      ['durability', 'fault', /fsync = off/],
      ['durability', 'warning', /synchronous_commit = off/],
      ['durability', 'fault', /none is connected: nothing can be booked/],
      ['clocks', 'warning', /^Postgres' clock is 12 s behind/],
      ['clocks', 'fault', /^the gateway's clock is 3[56]\d\d s ahead of this machine's/],
      ['disk', 'fault', /has 500 MB of 100\.0 GB free/],
      ['growth', 'fault', /the disk is full in 0 days/],
      ['versions', 'note', /the gateway is 0\.0\.9, this program is/],
      ['admin port from workspaces', 'not checked', /No Docker engine answers/],
    ],
  ],
  [
    'a disk that fills, and a standby',
    {
      store: {
        standbys: { names: 'other', connected: 1, synchronous: 1, unseen: 0 },
        disk: { folder: '/data', free: 30 * GB, size: 400 * GB },
        growth: { ...growth, retention_days: 365 },
      },
    },
    [
      ['durability', 'ok', /^1 synchronous standby$/],
      ['disk', 'warning', /has 30\.0 GB of 400\.0 GB free/],
      [
        'growth',
        'warning',
        /^1,000,000 calls a day, 668 MB a day .* 365 days \(238\.\d GB then\).* full in 46 days/,
      ],
    ],
  ],
  [
    'a standby that may not be seen, and room',
    {
      store: {
        standbys: { names: 'other', connected: 1, synchronous: 0, unseen: 1 },
        disk: { folder: '/data', free: 300 * GB, size: 400 * GB },
        growth,
      },
    },
    [
      ['durability', 'not checked', /may not see how they are/],
      ['growth', 'ok', /there is room for years/],
    ],
  ],
];

test.each(CASES)('%s', async (_, change, expected) => {
  const between = await standBetween(site.gateway.adminUrl, {
    body: (path, json: Record<string, object>) =>
      path === '/site/state'
        ? {
            ...json,
            store: { ...json['store'], ...change.store },
            gateway: { ...json['gateway'], ...change.gateway },
            ...(change.at && { at: change.at() }),
          }
        : json,
  });
  try {
    const { findings } = await examine(between.url, ['--data-url', site.gateway.dataUrl], {
      DOCKER_HOST: 'unix:///nowhere/engine.sock',
    });
    for (const [check, severity, says] of expected)
      expect(findings).toContainEqual(
        expect.objectContaining({ check, severity, says: expect.stringMatching(says) as string }),
      );
  } finally {
    await between.close();
  }
});
