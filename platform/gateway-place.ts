/** How this machine reaches the gateway of a platform that `up` has made, and what opens it. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { TRUSTED } from '../certificates/file-names';
import type { PlatformOutline } from '../constructs/platform/platform-outline';
import { GATEWAY_NAMES } from '../src/gateway-names';
import { CliError } from '../terminal/fault';
import { PlatformFolder } from './folder';
import { madeIn } from './record';
import { readSecrets } from './secrets';

/** The admin listener as this machine reaches it. */
export interface AdminAddress {
  readonly url: string;
  /** Name that its certificate is for, whatever it is reached by; undefined: it speaks no TLS. */
  readonly servername?: string;
  /** PEM file of who signed it besides the public authorities. */
  readonly authority?: string;
}

export interface GatewayPlace extends AdminAddress {
  /** The master key. */
  readonly key: string;
  /** Where the key is from, for messages. */
  readonly keyFrom: string;
  /** Path of what declares the platform. @default - the platform as shipped */
  readonly program?: string;
}

export function adminAddressOf({ gateway }: PlatformOutline, folder: PlatformFolder): AdminAddress {
  const { scheme, adminAddress, adminPort } = gateway;
  const host = ['0.0.0.0', '::'].includes(adminAddress) ? '127.0.0.1' : adminAddress;
  const url = `${scheme}://${host.includes(':') ? `[${host}]` : host}:${adminPort}`;
  const authority = authorityIn(folder);
  return scheme === 'http'
    ? { url }
    : { url, servername: GATEWAY_NAMES[0], ...(authority !== undefined && { authority }) };
}

/** PEM file of what has to be trusted besides the public authorities, where there is anything in it. */
export function authorityIn(folder: PlatformFolder): string | undefined {
  const trusted = join(folder.certificates, TRUSTED);
  return (statSync(trusted, { throwIfNoEntry: false })?.size ?? 0) > 0 ? trusted : undefined;
}

/** Whether `up` has made something there. */
export const isPlatformIn = (path: string): boolean => existsSync(new PlatformFolder(path).record);

/** @throws CliError when there is no platform, or its secrets cannot be read */
export function gatewayPlaceIn(path: string): GatewayPlace {
  const folder = new PlatformFolder(path);
  const { outline, program } = madeIn(folder);
  const key = readSecrets(folder.secrets)?.['gateway_master_key'];
  if (key === undefined)
    throw new CliError(
      `The gateway's master key is not in ${folder.secrets}: put that file back, or name the gateway by GATEWAY_ADMIN_URL and GATEWAY_ADMIN_KEY.`,
    );
  return {
    ...adminAddressOf(outline, folder),
    key,
    keyFrom: folder.secrets,
    ...(program !== undefined && { program }),
  };
}
