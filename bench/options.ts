/** The command line of `npm run bench`. */
import { CASES, CONNECTIONS, type Case } from './cases';

export interface Options {
  readonly cases: readonly Case[];
  /** For each contestant in each case. */
  readonly seconds: number;
  /** Calls a second of each; undefined: as many as it answers. */
  readonly rate: number | undefined;
  readonly jsonFile: string | undefined;
  readonly profile: boolean;
  readonly help: boolean;
}

const DEFAULT_SECONDS = 4;
const MOST_SECONDS = 120;
const MOST_RATE = 100_000;

export const HELP = `Usage: npm run bench [-- --case NAME … --seconds N --rate N --profile --json FILE]

What the gateway costs beyond handing calls through: the gateway with everything on (real Postgres, keys, budgets,
limits, prompt, ledger, log), a bare relay and a relay that parses and rewrites the JSON, by turns, over ${CONNECTIONS}
connections on this machine, in front of a stand-in that answers at once. CPU is the measured process's own, in
microseconds a request; "added" and "×" compare with the bare relay. Fails if a single answer is not 200 and whole.

  --case NAME    only this case; may be given several times
                 (${CASES.map(({ name }) => name).join(', ')})
  --seconds N    for each of the three in each case, at most ${MOST_SECONDS} (${DEFAULT_SECONDS})
  --rate N       calls a second of each, where it can; without it, each connection asks again at once. The same work
                 takes more CPU when there is little of it, so this compares alike with alike
  --profile      also says which parts of the gateway the time goes to
  --json FILE    writes the figures there
  --help         this text

Environment:
  BENCH_DATABASE_URL   a Postgres to keep accounts in, which is written to (an embedded one, which goes away)
`;

/** What was typed cannot be understood; the message says what is allowed. */
export class OptionError extends Error {}

export function readOptions(args: readonly string[]): Options {
  const names: string[] = [];
  let seconds = DEFAULT_SECONDS;
  let rate: number | undefined;
  let jsonFile: string | undefined;
  let profile = false;
  let help = false;
  const rest = [...args];
  const valueOf = (option: string): string => {
    const value = rest.shift();
    if (value === undefined) throw new OptionError(`${option} needs a value. See --help.`);
    return value;
  };
  for (let option = rest.shift(); option !== undefined; option = rest.shift())
    switch (option) {
      case '--case':
        names.push(valueOf(option));
        break;
      case '--seconds':
        seconds = readNumber(option, valueOf(option), MOST_SECONDS);
        break;
      case '--rate':
        rate = readNumber(option, valueOf(option), MOST_RATE);
        break;
      case '--json':
        jsonFile = valueOf(option);
        break;
      case '--profile':
        profile = true;
        break;
      case '--help':
      case '-h':
        help = true;
        break;
      default:
        throw new OptionError(`"${option}" is no option. See --help.`);
    }
  return { cases: findCases(names), seconds, rate, jsonFile, profile, help };
}

function readNumber(option: string, text: string, most: number): number {
  const number = Number(text);
  if (!(number > 0 && number <= most))
    throw new OptionError(`${option}: expected a number above 0 and up to ${most}, got "${text}".`);
  return number;
}

function findCases(names: readonly string[]): readonly Case[] {
  const unknown = names.find((name) => !CASES.some((each) => each.name === name));
  if (unknown !== undefined)
    throw new OptionError(
      `--case: there is no case "${unknown}"; there are ${CASES.map(({ name }) => name).join(', ')}.`,
    );
  return names.length === 0 ? CASES : CASES.filter(({ name }) => names.includes(name));
}
