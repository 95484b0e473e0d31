/**
 * Which addresses an alert may be sent to: public ones, and of hosts that a setting names, all. It is looked at what is
 * really connected to, not at a name: that may lead elsewhere a moment later.
 */
import { lookup as resolve, type LookupAddress } from 'node:dns';
import { BlockList, isIP, isIPv6, type LookupFunction } from 'node:net';

export class AddressRefused extends Error {
  readonly code = 'ADDRESS_NOT_PUBLIC';
}

/** Not of the internet: https://www.iana.org/assignments/iana-ipv4-special-registry, …/iana-ipv6-special-registry. */
const INNER: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
  // Unspecified, loopback, and addresses of IPv4 in the clothes of IPv6.
  ['::', 96],
  ['::ffff:0:0', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
];

// A list for each: in one, a rule for IPv4 in the clothes of IPv6 would hold for all of IPv4.
const inner = { ipv4: new BlockList(), ipv6: new BlockList() };
for (const [network, bits] of INNER) {
  const family = isIPv6(network) ? 'ipv6' : 'ipv4';
  inner[family].addSubnet(network, bits, family);
}

/** Whether it is an address of the internet. */
export const isPublic = (address: string): boolean => {
  const family = isIP(address);
  if (family === 0) return false;
  return family === 6 ? !inner.ipv6.check(address, 'ipv6') : !inner.ipv4.check(address, 'ipv4');
};

export interface AllowedAddresses {
  /** Of a host as a URL has it. @throws AddressRefused, or what the resolver says */
  find(host: string): Promise<readonly LookupAddress[]>;
  /** The same, as sockets ask. Not asked by them about what is an address already. */
  readonly lookup: LookupFunction;
}

const bare = (host: string): string =>
  host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;

/** @param named hosts that may have any address, in small letters */
export function createAllowedAddresses(named: ReadonlySet<string>): AllowedAddresses {
  const allow = (host: string, address: string): boolean => named.has(host) || isPublic(address);

  const find = (given: string): Promise<readonly LookupAddress[]> => {
    const host = bare(given.toLowerCase());
    return new Promise((done, fail) =>
      resolve(host, { all: true }, (fault, addresses) => {
        if (fault) return fail(fault);
        const allowed = addresses.filter(({ address }) => allow(host, address));
        if (allowed.length > 0) done(allowed);
        else fail(new AddressRefused('not a public address'));
      }),
    );
  };

  const lookup: LookupFunction = (host, options, tell) => {
    find(host).then(
      (found) => {
        const family = options.family === 'IPv4' ? 4 : options.family === 'IPv6' ? 6 : options.family;
        const fitting = found.filter((each) => !family || each.family === family);
        const [first] = fitting;
        if (options.all) tell(null, [...fitting]);
        else if (first) tell(null, first.address, first.family);
        else tell(new AddressRefused('no address of that family'), '', 4);
      },
      (fault: NodeJS.ErrnoException) => (options.all ? tell(fault, []) : tell(fault, '', 4)),
    );
  };
  return { find, lookup };
}
