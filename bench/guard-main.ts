/** `npm run bench:guard`: fails when the gateway costs notably more than it did. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from '../terminal/program';
import { openArena } from './arena';
import { GUARDED, holdCase, KEPT, measureRatios, ratioOf, showVerdict } from './guard';

const FILE = join(__dirname, 'guard-figures.json');

const HELP = `Usage: npm run bench:guard [-- --write]

Measures ${GUARDED.map(({ name }) => name).join(', ')} as npm run bench does, and fails when the gateway's CPU time of a call
is more than a third above the multiple of the bare relay's that bench/guard-figures.json keeps.

  --write   keeps what is measured now instead
  --help    this text
`;

runProgram(async () => {
  const args = process.argv.slice(2);
  const unknown = args.find((arg) => !['--write', '--help', '-h'].includes(arg));
  if (unknown !== undefined) throw new Error(`"${unknown}" is no option. See --help.`);
  if (args.some((arg) => ['--help', '-h'].includes(arg))) return void process.stdout.write(HELP);
  const arena = await openArena(process.env['BENCH_DATABASE_URL']);
  try {
    if (args.includes('--write')) {
      const ratios = await measureRatios(arena);
      await writeFile(FILE, `${JSON.stringify({ cpu_over_bare_relay: ratios }, null, 2)}\n`);
      return void process.stdout.write(`${FILE}: ${JSON.stringify(ratios)}\n`);
    }
    for (const each of GUARDED) {
      const kept = KEPT[each.name];
      if (kept === undefined) throw new Error(`bench/guard-figures.json keeps nothing for ${each.name}`);
      const verdict = await holdCase(() => ratioOf(arena, each), each.name, kept);
      process.stdout.write(showVerdict(verdict));
      if (!verdict.isHeld) process.exitCode = 1;
    }
  } finally {
    await arena.close();
  }
});
