/** A repository as `create` makes it: its own tests pass, and it writes what the same program writes in a clone. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { check, ended, ROOT, run } from './packed';
import { differences } from './tree';

const LIBRARY = join(ROOT, 'library/index');

/** The same program, with the library of this clone. */
function inClone(from: string, folder: string): string {
  mkdirSync(folder);
  for (const name of ['policy.ts', 'template.ts']) {
    const text = readFileSync(join(from, name), 'utf8');
    writeFileSync(join(folder, name), text.replace("'contractor-workspace'", JSON.stringify(LIBRARY)));
  }
  return join(folder, 'template.ts');
}

/** @param home where the package is installed */
export function checkCreated(home: string, archive: string): void {
  const source = `file:${archive}`;
  run(home, 'node_modules/.bin/contractor-workspace', ['create', 'my-template', '--package', source]);
  const repository = join(home, 'my-template');
  run(repository, 'npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error']);
  const onCi = { CI: 'true' };
  const unread = ended(repository, 'npm', ['test'], onCi);
  check(
    'its tests fail on CI before anybody has read a snapshot',
    unread.status === 1 && unread.stdout.includes('npm run snapshot'),
    unread.stdout,
  );
  run(repository, 'npm', ['test'], { CI: '' });
  check(
    'the first test writes the snapshot',
    existsSync(join(repository, 'test/snapshots/my-template/README.md')),
  );
  run(repository, 'npm', ['test'], onCi);
  run(repository, 'npm', ['run', 'typecheck']);
  run(repository, 'npm', ['run', 'synth']);
  const program = inClone(repository, join(home, 'same'));
  run(home, join(ROOT, 'bin/contractor-workspace'), ['synth', program, '--output', 'of-clone']);
  const different = differences(join(repository, 'cdktf.out'), join(home, 'of-clone'));
  check('it writes the bytes of the same program in a clone', different.length === 0, different.join('\n'));
  const template = join(repository, 'template.ts');
  writeFileSync(template, readFileSync(template, 'utf8').replace('max: 8', 'max: 6'));
  check('its tests notice a change', ended(repository, 'npm', ['test'], onCi).status === 1);
}
