import { databaseUrl, placeOf } from '../../gateway/config/database-url';
import { readSettings } from '../../gateway/config/environment';
import { createLogger } from '../../gateway/log';
import { StoreError } from '../../gateway/store/connect-fault';
import { openStore } from '../../gateway/store/open-store';
import { MASTER_KEY } from './support/gateway';
import { runGateway } from './support/gateway-run';
import { startPostgresStandin, type Manner } from './support/postgres-standin';
import { startStore } from './support/store';

const PASSWORD = 'hunter2';

describe('what it may be', () => {
  test.each([
    'postgres://u@h/d',
    'postgresql://u:p@h:5432/d?sslmode=require',
    'postgres://u:p%40%2F%23@h/d',
    'postgres://u:p@ss:word@h/d',
    'postgres://u:100%@h/d',
    'postgres:///d?host=/run/postgresql&port=5433&user=u',
    'postgres://u@[::1]:5432/d',
    'postgres://h/d?user=u@tenant&password=x',
    'postgres://u:p@h',
    'postgres://u:p@/d',
  ])('%s', (url) => expect(databaseUrl(url)).toBe(url));

  test.each<[string, RegExp]>([
    ['mysql://u:hunter2@h/d', /must start with postgres:\/\/ .*, not with mysql:\/\//],
    ['hunter2', /must start with postgres/],
    ['u:hunter2@h/d', /must start with postgres/],
    ['jdbc:postgresql://h/d?password=hunter2', /take "jdbc:" away/],
    ['"postgres://u:hunter2@h/d"', /take the quotes around it away/],
    ["psql 'postgres://u:hunter2@h/d'", /take "psql" and the quotes away/],
    ["postgres://u:hunter2@h/d'", /ends with a quote/],
    ['postgres://u:hunter2@h/d\n', /holds a line break/],
    ['postgres://u:hunter2@h/${DB}', /a variable that nothing has put the value of/],
    ['postgres://u:<password>@h/d', /a placeholder/],
    ['postgres://u:hunter2/x@h/d', /"\/", "\?" or "#" in user or password.*%2F/],
    ['postgres://u:hunter2?x@h/d', /"\/", "\?" or "#" in user or password.*%3F/],
    ['postgres://u:hunter2#x@h/d', /"\/", "\?" or "#" in user or password.*%23/],
    ['postgres://u:hunter2@x/y@h/d', /"\/", "\?" or "#" in user or password/],
    ['postgres://u:hunter2%ff@h/d', /a "%" in user or password that begins no escape.*%25/],
    ['postgres://u:hunter2@h:port/d', /a port that is no number from 1 to 65535/],
    ['postgres://u:hunter2@h:99999/d', /a port that is no number from 1 to 65535/],
    ['postgres://u:hunter2', /a port that is no number.*a password stands before the host/],
    ['postgres://u:hunter2@a:5432,b:5432/d', /several hosts: name one/],
    ['postgres://u:hunter2@fe80::1:5432/d', /IPv6 address in brackets/],
    ['postgres://u:hunter2@h h/d', /a host that is no name and no address/],
    ['postgres://u:hunter2@h/d?sslmode=on', /an sslmode that there is not.*verify-full/],
  ])('not %j', (url, message) => {
    expect(() => databaseUrl(url)).toThrow(message);
    try {
      databaseUrl(url);
    } catch (fault) {
      expect((fault as Error).message).not.toContain(PASSWORD);
    }
  });

  test.each([
    ['postgres://u:p@h:1/d', { server: 'h:1', user: 'u', database: 'd' }],
    ['postgres://u%40t:p@h', { server: 'h:5432', user: 'u@t', database: 'u@t' }],
    ['postgres:///d?host=/run&port=2&user=u', { server: '/run:2', user: 'u', database: 'd' }],
    ['postgres://u@[::1]:7/d?x=y', { server: '[::1]:7', user: 'u', database: 'd' }],
  ])('a message says of %s where it leads', (url, place) => expect(placeOf(url)).toEqual(place));
});

const silent = createLogger('error', () => {});

async function faultOf(url: string): Promise<string> {
  const settings = readSettings({ GATEWAY_MASTER_KEY: MASTER_KEY, DATABASE_URL: url });
  try {
    const store = await openStore(settings, silent);
    await store.close();
    return '';
  } catch (fault) {
    expect(fault).toBeInstanceOf(StoreError);
    return (fault as Error).message;
  }
}

describe('a server that does not take it', () => {
  test.each<[Manner, string, RegExp]>([
    [
      { refuses: '28P01', message: 'password authentication failed for user "u"' },
      '',
      /refuses user "u" with this password\. Mend user or password; in a URL, @ : .* are written %40 %3A/,
    ],
    [
      { refuses: '28000', message: 'role "u" does not exist' },
      '',
      /does not let user "u" in: role "u" does not exist/,
    ],
    [
      {
        refuses: '28000',
        message: 'no pg_hba.conf entry for host "1.2.3.4", user "u", database "d", no encryption',
      },
      '',
      /takes user "u" for database "d" over TLS only\. Add \?sslmode=verify-full/,
    ],
    [
      { refuses: '3D000', message: 'database "d" does not exist' },
      '',
      /there is no database "d" on 127\.0\.0\.1:\d+\. .*create database "d"/,
    ],
    [{ refuses: '53300', message: 'too many clients' }, '', /has no connection left/],
    [{ refuses: '57P03', message: 'the database system is starting up' }, '', /just starting or stopping/],
    [{ version: 130_012 }, '', /is Postgres 13, which is too old: the gateway needs 15 or newer/],
    [{ version: 130_012 }, '?sslmode=verify-full', /speaks no TLS, which sslmode asks for/],
    [{ says: 'HTTP/1.1 400 Bad Request\r\n\r\n' }, '', /does not answer as Postgres does/],
  ])('%j', async (manner, query, line) => {
    const standin = await startPostgresStandin(manner);
    try {
      const said = await faultOf(`postgres://u:${PASSWORD}@127.0.0.1:${standin.port}/d${query}`);
      expect(said).toMatch(line);
      expect(said).toMatch(/^DATABASE_URL: .*$/);
      expect(said).not.toContain(PASSWORD);
    } finally {
      await standin.close();
    }
  });

  test('nobody listens there', async () => {
    const standin = await startPostgresStandin({ version: 0 });
    await standin.close();
    expect(await faultOf(`postgres://u:${PASSWORD}@127.0.0.1:${standin.port}/d`)).toBe(
      `DATABASE_URL: nothing listens at 127.0.0.1:${standin.port}. Start it, or mend host and port.`,
    );
  });

  test('its host has no such name', async () => {
    expect(await faultOf('postgres://u:hunter2@no-such-host.invalid/d')).toMatch(
      /^DATABASE_URL: the host of no-such-host\.invalid:5432 is not known by that name here/,
    );
  });

  test('the real one without that database', async () => {
    const store = await startStore();
    try {
      expect(await faultOf(store.url.replace(/\/\/\/[a-z_]+/, '///absent'))).toMatch(
        /^DATABASE_URL: there is no database "absent" on /,
      );
      expect(await faultOf(store.url)).toBe('');
    } finally {
      await store.remove();
    }
  });
});

test('the gateway says it in that one line and ends with 1', async () => {
  const standin = await startPostgresStandin({ refuses: '28P01', message: 'no' });
  const failed = runGateway({
    GATEWAY_MASTER_KEY: MASTER_KEY,
    DATABASE_URL: `postgres://u:${PASSWORD}@127.0.0.1:${standin.port}/d`,
  });
  expect(await failed.code).toBe(1);
  expect(failed.err()).toMatch(/^DATABASE_URL: .* refuses user "u" with this password\. .*\n$/);
  expect(failed.out() + failed.err()).not.toContain(PASSWORD);
  await standin.close();
});
