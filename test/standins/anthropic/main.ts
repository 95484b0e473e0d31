/**
 * The stand-in as a program, for the demo: prints one line of JSON, `{"url", "apiKey", "models"}`, and ends when its
 * standard input closes or after `--max-seconds`.
 */
import { parseArgs } from 'node:util';
import { catalogModels } from './knowledge';
import { startAnthropicStandin } from './standin';

const HELP = `Usage: main.ts [--port N] [--api-key KEY] [--max-seconds N]

A stand-in for Anthropic's Messages API on the loopback address. Prints one JSON line and ends when standard
input closes or after --max-seconds (default 600, at most 86400).
`;

async function main(): Promise<number | undefined> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      'api-key': { type: 'string' },
      'max-seconds': { type: 'string', default: '600' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const [port, seconds] = [Number(values.port), Number(values['max-seconds'])];
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error('--port: a number from 0 to 65535');
  if (!(seconds > 0 && seconds <= 86_400)) throw new Error('--max-seconds: a number from 1 to 86400');

  const apiKey = values['api-key'];
  const standin = await startAnthropicStandin({ port, ...(apiKey === undefined ? {} : { apiKey }) });
  const { url } = standin;
  process.stdout.write(
    `${JSON.stringify({ url, apiKey: standin.apiKey, models: [...catalogModels().keys()] })}\n`,
  );

  const end = (): void => void standin.close().then(() => process.exit(0));
  setTimeout(end, seconds * 1000).unref();
  process.stdin.resume().once('end', end).once('error', end);
  process.once('SIGTERM', end).once('SIGINT', end);
  return undefined;
}

main().then(
  (code) => {
    if (code !== undefined) process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
