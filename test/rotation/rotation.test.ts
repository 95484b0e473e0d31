import { runSteps } from '../../platform/steps';
import { stepsOf, type Rotation } from '../../rotation/rotate-steps';
import { ROTATED, type Rotated } from '../../rotation/rotated-secrets';
import { Fleet, Killed, Load, WORKSPACES } from './fleet';
import { join } from 'node:path';
import { statSync } from 'node:fs';

const go = new AbortController().signal;
const said: string[] = [];
const planted = new Set<string>();

let fleet: Fleet;
beforeAll(async () => {
  fleet = await Fleet.start();
  plant();
});
afterAll(async () => {
  await fleet.close();
  const everything = [...said, ...fleet.logs].join('\n');
  for (const value of planted) expect(everything).not.toContain(value);
});

/** Remembers every secret that there was. */
function plant(): void {
  for (const [name, value] of Object.entries(fleet.read()))
    if (!name.startsWith('rotation_')) {
      planted.add(value);
      if (name.includes('url')) planted.add(new URL(value).password);
    }
}

/** @returns whether the former one has ended */
async function rotate(name: Rotated, words: Partial<Rotation> = {}): Promise<boolean> {
  const say = (line: string): void => void said.push(line);
  const rotation: Rotation = { site: fleet, name, say, hasEnded: false, ...words };
  try {
    await runSteps(stepsOf(name), rotation, go, say);
  } finally {
    plant();
  }
  return rotation.hasEnded;
}

/** As if the new one had been in force for some days. */
const age = (): Promise<unknown> =>
  fleet.superuser.query("update secret_prints set since = now() - interval '3 days'");
const forgetUses = (): Promise<unknown> => fleet.superuser.query('delete from secret_uses');

describe.each(ROTATED)('%s', (name) => {
  test('is changed under load, killed at every point and run again: no call is lost', async () => {
    const before = fleet.read();
    const { current, beside } = fleet.entriesOf(name);
    const keys = await Promise.all(WORKSPACES.map(async (each) => (await fleet.claim(each)).json.key));
    const load = new Load(fleet);
    try {
      let hasEnded = false;
      for (let steps = 0; !hasEnded; steps += 1) {
        expect(steps).toBeLessThan(40);
        fleet.patience = steps;
        try {
          hasEnded = await rotate(name);
          // Nothing needs it any more: the workspaces have started since, and administrators have the new one.
          if (!hasEnded) await age();
          if (!hasEnded && name === 'master') await forgetUses();
        } catch (fault) {
          if (!(fault instanceof Killed) && !/ failed after /.test((fault as Error).message)) throw fault;
          expect((fault as Error).message).not.toMatch(/[0-9a-f]{64}/);
        } finally {
          fleet.patience = Infinity;
        }
        // Whatever was written down until here: each gateway starts by it.
        const secrets = fleet.read();
        expect(secrets[current] ?? secrets[beside] ?? before[current]).toBeTruthy();
      }
    } finally {
      await load.end();
    }
    expect(load.lost).toEqual([]);
    expect(load.calls).toBeGreaterThan(5);
    const after = fleet.read();
    expect(after[current]).toBeDefined();
    expect(after[current]).not.toBe(before[current]);
    expect(after[beside]).toBeUndefined();
    expect(Object.keys(after).filter((entry) => entry.startsWith('rotation_'))).toEqual([]);
    expect(statSync(join(fleet.folder, 'secrets.json')).mode & 0o777).toBe(0o600);
    // Workspaces that are not started anew go on with the keys they have.
    if (name !== 'key')
      expect(await Promise.all(WORKSPACES.map(async (each) => (await fleet.claim(each)).json.key))).toEqual(
        keys,
      );
  });
});
