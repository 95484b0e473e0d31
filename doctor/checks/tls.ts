/** Certificates: who signed them, for which names, for how long; and whether browsers take Coder's address for a safe one. */
import type { PeerCertificate } from 'node:tls';
import { connect } from 'node:tls';
import { connectionOf, reasonOf, type Address } from '../ask';
import { fault, note, ok, warning, type Check, type Found } from '../finding';

const DAY_MS = 86_400_000;
const SOON_DAYS = 14;
const PATIENCE_MS = 10_000;
const LOOPBACK = /^(localhost|[a-z0-9-]{1,63}\.localhost|127(\.\d{1,3}){3}|\[::1\])$/;

export const TLS: readonly Check[] = [
  {
    name: 'certificates',
    find: async ({ site, stop }) => {
      const addresses = [site.admin, site.data, site.coder].flatMap((each) => each ?? []);
      const speaking = addresses.filter(({ url }) => url.startsWith('https:'));
      const clear = addresses.filter(({ url }) => !url.startsWith('https:'));
      return [
        ...(await Promise.all(speaking.map((address) => certificateOf(address, stop)))),
        ...clear.map(({ url }) =>
          LOOPBACK.test(new URL(url).hostname)
            ? ok(`${url} is asked in the clear, on this machine alone`)
            : warning(`${url} is asked in the clear: keys can be read on the way`, 'give it a certificate'),
        ),
      ];
    },
  },
  {
    name: 'secure context',
    needs: ['coder'],
    find: async (facts) => {
      const url =
        facts.site.platform?.outline.coder.accessUrl ??
        facts.site.coder?.url ??
        (await facts.state()).state.coder.url ??
        '';
      const { protocol, hostname } = new URL(url);
      if (protocol === 'https:') return [ok(`browsers take ${url} for a safe address`)];
      return LOOPBACK.test(hostname)
        ? [note(`${url} is a safe address on the machine that runs Coder, and nowhere else`)]
        : [
            fault(
              `${url} is no safe address for browsers: editors stay blank there, for crypto.subtle is missing`,
              'give Coder an https address (docs/tls.md), and name it as CODER_ACCESS_URL',
            ),
          ];
    },
  },
];

interface Shown {
  readonly certificate: PeerCertificate;
  readonly refusal: NodeJS.ErrnoException | undefined;
}

async function certificateOf(address: Address, stop: AbortSignal): Promise<Found> {
  const { url } = address;
  let shown: Shown;
  try {
    shown = await look(address, stop);
  } catch (thrown) {
    return fault(`${url} shows no certificate: ${reasonOf(thrown)}`, 'look whether TLS is spoken there');
  }
  const { certificate, refusal } = shown;
  const names = (certificate.subjectaltname ?? '').replaceAll('DNS:', '').slice(0, 300);
  const [begins, ends] = [Date.parse(certificate.valid_from), Date.parse(certificate.valid_to)];
  const days = Math.floor((ends - Date.now()) / DAY_MS);
  const what = `${url}: for ${names || 'no name'}`;
  if (ends < Date.now())
    return fault(
      `${what}: its certificate expired ${Math.floor((Date.now() - ends) / DAY_MS)} days ago`,
      'renew it; the gateway takes it up by itself',
    );
  if (refusal !== undefined)
    return fault(
      `${what}: ${reasonOf(refusal)}`,
      'make it for that name, put those that signed it below it, and let this machine trust them (NODE_EXTRA_CA_CERTS)',
    );
  // One that lives for days is renewed in days.
  const isSoon = days < SOON_DAYS && ends - Date.now() < (ends - begins) / 3;
  return isSoon
    ? warning(`${what}, ${days} days left`, 'renew it; the gateway takes it up by itself')
    : ok(`${what}, ${days} days left, signed by ${issuerOf(certificate)}`);
}

const issuerOf = ({ issuer }: PeerCertificate): string =>
  String(issuer.CN ?? issuer.O ?? 'nobody named').slice(0, 100);

/** Connects whoever signed it, so that all there is to say can be said. */
const look = ({ url, ...how }: Address, stop: AbortSignal): Promise<Shown> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const host = hostname.replace(/^\[|\]$/g, '');
    const socket = connect({
      host,
      port: Number(port || 443),
      ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
      ...connectionOf(how),
      rejectUnauthorized: false,
      timeout: PATIENCE_MS,
    });
    const cut = (): void => void socket.destroy(Object.assign(new Error('cut'), { name: 'AbortError' }));
    stop.addEventListener('abort', cut, { once: true });
    socket.once('close', () => stop.removeEventListener('abort', cut));
    socket.once('secureConnect', () => {
      const certificate = socket.getPeerCertificate();
      const refusal = socket.authorized
        ? undefined
        : Object.assign(new Error(), { code: codeOf(socket.authorizationError) });
      socket.destroy();
      resolve({ certificate, refusal });
    });
    socket.once('timeout', () => socket.destroy(Object.assign(new Error(), { code: 'no answer' })));
    socket.once('error', reject);
  });

/** It is a code, whatever its type says; in newer versions an error that has one. */
const codeOf = (error: unknown): string => {
  const code: unknown = typeof error === 'string' ? error : (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : 'it is not trusted';
};
