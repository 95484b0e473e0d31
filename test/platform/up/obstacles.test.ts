/** What stands in the way on the engine: ours is cleared, a stranger's is named, and nothing that holds data goes. */
import { clearTheWay, refuseLosses } from '../../../platform/obstacles';
import { chooseSubnets, overlap } from '../../../platform/networks';
import type { Change } from '../../../platform/terraform-applier';
import { FakeEngine, WELL, type Answers } from './fake-engine';
import { OUTLINE } from './outline';

const create = (type: string, engineName: string): Change => ({
  address: `${type}.x`,
  type,
  name: 'x',
  action: 'create',
  engineName,
});
const OURS = { 'ai-platform.name': 'plat' };

async function cleared(
  answers: Answers,
  changes: readonly Change[],
): Promise<{ result: string; deleted: string[] }> {
  const fake = await FakeEngine.start({ ...WELL, ...answers });
  try {
    const result = await clearTheWay(fake.engine, OUTLINE, changes).then(
      (removed) => removed.join(', '),
      (fault: Error) => fault.message,
    );
    return { result, deleted: fake.asked.filter((line) => line.startsWith('DELETE')) };
  } finally {
    fake.close();
  }
}

test.each<[string, Answers, Change, RegExp]>([
  ['a network that is not ours', { '/networks/coder-network': { Id: 'n', Labels: {} } }, create('docker_network', 'coder-network'), /^There is a network coder-network already, and it is not this platform's: give the platform another name .*, join that network .*, or remove it if nobody needs it \(docker network rm coder-network\)\.$/],
  ['a volume that is not ours', { '/volumes/plat-gateway-files': { Labels: null } }, create('docker_volume', 'plat-gateway-files'), /^There is a volume plat-gateway-files already/],
  ['a container that is not ours', { '/containers/plat-coder/json': { Id: 'c', Config: { Labels: {} } } }, create('docker_container', 'plat-coder'), /^There is a container plat-coder already/],
  ['our network with a workspace on it', { '/networks/coder-network': { Id: 'n', Labels: OURS, Containers: { a: { Name: 'coder-ada-work' }, b: { Name: 'plat-postgres' } } } }, create('docker_network', 'coder-network'), /Terraform's state does not know it, and coder-ada-work is on it: put the state file back, or stop those/],
])('%s: one line, and nothing is removed', async (_, answers, change, says) => {
  const { result, deleted } = await cleared(answers, [change]);
  expect(result).toMatch(says);
  expect(deleted).toEqual([]);
}); // prettier-ignore

test('what an attempt of ours that was cut off has left is removed, and no data with it', async () => {
  const answers = {
    '/networks/coder-network': { Id: 'n', Labels: OURS, Containers: {} },
    '/containers/plat-gateway-1/json': { Id: 'c', Config: { Labels: OURS } },
    'DELETE /networks/n': {},
    'DELETE /containers/c': {},
  };
  const changes = [create('docker_network', 'coder-network'), create('docker_container', 'plat-gateway-1')];
  const { result, deleted } = await cleared(answers, changes);
  expect(result).toBe('container plat-gateway-1, network coder-network');
  // Without "v=1": volumes of a container stay.
  expect(deleted.map((line) => line.replace(/v1\.\d+\//, ''))).toEqual([
    'DELETE /containers/c?force=1',
    'DELETE /networks/n',
  ]);
});

test('a plan that would take workspaces off their network is refused', () => {
  const change = { ...create('docker_network', 'coder-network'), action: 'replace' as const };
  expect(() => refuseLosses([change])).toThrow('would be made anew, which takes workspaces off the network');
  expect(() => refuseLosses([create('docker_network', 'x')])).not.toThrow();
});

test('ranges are chosen once, all different, and anew where somebody else has one by now', async () => {
  const networks = [{ Name: 'strange', IPAM: { Config: [{ Subnet: '172.20.0.0/16' }] } }];
  const fake = await FakeEngine.start({
    ...WELL,
    '/networks': networks,
    'POST /networks/create': {},
    '/networks/plat-range-1': { Name: 'r1', IPAM: { Config: [{ Subnet: '172.21.0.0/16' }] } },
    '/networks/plat-range-2': { Name: 'r2', IPAM: { Config: [{ Subnet: '172.22.0.0/16' }] } },
  });
  const first = await chooseSubnets(fake.engine, OUTLINE, {});
  expect(first).toEqual({ workspace_network_subnet: '172.21.0.0/16', inner_network_subnet: '172.22.0.0/16' });
  expect(await chooseSubnets(fake.engine, OUTLINE, first)).toEqual({});
  const taken = { ...first, workspace_network_subnet: '172.20.128.0/17' };
  expect(await chooseSubnets(fake.engine, OUTLINE, taken)).toEqual({
    workspace_network_subnet: '172.21.0.0/16',
  });
  fake.close();
});

test.each([
  ['10.0.0.0/8', '10.1.0.0/16', true],
  ['172.20.0.0/16', '172.21.0.0/16', false],
  ['192.168.0.0/20', '192.168.15.0/24', true],
  ['0.0.0.0/0', '1.2.3.4/32', true],
])('%s and %s have an address in common: %s', (one, other, expected) => {
  expect(overlap(one, other)).toBe(expected);
  expect(overlap(other, one)).toBe(expected);
});
