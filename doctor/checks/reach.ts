/** Whether gateway, Coder and the platform's services answer, and in which versions. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expected, servicesOf } from '../../platform/health';
import { ask, NoAnswer, type Address } from '../ask';
import { Refused, type Facts } from '../facts';
import { fault, note, notChecked, ok, warning, type Check, type Found } from '../finding';

/** Versions: https://github.com/coder/coder, whose switches are known from there on. */
const OLDEST_CODER = [2, 36] as const;
/** Starts anew so often that something is wrong with it. */
const MANY_RESTARTS = 5;

export const REACH: readonly Check[] = [
  {
    name: 'admin listener',
    find: async (facts) => [
      await healthOf(facts, facts.site.admin, '/health'),
      // Whether the key is taken is part of being reached.
      ...(await facts.state().then(
        () => [],
        (thrown: Error) => (thrown instanceof NoAnswer ? [] : [refusal(thrown)]),
      )),
    ],
  },
  {
    name: 'data listener',
    needs: ['data'],
    find: async (facts) => (facts.site.data ? [await healthOf(facts, facts.site.data, '/health')] : []),
  },
  {
    name: 'services',
    needs: ['platform', 'engine'],
    find: async (facts) => {
      const { outline } = facts.site.platform ?? {};
      if (outline === undefined) return [];
      const services = expected(outline, await servicesOf(await facts.engine(), outline.name));
      const found = services.flatMap(({ container, state, says, restarts }): Found[] => {
        const what = `${container} is ${state}${says === undefined ? '' : `: ${says}`}`;
        if (state === 'not running' || state === 'not there')
          return [fault(what, 'run "contractor-workspace up" again')];
        if (state !== 'well')
          return [fault(what, `look at its words: contractor-workspace logs ${container}`)];
        return restarts < MANY_RESTARTS
          ? []
          : [
              warning(
                `${container} was started anew ${restarts} times`,
                `look at its words: contractor-workspace logs ${container}`,
              ),
            ];
      });
      return found.length > 0 ? found : [ok(`all ${services.length} are well`)];
    },
  },
  {
    name: 'Coder',
    needs: ['coder'],
    find: async (facts) => {
      const coder = facts.site.coder ?? { url: (await facts.state()).state.coder.url ?? '' };
      return [await healthOf(facts, coder, '/healthz')];
    },
  },
  {
    name: 'versions',
    needs: ['gateway'],
    find: async (facts) => {
      const { gateway, store, coder } = (await facts.state()).state;
      const own = ownVersion();
      return [
        gateway.version === own
          ? ok(`gateway ${gateway.version} on Node ${gateway.node}, Postgres ${store.version}`)
          : note(
              `the gateway is ${gateway.version}, this program is ${own}; Node ${gateway.node}, Postgres ${store.version}`,
              'bring both to one version: what one of them says may be unknown to the other',
            ),
        ...(coder.url === null ? [] : [coderVersion(coder.version)]),
      ];
    },
  },
];

const refusal = (thrown: Error): Found =>
  fault(
    `it does not say how the gateway is: ${thrown.message}`,
    thrown instanceof Refused && thrown.status === 401
      ? 'set the key that the gateway has'
      : 'look into the log of the gateway',
  );

function coderVersion(version: string | null | undefined): Found {
  if (version == null) return notChecked('Coder does not tell the gateway its version');
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < OLDEST_CODER[0] || (major === OLDEST_CODER[0] && minor < OLDEST_CODER[1]);
  return isOld
    ? fault(
        `Coder is ${version}; from ${OLDEST_CODER.join('.')} on it is known what switches its own AI off`,
        'upgrade Coder',
      )
    : ok(`Coder ${version}`);
}

function ownVersion(): string {
  const text = readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

async function healthOf({ stop }: Facts, address: Address, path: string): Promise<Found> {
  try {
    const { status, tookMs } = await ask({ ...address, url: address.url + path }, { signal: stop });
    if (status === 200) return ok(`${address.url} answers after ${tookMs} ms`);
    return status === 503
      ? fault(
          `${address.url} answers, but its store does not`,
          'look at Postgres, and at the log of the gateway',
        )
      : fault(`${address.url}${path} answers ${status}`, 'look at what answers there, and at its log');
  } catch (thrown) {
    if (!(thrown instanceof NoAnswer)) throw thrown;
    return fault(
      `${address.url} does not answer: ${thrown.message}`,
      'look whether it runs, and whether the address is right',
    );
  }
}
