/** A gateway of this machine in front of a stand-in provider, which answers what it is told to. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { catalog } from '../src/catalog';
import { renderGatewayDocument } from '../src/gateway-document';
import { policy } from '../src/policy';
import { CliError } from '../terminal/fault';
import { Child } from '../test/harness/child';
import { makeSecret, startGateway } from '../test/harness/platform';
import { say, startAnthropicStandin } from '../test/standins/anthropic';

const SCOPE = 'agent:review';
/** Nobody else waits for this gateway, and nothing is paid: the limits would only make it take minutes. */
const LIMITLESS = {
  ...policy,
  scopes: {
    ...policy.scopes,
    [SCOPE]: { ...policy.scopes[SCOPE], rpmLimit: 100_000, tpmLimit: 1_000_000_000 },
  },
};

export interface RecordedGateway {
  readonly place: { readonly url: string; readonly key: string };
  close(): Promise<void>;
}

/**
 * @param answering what is answered to all the text of a question
 * @throws CliError when the gateway gives out no key
 */
export async function startRecordedGateway(
  answering: (text: string) => string,
  stop: AbortSignal,
): Promise<RecordedGateway> {
  const end = (): void => void Child.stopAll();
  stop.addEventListener('abort', end);
  // The store's own account must be able to pass through this folder.
  const folder = mkdtempSync(join(tmpdir(), 'recorded-gateway-'));
  chmodSync(folder, 0o711);
  const standin = await startAnthropicStandin();
  standin.setDefault(({ body }) => say(answering(textOf(body))));
  let stopGateway: (() => Promise<void>) | undefined;
  const close = async (): Promise<void> => {
    stop.removeEventListener('abort', end);
    await stopGateway?.();
    await standin.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const document = join(folder, 'config.json');
    writeFileSync(document, JSON.stringify(renderGatewayDocument(catalog, LIMITLESS)));
    const masterKey = `sk-${makeSecret()}`;
    const { url, adminUrl, ...gateway } = await startGateway({
      dataDir: join(folder, 'store'),
      provider: { ANTHROPIC_API_KEY: standin.apiKey, ANTHROPIC_BASE_URL: standin.url },
      environment: { GATEWAY_MASTER_KEY: masterKey, GATEWAY_CONFIG: document },
    });
    stopGateway = () => gateway.stop();
    return { place: { url, key: await newKey(adminUrl, masterKey) }, close };
  } catch (fault) {
    await close();
    throw fault;
  }
}

/** Of the scope that reviews and can do nothing else. */
async function newKey(adminUrl: string, masterKey: string): Promise<string> {
  const answer = await fetch(`${adminUrl}/key/generate`, {
    method: 'POST',
    headers: { authorization: `Bearer ${masterKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ scope: SCOPE, key_alias: 'evaluation' }),
  });
  const { key } = (await answer.json()) as { readonly key?: unknown };
  if (typeof key !== 'string')
    throw new CliError(`The gateway for recorded answers has given out no key (status ${answer.status}).`);
  return key;
}

/** Every text of a request's system and turns. */
function textOf(body: unknown): string {
  const texts: string[] = [];
  const open: unknown[] = [body];
  while (open.length > 0) {
    const value = open.shift();
    if (typeof value === 'string') texts.push(value);
    else if (typeof value === 'object' && value !== null) open.push(...(Object.values(value) as unknown[]));
  }
  return texts.join('\n');
}
