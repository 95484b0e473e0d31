import type { ServerResponse } from 'node:http';
import { startBentProvider, type BentProvider, type Place } from '../../standins/openid/bent-provider';
import { comeBack, signIn } from './support/bent';
import { CLIENT, codeOf, entrance, refusalOf } from './support/terms';

/** Long enough for an answer on a machine with too much to do, where one is to come. */
const PATIENT = { answerMs: 120_000 };
const IMPATIENT = { answerMs: 300 };

let provider: BentProvider;
let timers: NodeJS.Timeout[] = [];

beforeAll(async () => {
  provider = await startBentProvider(CLIENT.id, CLIENT.secret);
});
afterAll(() => provider.close());
beforeEach(() => {
  provider.answers = {};
  provider.description = {};
  provider.claims = { preferred_username: undefined };
  provider.userInfo = { preferred_username: 'lena' };
  provider.asked.length = 0;
});
afterEach(() => {
  for (const timer of timers) clearInterval(timer);
  timers = [];
});

const hangs = (): void => {};
const hangsInTheMiddle = (response: ServerResponse): void =>
  void response.writeHead(200, { 'content-type': 'application/json' }).write('{"issuer":');
function trickles(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' }).write('{');
  timers.push(setInterval(() => response.write(' '), 20));
}
function floods(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  const more = (): void => {
    while (!response.destroyed && response.write(' '.repeat(64 * 1024)));
    response.once('drain', more);
  };
  more();
}
const breaksOff = (response: ServerResponse): void => void response.destroy();
const fails = (response: ServerResponse): void => void response.writeHead(503).end('away');
const isBusy = (response: ServerResponse): void => void response.writeHead(429).end('later');
const isAPage = (response: ServerResponse): void =>
  void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
const isNoJson = (response: ServerResponse): void =>
  void response.writeHead(200, { 'content-type': 'application/json' }).end('{"issuer":');
const isAList = (response: ServerResponse): void =>
  void response.writeHead(200, { 'content-type': 'application/json' }).end('[]');

const EVERYWHERE: readonly Place[] = ['discovery', 'token', 'jwks', 'userinfo'];

describe.each(EVERYWHERE)('%s', (place) => {
  test.each([
    [hangs, IMPATIENT, 'provider_unreachable'],
    [hangsInTheMiddle, IMPATIENT, 'provider_unreachable'],
    [trickles, IMPATIENT, 'provider_unreachable'],
    [breaksOff, PATIENT, 'provider_unreachable'],
    [fails, PATIENT, 'provider_unreachable'],
    [isBusy, PATIENT, 'provider_unreachable'],
    [floods, PATIENT, 'provider_answer_too_long'],
    [isAPage, PATIENT, 'provider_answer_invalid'],
    [isNoJson, PATIENT, 'provider_answer_invalid'],
    [isAList, PATIENT, 'provider_answer_invalid'],
  ])('%p', async (answer, limits, code) => {
    provider.answers = { [place]: answer };
    const gateway = entrance(provider.issuer, {}, limits);
    if (limits === PATIENT || place === 'discovery')
      expect(await codeOf(signIn(gateway, provider))).toBe(code);
    else {
      // The place before the one that hangs may take its time: it is asked again until the one that hangs was reached.
      let found = '';
      for (let reached = false; !reached; reached = provider.asked.includes(place)) {
        provider.asked.length = 0;
        found = await codeOf(signIn(gateway, provider));
      }
      expect(found).toBe(code);
    }
  });

  test('a redirect is not followed', async () => {
    const other = await startBentProvider(CLIENT.id, CLIENT.secret);
    try {
      provider.answers = {
        [place]: (response: ServerResponse) =>
          void response.writeHead(307, { location: `${other.issuer}/token` }).end(),
      };
      const refusal = await refusalOf(signIn(entrance(provider.issuer, {}, PATIENT), provider));
      expect(refusal).toMatchObject({ code: 'provider_answer_invalid', reason: 'a redirect, status 307' });
      expect(other.asked).toEqual([]);
    } finally {
      await other.close();
    }
  });
});

test('nobody is there: a gateway starts, and signs in once somebody is', async () => {
  const gone = await startBentProvider(CLIENT.id, CLIENT.secret);
  await gone.close();
  const gateway = entrance(gone.issuer);
  const refusal = await refusalOf(gateway.begin({ returnTo: '/ui' }));
  expect(refusal).toMatchObject({ code: 'provider_unreachable', status: 503, reason: 'ECONNREFUSED' });
  expect(refusal.message).not.toContain(gone.issuer);
});

test('what failed is asked for again, what is known is kept for a while', async () => {
  const gateway = entrance(provider.issuer, {}, { ...PATIENT, freshMs: 60_000 });
  provider.answers = { discovery: fails };
  expect(await codeOf(gateway.begin({ returnTo: '/ui' }))).toBe('provider_unreachable');
  provider.answers = {};
  await Promise.all([1, 2, 3].map(() => gateway.begin({ returnTo: '/ui' })));
  expect(provider.asked).toEqual(['discovery', 'discovery']);
  gateway.wait(60_001);
  await gateway.begin({ returnTo: '/ui' });
  expect(provider.asked).toEqual(['discovery', 'discovery', 'discovery']);
});

test('so many sign-ins wait for the provider, and no more', async () => {
  const gateway = entrance(provider.issuer, {}, PATIENT);
  const { callback, state } = await comeBack(gateway, provider);
  const waiting: ServerResponse[] = [];
  provider.answers = { token: (response) => void waiting.push(response) };
  const codes = Array.from({ length: 40 }, () => codeOf(gateway.finish(callback, state)));
  const busy = await Promise.all(codes.slice(32));
  expect(new Set(busy)).toEqual(new Set(['busy']));
  while (waiting.length < 32) await new Promise((resolve) => setTimeout(resolve, 5));
  for (const response of waiting) response.writeHead(503).end();
  expect(new Set(await Promise.all(codes.slice(0, 32)))).toEqual(new Set(['provider_unreachable']));
  provider.answers = {};
  expect(await signIn(gateway, provider)).toMatchObject({ name: 'lena' });
});
