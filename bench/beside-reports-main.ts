/** `npm run bench:reports`: what calls feel of the largest reports, asked for again and again. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runProgram } from '../terminal/program';
import { openArena } from './arena';
import { fillStore, measureBesideReports, showBeside } from './beside-reports';
import { LARGE } from './ledger';

const HELP = `Usage: npm run bench:reports [-- --rows N --rounds N --seconds N --rate N]

Fills a ledger, then has calls answered by turns without and beside the largest report of each kind, two of them at once.
Fails when calls a second or their p99 are worse by more than a tenth, or the gateway takes 100 MB more.

  --rows N      calls in the ledger (${LARGE.rows})
  --rounds N    quiet and busy windows (6)
  --seconds N   of each window (15)
  --rate N      calls a second; without it, each connection asks again at once
  --help        this text
`;

runProgram(async () => {
  const number = { type: 'string' as const };
  const { values } = parseArgs({
    options: { rows: number, rounds: number, seconds: number, rate: number, help: { type: 'boolean' } },
  });
  if (values.help === true) return void process.stdout.write(HELP);
  const read = (text: string | undefined, otherwise: number): number => {
    const value = Number(text ?? otherwise);
    if (!(value > 0)) throw new Error(`"${text}" is no number above 0. See --help.`);
    return value;
  };
  const rows = read(values.rows, LARGE.rows);
  const arena = await openArena(undefined, (folder) => fillStore(join(folder, 'store'), rows));
  try {
    const { text, isHeld } = showBeside(
      await measureBesideReports(arena, {
        rounds: read(values.rounds, 6),
        seconds: read(values.seconds, 15),
        rate: values.rate === undefined ? undefined : read(values.rate, 0),
        ...(await arena.administration()),
      }),
    );
    process.stdout.write(text);
    if (!isHeld) process.exitCode = 1;
  } finally {
    await arena.close();
  }
});
