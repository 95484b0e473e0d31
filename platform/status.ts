/** What there is of a platform, and how it is. */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'undici';
import type { PlatformOutline } from '../constructs/platform/platform-outline';
import { fromNow } from '../terminal/figures';
import { outputOf, type Column } from '../terminal/output';
import { Engine } from './engine';
import { PlatformFolder } from './folder';
import { adminAddressOf, authorityIn } from './gateway-place';
import { expected, servicesOf, type ServiceState } from './health';
import { madeIn } from './record';

export interface StatusWords {
  readonly folder: string;
  readonly json?: boolean;
}

interface Address {
  readonly name: string;
  readonly url: string;
  /** Whether it answers this machine; undefined: only workspaces reach it. */
  readonly answers?: boolean;
}

const PATIENCE_MS = 5_000;

const COLUMNS: readonly Column<ServiceState>[] = [
  { name: 'service', value: ({ container }) => container, isWhole: true },
  { name: 'state', value: ({ state, says }) => (says === undefined ? state : `${state}: ${says}`) },
  { name: 'version', value: ({ image }) => image },
  {
    name: 'since',
    value: ({ since }) => since,
    shown: ({ since }) => (since === undefined ? '-' : fromNow(since)),
  },
  { name: 'restarts', value: ({ restarts }) => restarts },
  { name: 'ports', value: ({ ports }) => [...new Set(ports)].join(' ') },
];

/** @returns exit code: 1 when something is not well */
export async function status(words: StatusWords): Promise<number> {
  const folder = new PlatformFolder(words.folder);
  const { outline } = madeIn(folder);
  const services = expected(outline, await servicesOf(new Engine(), outline.name));
  const addresses = await addressesOf(outline, folder);
  const output = outputOf(words);
  const isWell =
    services.every(({ state }) => state === 'well') && addresses.every(({ answers }) => answers !== false);
  await output.result({ name: outline.name, is_well: isWell, services, addresses }, COLUMNS, services);
  if (!words.json) {
    await output.line('');
    for (const { name, url, answers } of addresses)
      await output.line(`${name.padEnd(20)} ${url}${answers === false ? '  (does not answer)' : ''}`);
  }
  return isWell ? 0 : 1;
}

async function addressesOf(outline: PlatformOutline, folder: PlatformFolder): Promise<Address[]> {
  const { addresses, coder, services } = outline;
  const trusted = authorityIn(folder);
  const authority = trusted === undefined ? undefined : readFileSync(trusted);
  const admin = adminAddressOf(outline, folder);
  const port = services.find(({ name }) => name === 'coder')?.ports[0];
  const host = (address: string): string => (['0.0.0.0', '::'].includes(address) ? '127.0.0.1' : address);
  const asked: Readonly<Record<string, { url: string; servername?: string } | undefined>> = {
    coder_url: coder.isOwn
      ? port && {
          url: `${coder.speaksTls ? 'https' : 'http'}://${host(port.address)}:${port.external}/healthz`,
          servername: new URL(coder.accessUrl).hostname,
        }
      : { url: new URL('/healthz', coder.accessUrl).href },
    gateway_admin_url: { ...admin, url: `${admin.url}/health` },
  };
  return Promise.all(
    Object.entries(addresses).map(async ([name, url]) => {
      const question = asked[name];
      return question === undefined
        ? { name, url }
        : { name, url, answers: await answers(question, authority) };
    }),
  );
}

async function answers(
  { url, servername }: { readonly url: string; readonly servername?: string },
  authority: Buffer | undefined,
): Promise<boolean> {
  const agent = new Agent({
    connect: { ...(authority && { ca: authority }), ...(servername !== undefined && { servername }) },
  });
  try {
    const { statusCode, body } = await request(url, {
      dispatcher: agent,
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    await body.dump();
    return statusCode === 200;
  } catch {
    return false;
  } finally {
    await agent.close().catch(() => {});
  }
}
