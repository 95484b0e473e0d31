/** Runs the tests in a clean clone with each newer version of Node.js. */
import { runProgram } from '../../terminal/program';
import { expected, inClone, installVersions, isLinux, NEW, run } from './versions';

const HELP = `npm run test:nodes [-- words of jest]

Clones what is committed, and with Node.js ${Object.values(NEW).join(' and ')} from npm installs it and runs all tests, or those that the words
choose ("-- test/json"). The tests of each version take as long as "npm test" does.

  NODE_VERSIONS_FOLDER   keeps the programs from run to run; remove it at will
`;

/** Milliseconds for all tests on a slow machine. */
const LIMIT_MS = 3 * 3_600_000;

runProgram(async () => {
  const words = process.argv.slice(2);
  if (words.includes('--help')) return void process.stdout.write(HELP);
  if (!isLinux('test:nodes')) return;
  const versions = await installVersions();
  await inClone(async (clone) => {
    for (const [name, version] of Object.entries(NEW)) {
      const installed = await versions.npm(name, clone, 'ci', '--prefer-offline');
      expected(`npm ci with Node.js ${version}`, installed, 0, /added \d+ packages/);
      const tested = await run(
        versions.program(name),
        ['node_modules/jest/bin/jest.js', ...words],
        clone,
        versions.environment(name),
        LIMIT_MS,
      );
      expected(`tests with Node.js ${version}`, tested, 0, /^Tests: .* passed/m);
    }
  });
});
