/** What runs where a workspace is: on its network, with the platform's authority. */
import { spawn } from 'node:child_process';
import { run, type CommandResult } from '../../image/with-engine/commands';

export interface WorkspacePlace {
  readonly network: string;
  /** PEM file of what it trusts. */
  readonly trusted: string;
  /** With Node.js in it. */
  readonly image: string;
}

/** `call(isStream, tokens)`, with the key in KEY. */
export const CALL = `
  const call = (stream, tokens) => fetch('https://litellm:4000/v1/chat/completions', {
    method: 'POST',
    headers: { authorization: 'Bearer ' + process.env.KEY, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'claude-haiku', stream, max_tokens: tokens, messages: [{ role: 'user', content: 'hi' }] }),
  });`;

const words = (
  { network, trusted, image }: WorkspacePlace,
  env: Record<string, string>,
  name?: string,
): string[] => [
  ...['run', '--rm', '--network', network, '--add-host', 'host.docker.internal:host-gateway'],
  ...(name === undefined ? [] : ['--name', name]),
  ...['--volume', `${trusted}:/trusted.pem:ro`, '--env', 'NODE_EXTRA_CA_CERTS=/trusted.pem'],
  ...Object.entries(env).flatMap(([variable, value]) => ['--env', `${variable}=${value}`]),
  ...['--entrypoint', 'node', image, '-e'],
];

export const runIn = (
  place: WorkspacePlace,
  script: string,
  env: Record<string, string> = {},
): Promise<CommandResult> => run('docker', [...words(place, env), script], { timeout: 900 });

/** Asks one small thing after the other until it is stopped. @returns what stops it, and says how often which answer came */
export function keepAsking(
  place: WorkspacePlace,
  key: string,
  name: string,
): () => Promise<Record<string, number>> {
  const script = `
    const seen = {};
    let over = false;
    process.on('SIGTERM', () => (over = true));
    (async () => {
      while (!over) {
        const word = await fetch('https://litellm:4000/v1/models', { headers: { authorization: 'Bearer ' + process.env.KEY } })
          .then(async (r) => { await r.text(); return r.status; }, (e) => e.cause?.code ?? e.message);
        seen[word] = (seen[word] ?? 0) + 1;
        await new Promise((r) => setTimeout(r, 100));
      }
      console.log(JSON.stringify(seen));
    })();`;
  const child = spawn('docker', [...words(place, { KEY: key }, name), script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return async () => {
    await run('docker', ['kill', '--signal', 'TERM', name]);
    await ended;
    return JSON.parse(said.trim().split('\n').at(-1) ?? '{}') as Record<string, number>;
  };
}
