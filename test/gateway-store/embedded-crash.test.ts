import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, waitUntil } from '../../gateway/store/embedded-process';
import { Stores, isLinux, query } from './support';

const stores = Stores.forTests();

describe('after a crash', () => {
  // One database for all: each test leaves it stopped, and what is recovered is a table of its own.
  const crashFolder = stores.newFolder();

  beforeEach(() => {
    stores.folder = crashFolder;
  });

  test('of the server, the next start recovers what was committed', async () => {
    const first = await stores.start();
    await query(first.connection, 'create table one (n int); insert into one values (1)');
    process.kill(first.pid, 'SIGKILL');
    await first.ended;
    expect(existsSync(join(stores.folder, 'postgres', 'postmaster.pid'))).toBe(true);
    await first.stop();

    const second = await stores.start();
    expect(await query(second.connection, 'select n from one')).toEqual([{ n: 1 }]);
  });

  test('of the gateway, the server ends by itself and the next start recovers', async () => {
    const { child, answer } = stores.hold(stores.folder);
    const { pid, connection } = await answer;
    if (pid === undefined || !connection) throw new Error('the holder did not start');
    await query(connection, 'create table two (n int); insert into two values (2)');
    child.kill('SIGKILL');
    expect(await waitUntil(() => !isAlive(pid), 60_000)).toBe(true);

    const second = await stores.start();
    expect(await query(second.connection, 'select n from two')).toEqual([{ n: 2 }]);
  });

  test('of gateway and watcher, the next start ends the orphan first', async () => {
    if (!isLinux) return;
    const { child, answer } = stores.hold(stores.folder);
    const { pid, connection } = await answer;
    if (pid === undefined || !connection) throw new Error('the holder did not start');
    await query(connection, 'create table three (n int); insert into three values (3)');
    // The watcher is the shell in the server's session that is not the server.
    const watchers = readdirSync('/proc').filter((name) => {
      if (!/^\d+$/.test(name)) return false;
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3] === String(pid) && stat.includes('(sh)');
      } catch {
        return false;
      }
    });
    expect(watchers).toHaveLength(1);
    process.kill(Number(watchers[0]), 'SIGKILL');
    child.kill('SIGKILL');

    const messages: string[] = [];
    const second = await stores.start({ log: (message) => messages.push(message) });
    expect(messages.join()).toContain(`left behind (process ${pid})`);
    expect(await query(second.connection, 'select n from three')).toEqual([{ n: 3 }]);
  });

  test('a postmaster.pid whose number a stranger has now is no obstacle', async () => {
    const first = await stores.start();
    process.kill(first.pid, 'SIGKILL');
    await first.ended;
    await first.stop();
    const stranger = stores.ends(spawn('sleep', ['600'], { stdio: 'ignore' }));
    const file = join(stores.folder, 'postgres', 'postmaster.pid');
    const lines = readFileSync(file, 'utf8').split('\n');
    writeFileSync(file, [String(stranger.pid), ...lines.slice(1)].join('\n'));

    const second = await stores.start();
    await query(second.connection, 'select 1');
    expect(isAlive(stranger.pid as number)).toBe(true);
  });

  test('a gateway.pid of a dead or recycled process is no obstacle', async () => {
    writeFileSync(
      join(stores.folder, 'gateway.pid'),
      JSON.stringify({ pid: process.pid, started: 'long ago' }),
    );
    await (await stores.start()).stop();
    writeFileSync(join(stores.folder, 'gateway.pid'), 'cut sho');
    await stores.start();
  });

  test('an initdb that was cut short is done again', async () => {
    stores.folder = stores.newFolder();
    mkdirSync(join(stores.folder, 'postgres.new', 'base'), { recursive: true });
    await stores.start();
    expect(existsSync(join(stores.folder, 'postgres.new'))).toBe(false);
  });
});
