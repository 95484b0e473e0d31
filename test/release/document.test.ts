/** `contractor-workspace document …`, as people type it, against a gateway. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { adminOf, type Admin } from '../admin/support';
import { run, type Ran } from '../administration/support';
import { noonPolicy } from '../gateway/support/calendar';
import { MASTER_KEY, startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { lastingCatalog } from '../gateway/support/lasting-catalog';
import { ownDocument } from '../gateway/support/policy-file';
import { renderGatewayDocument } from '../../src/gateway-document';

const ROOT = resolve(__dirname, '../..');
/** Makes a terminal for a program; on every Linux, and with other words elsewhere, where these tests are left out. */
const HAS_TERMINAL = spawnSync('script', ['--version']).status === 0;

let gateway: TestGateway;
let admin: Admin;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'document-'));
  gateway = await startTestGateway({ env: { GATEWAY_CONFIG: '' } });
  admin = adminOf(gateway);
});
afterAll(async () => {
  await gateway.close();
  rmSync(folder, { recursive: true, force: true });
});

const ask = (...args: string[]): Promise<Ran> => run(gateway.adminUrl, ['document', ...args]);
const inForce = (): number => gateway.gateway.services.documents.current.document.owner.max_budget;

const document = renderGatewayDocument(lastingCatalog, noonPolicy);
function fileOf(dollars: number, name = `${dollars}.json`, more: object = {}): string {
  const path = join(folder, name);
  const text = { ...document, owner: { ...document.owner, max_budget: dollars }, ...more };
  writeFileSync(path, JSON.stringify(text));
  return path;
}

test('says in the words of diff what would change, for whom and when; a dry run ends there', async () => {
  await ask('publish', fileOf(10), '--yes');
  const { code, out, err } = await ask('publish', fileOf(8), '--dry-run');
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(
    /^the gateway's document, 1, by master → \/.*8\.json: 1 change\. Policy and prices hold within seconds/,
  );
  expect(out).toMatch(/LANDS WITHIN SECONDS: STRICTER[^]*\$10 a day → \$8 a day \(−20 %\)/);
  expect(inForce()).toBe(10);
});

test('publishes what catalog and policy say now, where no file is named', async () => {
  const { code, out, err } = await ask('publish', '--yes', '--note', 'as in the sources');
  expect([code, err]).toEqual([
    0,
    expect.stringMatching(/In force as \d+: in every process of the gateway within 1 seconds?\./),
  ]);
  expect(out).toContain('→ now: ');
  const { json } = await admin('/document');
  expect(json).toMatchObject({ origin: 'published', publication: { note: 'as in the sources' } });
  const again = await ask('publish', '--yes');
  expect([again.code, again.out]).toEqual([0, expect.stringMatching(/→ now: no change/)]);
  expect(again.err).not.toContain('In force');
}, 60_000);

test('goes back with one word, and says what that changes', async () => {
  await ask('publish', fileOf(20), '--yes');
  await ask('publish', fileOf(21), '--yes');
  const { code, out } = await ask('take-back', '--yes');
  expect([code, out, inForce()]).toEqual([0, expect.stringContaining('$21 a day → $20 a day'), 20]);
  const listed = await ask('list');
  expect(listed.out.split('\n')[1]).toMatch(/^\s*\d+ +(now|\d+ seconds? ago) +master +\d+ /);
  const shown = await ask('show');
  expect(JSON.parse(shown.out)).toMatchObject({ owner: { max_budget: 20 } });
});

test('a program gets JSON', async () => {
  const { out } = await ask('publish', fileOf(25), '--yes', '--json');
  expect(JSON.parse(out)).toMatchObject({
    changed: true,
    publication: { published_by: 'master' },
    changes: [{ severity: 'looser', policy: { path: 'owner.max_budget' } }],
  });
});

describe('nothing is changed', () => {
  let before: number;
  beforeEach(() => (before = inForce()));
  afterEach(() => expect(inForce()).toBe(before));

  test.each<[string, () => string[], number, RegExp]>([
    ['without somebody to ask', () => [fileOf(30)], 2, /Nobody can be asked here: .*Give --yes/],
    [
      'by a document with faults, each of which is said',
      () => [fileOf(30, 'faulty.json', { time_zone: 'Mars', budget: 1 }), '--yes'],
      3,
      /The gateway document sent has a fault:[^]*unknown field "budget"/,
    ],
    ['by a file that is none', () => [join(folder, 'nowhere.json'), '--yes'], 2, /nowhere\.json/],
    ['by a folder', () => [folder, '--yes'], 2, /is no file/],
    ['by no JSON', () => [written('torn.json', '{"version": 1'), '--yes'], 2, /torn\.json holds no JSON/],
    ['by a list', () => [written('list.json', '[]'), '--yes'], 2, /must be a JSON object/],
    [
      'by a file that is too long',
      () => [written('long.json', ' '.repeat(1_100_000)), '--yes'],
      2,
      /1100000 bytes/,
    ],
    [
      'by a template that is none',
      () => ['--template', 'nope', '--yes'],
      1,
      /nothing synthesizes a template "nope"/,
    ],
    ['by file and template', () => [fileOf(30), '--template', 'x'], 2, /leave out either/],
  ])(
    '%s',
    async (_, args, code, says) => {
      const ran = await ask('publish', ...args());
      expect([ran.code, ran.err]).toEqual([code, expect.stringMatching(says)]);
    },
    60_000,
  );

  test('by a number that is none', async () => {
    for (const [word, code] of [
      ['999', 3],
      ['0', 2],
      ['x', 2],
    ] as const)
      expect([word, (await ask('take-back', word, '--yes')).code]).toEqual([word, code]);
  });

  test('where the gateway reads a file', async () => {
    const file = await ownDocument();
    const other = await startTestGateway({ env: file.env });
    try {
      const { code, err } = await run(other.adminUrl, ['document', 'publish', fileOf(30), '--yes']);
      expect([code, err]).toEqual([
        3,
        expect.stringMatching(/reads its document from the file of GATEWAY_CONFIG/),
      ]);
    } finally {
      await other.close();
      await file.remove();
    }
  });
});

/** At a terminal, with what is typed there. */
function atTerminal(typed: string, args: readonly string[]): Promise<{ code: number | null; text: string }> {
  const command = [process.execPath, 'bin/start.cjs', 'document', ...args].join(' ');
  const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    cwd: ROOT,
    env: {
      PATH: process.env['PATH'] ?? '',
      GATEWAY_ADMIN_URL: gateway.adminUrl,
      GATEWAY_MASTER_KEY: MASTER_KEY,
    },
  });
  let text = '';
  let isAsked = false;
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    if (isAsked || !text.includes('[y/N]')) return;
    isAsked = true;
    child.stdin.write(typed);
  });
  return new Promise((done, failed) =>
    child.once('error', failed).once('close', (code) => done({ code, text })),
  );
}

(HAS_TERMINAL ? test : test.skip).each<[string, string, number, number]>([
  ['yes', 'y\r', 0, 41],
  ['no', 'n\r', 1, 40],
  ['nothing', '\r', 1, 40],
  ['the end of the input', '\u0004', 1, 40],
])('somebody at a terminal is asked, and says %s', async (_, typed, code, dollars) => {
  await ask('publish', fileOf(40), '--yes');
  const ran = await atTerminal(typed, ['publish', fileOf(41)]);
  expect(ran.text).toMatch(/\$40 a day → \$41 a day[^]*Shall this hold from now on\? \[y\/N\]/);
  expect([ran.code, inForce()]).toEqual([code, dollars]);
  if (code === 1) expect(ran.text).toContain('Nothing was changed.');
});

function written(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
