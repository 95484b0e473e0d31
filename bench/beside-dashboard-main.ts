/** `npm run bench:dashboard`: what calls feel of somebody who clicks through all pages of the dashboard. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runProgram } from '../terminal/program';
import { openArena } from './arena';
import { measureBesideDashboard, showBesideDashboard } from './beside-dashboard';
import { fillStore } from './beside-reports';

const ROWS = 500_000;
const HELP = `Usage: npm run bench:dashboard [-- --rows N --keys N --rounds N --seconds N --rate N --pause N]

Fills a ledger, then has calls answered by turns without and with somebody who clicks through all pages of the dashboard,
one after the other, with every query that pages lead to.

  --rows N      calls in the ledger (${ROWS})
  --keys N      keys (1000)
  --rounds N    pairs of windows (6)
  --seconds N   of each window (10)
  --rate N      calls a second (200)
  --pause N     milliseconds between two clicks (100)
  --help        this text
`;

runProgram(async () => {
  const number = { type: 'string' as const };
  const { values } = parseArgs({
    options: {
      ...{ rows: number, keys: number, rounds: number, seconds: number, rate: number, pause: number },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) return void process.stdout.write(HELP);
  const read = (name: 'rows' | 'keys' | 'rounds' | 'seconds' | 'rate' | 'pause', usual: number): number => {
    const value = Number(values[name] ?? usual);
    if (!(value > 0))
      throw new Error(`--${name} is "${values[name]}", which is no number above 0. See --help.`);
    return value;
  };
  const [rows, keys] = [read('rows', ROWS), read('keys', 1_000)];
  const measured = { rounds: read('rounds', 6), seconds: read('seconds', 10), rate: read('rate', 200) };
  const pauseMs = read('pause', 100);
  const arena = await openArena(undefined, (folder) =>
    fillStore(join(folder, 'store'), rows, { keys, people: Math.ceil(keys / 2) }),
  );
  try {
    const found = await measureBesideDashboard(arena, {
      ...measured,
      pauseMs,
      ...(await arena.administration()),
    });
    process.stdout.write(showBesideDashboard(found));
  } finally {
    await arena.close();
  }
});
