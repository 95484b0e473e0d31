/** Which site is looked at: a gateway by its address, or a platform by its folder. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readKey, refuseClearText } from '../administration/admin-client';
import { TRUSTED } from '../certificates/file-names';
import type { PlatformOutline } from '../constructs/platform/platform-outline';
import { PlatformFolder } from '../platform/folder';
import { readRecord } from '../platform/record';
import { readSecrets, type Secrets } from '../platform/secrets';
import { GATEWAY_ADMIN_NAME, GATEWAY_NAMES, GATEWAY_PORT } from '../src/gateway-names';
import { CliError, UsageError } from '../terminal/fault';
import type { Address } from './ask';

export interface SiteWords {
  readonly folder: string;
  readonly adminUrl?: string;
  readonly dataUrl?: string;
  readonly coderUrl?: string;
  readonly workspaceNetwork?: string;
  readonly workspaceImage: string;
}

export interface Site {
  readonly admin: Address;
  readonly adminKey: string;
  /** Of the variable or file that the key came from. */
  readonly keyFrom: string;
  /** Undefined: it cannot be reached from this machine. */
  readonly data: Address | undefined;
  /** As people open it. Undefined: only the gateway may know. */
  readonly coder: Address | undefined;
  readonly platform:
    | { readonly folder: PlatformFolder; readonly outline: PlatformOutline; readonly secrets: Secrets }
    | undefined;
  readonly workspaceNetwork: string;
  readonly workspaceImage: string;
}

const DEFAULT_ADMIN = 'http://127.0.0.1:4001';
const DEFAULT_NETWORK = 'coder-network';

/** @throws UsageError, CliError when there is no key to ask with */
export function siteOf(words: SiteWords, environment: NodeJS.ProcessEnv): Site {
  const named = words.adminUrl ?? (environment['GATEWAY_ADMIN_URL'] || undefined);
  const folder = new PlatformFolder(words.folder);
  const { made } = readRecord(folder);
  return named === undefined && made !== undefined
    ? ofPlatform(words, folder, made.outline)
    : ofGateway(words, named ?? DEFAULT_ADMIN, environment);
}

function ofGateway(words: SiteWords, adminUrl: string, environment: NodeJS.ProcessEnv): Site {
  const url = address('--admin-url', adminUrl);
  refuseClearText(url);
  const { key, from } = readKey(environment);
  const data = new URL(url);
  data.port = environment['GATEWAY_PORT'] || String(GATEWAY_PORT);
  return {
    admin: { url: originOf(url) },
    adminKey: key,
    keyFrom: from,
    data: { url: originOf(words.dataUrl === undefined ? data : address('--data-url', words.dataUrl)) },
    coder:
      words.coderUrl === undefined ? undefined : { url: originOf(address('--coder-url', words.coderUrl)) },
    platform: undefined,
    workspaceNetwork: words.workspaceNetwork ?? DEFAULT_NETWORK,
    workspaceImage: words.workspaceImage,
  };
}

function ofPlatform(words: SiteWords, folder: PlatformFolder, outline: PlatformOutline): Site {
  const secrets = readSecrets(folder.secrets) ?? {};
  const adminKey = secrets['gateway_master_key'];
  if (adminKey === undefined)
    throw new CliError(
      `${folder.secrets} has no gateway_master_key, with which the gateway is asked: put back the file that was there.`,
    );
  const trusted = join(folder.certificates, TRUSTED);
  const trust = existsSync(trusted) ? { authority: readFileSync(trusted, 'utf8') } : {};
  const { scheme, adminAddress, adminPort } = outline.gateway;
  const published = outline.services
    .flatMap(({ name, ports }) => (name.startsWith('gateway') ? ports : []))
    .find(({ internal }) => internal === GATEWAY_PORT);
  return {
    admin: {
      url: `${scheme}://${hereOf(adminAddress)}:${adminPort}`,
      servername: GATEWAY_ADMIN_NAME,
      ...trust,
    },
    adminKey,
    keyFrom: folder.secrets,
    data:
      words.dataUrl !== undefined
        ? { url: originOf(address('--data-url', words.dataUrl)), ...trust }
        : published && {
            url: `${scheme}://${hereOf(published.address)}:${published.external}`,
            servername: GATEWAY_NAMES[0],
            ...trust,
          },
    coder: coderOf(outline, trust),
    platform: { folder, outline, secrets },
    workspaceNetwork: words.workspaceNetwork ?? outline.workspaceNetwork.name,
    workspaceImage: words.workspaceImage,
  };
}

/** The platform's own answers on a port of this host, whatever its name leads to from here. */
function coderOf({ coder, services }: PlatformOutline, trust: { authority?: string }): Address {
  const port = services.find(({ name }) => name === 'coder')?.ports[0];
  return coder.isOwn && coder.speaksTls && port !== undefined
    ? {
        url: `https://${hereOf(port.address)}:${port.external}`,
        servername: new URL(coder.accessUrl).hostname,
        ...trust,
      }
    : { url: coder.accessUrl, ...trust };
}

const hereOf = (host: string): string => (['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host);
const originOf = (url: URL): string => url.href.replace(/\/+$/, '');

function address(flag: string, text: string): URL {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new UsageError(
      `${flag} must be an address such as "https://gateway.example.com:4001", got "${text.slice(0, 200)}".`,
    );
  return new URL(text);
}
