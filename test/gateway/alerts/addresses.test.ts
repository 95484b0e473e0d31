import { createAllowedAddresses, isPublic } from '../../../gateway/alerts/allowed-addresses';

test.each([
  ['8.8.8.8', true],
  ['1.1.1.1', true],
  ['172.15.0.1', true],
  ['2606:4700:4700::1111', true],
  ['2a00:1450:4001:80b::200e', true],
  ['127.0.0.1', false],
  ['10.1.2.3', false],
  ['172.31.255.255', false],
  ['192.168.1.1', false],
  ['169.254.169.254', false],
  ['100.64.0.1', false],
  ['0.0.0.0', false],
  ['255.255.255.255', false],
  ['224.0.0.1', false],
  ['::1', false],
  ['::', false],
  ['::ffff:127.0.0.1', false],
  ['::ffff:8.8.8.8', false],
  ['::7f00:1', false],
  ['64:ff9b::7f00:1', false],
  ['2002:7f00:1::', false],
  ['fd00::1', false],
  ['fe80::1', false],
  ['ff02::1', false],
  ['localhost', false],
  ['', false],
])('%s is public: %s', (address, expected) => {
  expect(isPublic(address)).toBe(expected);
});

test('a host that leads to this machine is refused by what it leads to, unless it is named', async () => {
  const none = createAllowedAddresses(new Set());
  for (const host of ['localhost', '127.0.0.1', '[::1]', '2130706433', '0x7f.1'])
    await expect(none.find(host)).rejects.toMatchObject({ code: expect.any(String) as string });
  const named = createAllowedAddresses(new Set(['localhost', '::1']));
  expect((await named.find('LOCALHOST')).length).toBeGreaterThan(0);
  expect(await named.find('[::1]')).toEqual([{ address: '::1', family: 6 }]);
  await expect(named.find('127.0.0.1')).rejects.toMatchObject({ code: 'ADDRESS_NOT_PUBLIC' });
  const looked = await new Promise<unknown>((done) => none.lookup('localhost', { all: true }, done));
  expect(looked).toMatchObject({ code: 'ADDRESS_NOT_PUBLIC' });
});
