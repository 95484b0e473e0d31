/** What the services have written, a line at a time, each with whose it is. */
import { CliError, UsageError } from '../terminal/fault';
import { untilStopped } from '../terminal/stopped';
import { forTerminal, withoutKeys } from '../terminal/terminal-text';
import { Engine } from './engine';
import { PlatformFolder } from './folder';
import { servicesOf } from './health';
import { madeIn } from './record';

export interface LogWords {
  readonly folder: string;
  readonly follow?: boolean;
  /** A duration as `10m`, or a time with its zone. */
  readonly since?: string;
}

const SECONDS: Readonly<Record<string, number>> = {
  s: 1,
  m: 60,
  h: 3_600,
  d: 86_400,
  w: 604_800,
  mo: 2_592_000,
};
/** Lines of each service when nothing says from when on. */
const TAIL = '200';
/** UTF-16 units of a line; what is longer is shown in pieces. */
const LONGEST = 100_000;

/** @param service Terraform's name, or the container's. @default - all of them */
export async function logs(service: string | undefined, words: LogWords): Promise<void> {
  const { outline } = madeIn(new PlatformFolder(words.folder));
  const engine = new Engine();
  const services = await servicesOf(engine, outline.name);
  const chosen = services.filter(
    (each) =>
      service === undefined ||
      [each.service, each.service.replaceAll('_', '-'), each.container].includes(service),
  );
  if (services.length === 0)
    throw new CliError(`No container of ${outline.name} is there: "contractor-workspace up" makes them.`);
  if (chosen.length === 0)
    throw new UsageError(
      `There is no service "${(service ?? '').slice(0, 100)}": there are ${[...new Set(services.map((each) => each.service))].join(', ')}.`,
    );
  const query = {
    timestamps: '0',
    ...(words.follow && { follow: '1' }),
    ...(words.since === undefined ? { tail: TAIL } : { since: unixTime(words.since) }),
  };
  await untilStopped(async (stop) => {
    const read = async (container: string): Promise<void> => {
      const write = lineWriter(chosen.length > 1 ? `${container} | ` : '');
      await engine.logs(container, query, write.add, stop);
      write.end();
    };
    // What does not go on is shown one after the other, so that a reader finds each whole.
    if (words.follow) await Promise.all(chosen.map(({ container }) => read(container)));
    else for (const { container } of chosen) await read(container);
  });
}

function lineWriter(prefix: string): { add: (chunk: Buffer) => void; end: () => void } {
  const decoder = new TextDecoder();
  let rest = '';
  const show = (line: string): void =>
    void process.stdout.write(`${prefix}${withoutKeys(forTerminal(line))}\n`);
  return {
    add: (chunk) => {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach((line) => show(line.replace(/\r$/, '')));
      if (rest.length > LONGEST) {
        show(rest);
        rest = '';
      }
    },
    end: () => {
      if (rest !== '') show(rest);
    },
  };
}

/** Seconds of Unix time, as the engine takes it. */
function unixTime(since: string): string {
  const [, amount, unit = ''] = /^(\d{1,6})(s|mo|m|h|d|w)$/.exec(since) ?? [];
  const seconds =
    amount === undefined
      ? Date.parse(since) / 1000
      : Date.now() / 1000 - Number(amount) * (SECONDS[unit] ?? 1);
  return seconds.toFixed(3);
}
