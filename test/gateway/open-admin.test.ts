import { startStore, type TestStore } from './support/store';
import { startTestGateway } from './support/gateway';

let store: TestStore;
beforeAll(async () => {
  store = await startStore();
});
afterAll(() => store.remove());

test.each([
  ['every address', '0.0.0.0', '0.0.0.0:'],
  ['every address of both kinds', '::', '[::]:'],
])('an admin listener on %s in the clear is said so, and where it listens', async (_, host, address) => {
  const gateway = await startTestGateway({ store, env: { GATEWAY_ADMIN_HOST: host } });
  try {
    expect(gateway.gateway.adminAddress.startsWith(address)).toBe(true);
    const said = gateway.logs.filter((line) => line.includes('the admin listener is open to other machines'));
    expect(said).toHaveLength(1);
    expect(said[0]).toContain('keys come to it in the clear');
    expect(said[0]).toContain(`"host":"${host}"`);
  } finally {
    await gateway.close();
  }
});

test('on this machine alone nothing is said', async () => {
  const gateway = await startTestGateway({ store });
  try {
    expect(gateway.gateway.adminAddress).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(gateway.logs.join('')).not.toContain('open to other machines');
  } finally {
    await gateway.close();
  }
});
