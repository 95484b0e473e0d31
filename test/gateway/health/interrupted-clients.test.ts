import { createInterruptedClients } from '../../../gateway/health/interrupted-clients';

describe('a client whose answer broke off', () => {
  test.each(['RooCode', 'ZooCode'])('is stopped once when it is known to loop: %s', (client) => {
    const clients = createInterruptedClients(() => 0);
    clients.note('1', client);
    expect([clients.take('2', client), clients.take('1', 'opencode')]).toEqual([false, false]);
    expect([clients.take('1', client), clients.take('1', client)]).toEqual([true, false]);
  });

  test.each(['opencode', 'claude-cli', 'curl', 'unknown'])('is left alone otherwise: %s', (client) => {
    const clients = createInterruptedClients(() => 0);
    clients.note('1', client);
    expect(clients.take('1', client)).toBe(false);
  });

  test('is left alone when it comes back after a while, which is no loop', () => {
    let time = 0;
    const clients = createInterruptedClients(() => time);
    clients.note('1', 'RooCode');
    time += 5_000;
    expect(clients.take('1', 'RooCode')).toBe(false);
  });
});
